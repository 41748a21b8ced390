"""The clients that people use, each as its user calls it: credentials only from a profile with a ``credential_process``."""

import importlib.metadata
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.enforcement.record import note_version, tried

from liftgate.demo.embedded_aws import running_embedded_aws
from liftgate.demo.sample_account import REPORTS, REPORTS_WRITER, ElevatedRole, create_sample_account
from liftgate.demo.world import World
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.scope import Location, Scope

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("clients")]

ACTIONS: Final = ("read", "list", "write", "delete")
HERE: Final = f"s3://{REPORTS}/2026/q3"
AWS, BOTO3, CURL, RCLONE = "aws CLI", "boto3", "curl", "rclone"

# In a shell whose profile is the lent one, in a folder with a small file, a large one, and a folder of three. Nothing is printed
# that is looked for: what counts is whether the line succeeds, and for a refusal that it says AccessDenied.
_BOTO3: Final = "python -c 'import boto3; s3 = boto3.client(\"s3\"); {}'"
_PUT: Final = 's3.put_object(Bucket="{}", Key="{}", Body=b"x")'.format
_SIGNED: Final = (
    'eval "$(python keys.py)"; curl --silent --show-error --fail-with-body'
    ' --aws-sigv4 "aws:amz:us-east-1:s3" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
    ' --header "x-amz-security-token: $AWS_SESSION_TOKEN" --header "x-amz-content-sha256: UNSIGNED-PAYLOAD" {}'
)
_RCLONE: Final = (
    "AWS_SDK_LOAD_CONFIG=1 rclone --config /dev/null --retries 1 --low-level-retries 1 --s3-no-check-bucket"
    " --s3-provider Other --s3-env-auth --s3-region us-east-1 --s3-endpoint $ENDPOINT {}"
)
_THERE: Final = f":s3:{REPORTS}/2026"
_PLACE: Final = f'"$ENDPOINT/{REPORTS}/2026/q3/curl.csv"'
DONE: Final[dict[tuple[str, str], str]] = {
    (AWS, "cp up"): f"aws s3 cp small.csv {HERE}/a.csv",
    (
        AWS,
        "cp up and down",
    ): f"aws s3 cp small.csv {HERE}/a.csv && aws s3 cp {HERE}/a.csv back.csv && cmp small.csv back.csv",
    (AWS, "cp of a large file, in parts"): f"aws s3 cp large.bin {HERE}/large.bin",
    (AWS, "ls"): f"aws s3 ls {HERE}/",
    (AWS, "mv"): f"cp small.csv moved.csv && aws s3 mv moved.csv {HERE}/moved.csv && test ! -e moved.csv",
    (
        AWS,
        "mv from one key to another",
    ): f"aws s3 cp small.csv {HERE}/b.csv && aws s3 mv {HERE}/b.csv {HERE}/c.csv",
    (AWS, "rm"): f"aws s3 cp small.csv {HERE}/d.csv && aws s3 rm {HERE}/d.csv",
    (AWS, "rm of a folder"): f"aws s3 cp small.csv {HERE}/e/1.csv && aws s3 rm --recursive {HERE}/e/",
    (AWS, "sync up, with delete"): f"aws s3 sync --delete folder {HERE}/folder",
    (AWS, "sync down"): f"aws s3 sync folder {HERE}/f && aws s3 sync {HERE}/f f && diff -r folder f",
    (
        AWS,
        "presign",
    ): f'aws s3 cp small.csv {HERE}/g.csv && curl --silent --fail "$(aws s3 presign {HERE}/g.csv)"',
    (BOTO3, "put, get, list and delete"): _BOTO3.format(
        f'{_PUT(REPORTS, "2026/q3/h")}; s3.get_object(Bucket="{REPORTS}", Key="2026/q3/h");'
        f' s3.list_objects_v2(Bucket="{REPORTS}", Prefix="2026/q3/");'
        f' s3.delete_object(Bucket="{REPORTS}", Key="2026/q3/h")'
    ),
    (BOTO3, "the transfer manager, in parts, up and down"): _BOTO3.format(
        f's3.upload_file("large.bin", "{REPORTS}", "2026/q3/i");'
        f' s3.download_file("{REPORTS}", "2026/q3/i", "i.bin")'
    )
    + " && cmp large.bin i.bin",
    (BOTO3, "the resource API"): _BOTO3.format(
        f'o = boto3.resource("s3").Object("{REPORTS}", "2026/q3/j"); o.put(Body=b"x"); o.load(); o.delete()'
    ),
    (RCLONE, "copy up, list, and copy down"): _RCLONE.format(f"copy small.csv {_THERE}/q3/l/")
    + " && "
    + _RCLONE.format(f"lsf {_THERE}/q3/l/")
    + " && "
    + _RCLONE.format(f"copy {_THERE}/q3/l/small.csv l/")
    + " && cmp small.csv l/small.csv",
    (RCLONE, "a large file, in parts"): _RCLONE.format(
        f"copy --s3-upload-cutoff 5Mi --s3-chunk-size 5Mi large.bin {_THERE}/q3/m/"
    ),
    (RCLONE, "sync, with delete"): _RCLONE.format(f"copy small.csv {_THERE}/q3/n/")
    + " && "
    + _RCLONE.format(f"sync folder {_THERE}/q3/n/"),
    (CURL, "put"): _SIGNED.format(f"--upload-file small.csv {_PLACE}"),
    (CURL, "put and get"): _SIGNED.format(f"--upload-file small.csv {_PLACE}")
    + " && "
    + _SIGNED.format(f"--output curl.csv {_PLACE}")
    + " && cmp small.csv curl.csv",
}
OUTSIDE: Final = f"s3://{REPORTS}/2026/q4/a.csv"
REFUSED: Final[dict[tuple[str, str], str]] = {
    (AWS, "cp up outside"): f"aws s3 cp small.csv {OUTSIDE}",
    (AWS, "cp down from outside"): f"aws s3 cp s3://{REPORTS}/archive/2025.csv x.csv",
    (
        AWS,
        "mv from inside to outside",
    ): f"aws s3 cp small.csv {HERE}/k.csv && aws s3 mv {HERE}/k.csv {OUTSIDE}",
    (AWS, "rm outside"): f"aws s3 rm s3://{REPORTS}/2026/q4/summary.csv",
    (AWS, "cp of a large file outside, in parts"): f"aws s3 cp large.bin {OUTSIDE}",
    (AWS, "sync outside"): f"aws s3 sync folder s3://{REPORTS}/2026/q4/folder",
    (BOTO3, "put outside"): _BOTO3.format(_PUT(REPORTS, "2026/q4/a")),
    (BOTO3, "put into another bucket"): _BOTO3.format(_PUT("lakeside-payroll", "2026/q3/a")),
    (BOTO3, "the transfer manager, outside"): _BOTO3.format(
        f's3.upload_file("large.bin", "{REPORTS}", "2026/q4/i")'
    ),
    (RCLONE, "copy outside"): _RCLONE.format(f"copy small.csv {_THERE}/q4/l/"),
    (CURL, "put outside"): _SIGNED.format(f'--upload-file small.csv "$ENDPOINT/{REPORTS}/2026/q4/curl.csv"'),
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A Liftgate with a role that reads as well, and an active grant of Ada's on one folder."""
    folder = Path(tempfile.mkdtemp(prefix="liftgate-clients-"))
    ceiling = Scope(actions=expand_actions(ACTIONS), locations=frozenset({Location(REPORTS, "2026/*")}))
    role = ElevatedRole(name=REPORTS_WRITER.name, ceiling=ceiling)
    try:
        with running_embedded_aws() as aws:
            made = World(create_sample_account(aws, elevated=[role]), folder, port=0)
            text = made.catalogue.read_text(encoding="utf-8")
            listed = f"actions: [{', '.join(ACTIONS)}]"
            text = text.replace("actions: [write, delete]", listed).replace("actions: [write]", listed)
            made.catalogue.write_text(text.replace("longest: 2m", "longest: 1h"), encoding="utf-8")
            _furnish(folder)
            made.start_server()
            with made.aws_config.open(
                "a", encoding="utf-8"
            ) as config:  # of the lent profile, which stands last
                config.write("s3 =\n    signature_version = s3v4\n")
            try:
                asked = made.ask("ada", f"{HERE}/", *(f"--action={name}" for name in ACTIONS), minutes=30)
                assert asked.grant_id, asked.output
                _note_versions()
                yield made
            finally:
                made.stop_server()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# What the profile's process hands to an SDK, for a client that reads no profiles. (The CLI's own command for it came with version 2.)
_KEYS: Final = """\
import shlex
from botocore.session import Session
held = Session().get_credentials().get_frozen_credentials()
for name, value in zip(("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"), held):
    print(f"export AWS_{name}={shlex.quote(value)}")
"""


def _furnish(folder: Path) -> None:
    (folder / "keys.py").write_text(_KEYS, encoding="utf-8")
    (folder / "small.csv").write_text("region,total\nnorth,1250\n", encoding="utf-8")
    (folder / "large.bin").write_bytes(
        bytes(range(256)) * 4096 * 18
    )  # 18 MiB: over every client's threshold for parts
    (folder / "folder").mkdir()
    for number in range(3):
        (folder / "folder" / f"{number}.csv").write_text(f"{number}\n", encoding="utf-8")


def _note_versions() -> None:
    remark = "on the embedded AWS, by a profile whose `credential_process` is `liftgate credentials`"
    note_version(AWS, f"awscli {importlib.metadata.version('awscli')}", remark)
    note_version(BOTO3, f"boto3 {importlib.metadata.version('boto3')}", remark)
    for by, ask in ((CURL, "--version"), (RCLONE, "version")):
        if shutil.which(by):
            said = subprocess.run([by, ask], capture_output=True, text=True, check=True).stdout
            note_version(by, f"{by} {said.split()[1]}", remark)


def _cases(lines: dict[tuple[str, str], str], must: str) -> list[object]:
    return [
        pytest.param(
            line, id=f"{by}-{case}", marks=[tried("Clients", case, by, must=must), *_where_installed(by)]
        )
        for (by, case), line in lines.items()
    ]


def _where_installed(by: str) -> list[pytest.MarkDecorator]:
    if by in {AWS, BOTO3} or shutil.which(by):
        return []
    return [
        pytest.mark.skip(
            reason=f"NOT TESTED WITH {by.upper()}: install Debian's package `{by}` to run this test"
        )
    ]


def _run(world: World, line: str) -> tuple[int, str]:
    endpoint = world.endpoint_url
    ran = world.shell("ada", f"export AWS_PROFILE=liftgate ENDPOINT={endpoint}; {line}")
    return ran.exit_code, ran.output


@pytest.mark.parametrize("line", _cases(DONE, "done"))
def test_a_client_does_its_job(
    world: World, line: str, record_property: Callable[[str, object], None]
) -> None:
    code, output = _run(world, line)
    record_property("happened", "done" if code == 0 else "refused")
    assert code == 0, output[-2000:]


@pytest.mark.parametrize("line", _cases(REFUSED, "refused"))
def test_a_client_is_refused_outside(
    world: World, line: str, record_property: Callable[[str, object], None]
) -> None:
    code, output = _run(world, line)
    record_property("happened", "done" if code == 0 else "refused")
    assert code != 0
    assert "AccessDenied" in output or "Forbidden" in output, output[-2000:]
