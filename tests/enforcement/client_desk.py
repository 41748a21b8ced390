"""A desk at which a client is used: a folder with files, a shell, and a profile that is filled by ``liftgate credentials``."""

import importlib.metadata
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.enforcement.client_cases import AWS, BOTO3, CURL, NPM, RCLONE
from tests.enforcement.record import note_version, tried

NPM_FOLDER: Final = Path(__file__).with_name("npm")
LARGE: Final = bytes(range(256)) * 4096 * 18  # 18 MiB: over every client's threshold for parts

# What the profile's process hands to an SDK, for a client that reads no profiles. (The CLI's own command for it came with version 2.)
_KEYS: Final = """\
import shlex
from botocore.session import Session
held = Session().get_credentials().get_frozen_credentials()
for name, value in zip(("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"), held):
    print(f"export AWS_{name}={shlex.quote(value)}")
"""

# `liftgate credentials` as it is when each session that it lends is nearly over: SECONDS LIFTGATE-COMMAND …
_SOON_OVER: Final = """\
import datetime, json, os, pathlib, subprocess, sys
for kept in pathlib.Path(os.environ["HOME"], ".cache", "liftgate").glob("*.session"):
    kept.unlink(missing_ok=True)
answer = json.loads(subprocess.run(sys.argv[2:], check=True, stdout=subprocess.PIPE).stdout)
ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=int(sys.argv[1]))
print(json.dumps(answer | {"Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """``shell`` runs a line in the folder, and says its exit code and what it printed."""

    endpoint_url: str
    shell: Callable[[str], tuple[int, str]]

    def run(self, line: str, *, profile: str = "liftgate") -> tuple[int, str]:
        """A line, with nothing but the profile's name."""
        named = {
            "AWS_PROFILE": profile,
            "ENDPOINT": self.endpoint_url,
            "NPM_CLIENT": NPM_FOLDER / "client.mjs",
        }
        return self.shell("; ".join([*(f'export {name}="{value}"' for name, value in named.items()), line]))


def furnish_folder(folder: Path) -> None:
    """The files that the lines speak of."""
    (folder / "keys.py").write_text(_KEYS, encoding="utf-8")
    (folder / "soon_over.py").write_text(_SOON_OVER, encoding="utf-8")
    (folder / "small.csv").write_text("region,total\nnorth,1250\n", encoding="utf-8")
    (folder / "large.bin").write_bytes(LARGE)
    (folder / "folder").mkdir()
    for number in range(3):
        (folder / "folder" / f"{number}.csv").write_text(f"{number}\n", encoding="utf-8")


def note_client_versions() -> None:
    """Which versions are at work."""
    remark = "on the embedded AWS and on radosgw, by a profile whose `credential_process` is `liftgate credentials`"
    versions = {
        AWS: f"awscli {importlib.metadata.version('awscli')}",
        BOTO3: f"boto3 {importlib.metadata.version('boto3')}",
        **{
            by: f"{by} {_first_number(by, ask)}"
            for by, ask in ((CURL, "--version"), (RCLONE, "version"))
            if shutil.which(by)
        },
        **({NPM: _npm_version()} if _is_npm_installed() else {}),
    }
    for by, version in versions.items():
        note_version(by, version, remark)


def client_table(
    topic: str, lines: Mapping[tuple[str, str], str], must: str, *group: pytest.MarkDecorator
) -> list[object]:
    """The parameters of a test: who, and the line."""
    return [
        pytest.param(
            line,
            id=f"{by}-{case}",
            marks=[tried(topic, case, by, must=must), *where_installed(by), *group],
        )
        for (by, case), line in lines.items()
    ]


def is_worded_as_refused(output: str) -> bool:
    """Whether a client says that it was refused, in the words of any of them."""
    return "AccessDenied" in output or "Forbidden" in output


def where_installed(by: str) -> list[pytest.MarkDecorator]:
    """The mark that skips a client which is not there."""
    if by in {AWS, BOTO3}:
        return []
    if by == NPM:
        return [] if _is_npm_installed() else [_skip(by, f"run `npm ci --ignore-scripts` in {NPM_FOLDER}")]
    return [] if shutil.which(by) else [_skip(by, f"install Debian's package `{by}`")]


def _skip(by: str, how: str) -> pytest.MarkDecorator:
    return pytest.mark.skip(reason=f"NOT TESTED WITH {by.upper()}: {how} to run this test")


def _is_npm_installed() -> bool:
    return (
        shutil.which("node") is not None and (NPM_FOLDER / "node_modules" / "@aws-sdk" / "client-s3").exists()
    )


def _npm_version() -> str:
    package = json.loads(
        (NPM_FOLDER / "node_modules" / "@aws-sdk" / "client-s3" / "package.json").read_text("utf-8")
    )
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"@aws-sdk/client-s3 {package['version']}, node {node}"


def _first_number(by: str, ask: str) -> str:
    return subprocess.run([by, ask], capture_output=True, text=True, check=True).stdout.split()[1]
