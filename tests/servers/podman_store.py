"""Podman with a store of its own, which goes with it, and an image in place of the one that is built upon.

A test cannot count on a registry of images: where the base cannot be pulled, one that is made of Debian's packages has its name.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

_PULL_SECONDS: Final = 120
_PATIENCE_SECONDS: Final = 900
# Of hosts, what differs from that of one who uses podman every day: no bridge, an old cgroup, lower limits.
_CONTAINERS: Final = """\
[containers]
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Podman:
    """It, with the folder of its store."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """With which a command line finds this store."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return kept | {
            "HOME": str(self.folder),
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
        }

    def run(self, *words: str, seconds: int = _PATIENCE_SECONDS) -> str:
        """What a command says. It fails the test where the command does."""
        done = self.ask(*words, seconds=seconds)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, *words: str, seconds: int = _PATIENCE_SECONDS) -> subprocess.CompletedProcess[str]:
        """A command, however it ends."""
        return subprocess.run(
            ["podman", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )


@contextmanager
def podman_with(base: str, folder: Path) -> Iterator[Podman]:
    """Podman that has this image, or one that stands for it."""
    if os.geteuid() != 0 or shutil.which("podman") is None or shutil.which("debootstrap") is None:
        pytest.skip(
            "NOT RUN AS A CONTAINER: needs root and Debian's packages `podman`, `runc`, `debootstrap`"
        )
    podman = Podman(folder=folder)
    folder.joinpath("containers.conf").write_text(_CONTAINERS)
    places = {"driver": "overlay", "graphroot": str(folder / "graph"), "runroot": str(folder / "run")}
    lines = [f"{name} = {json.dumps(value)}" for name, value in places.items()]
    folder.joinpath("storage.conf").write_text("\n".join(["[storage]", *lines, ""]))
    try:
        if podman.ask("pull", "--quiet", base, seconds=_PULL_SECONDS).returncode != 0:
            _make_stand_in(podman, base)
        yield podman
    finally:
        podman.ask("system", "reset", "--force")


def _make_stand_in(podman: Podman, base: str) -> None:
    """Debian's smallest system with its Python, and this machine's way to packages."""
    root, archive = podman.folder / "stand-in", podman.folder / "stand-in.tar"
    release = _release()
    packages = "--include=python3,python3-venv,ca-certificates"
    _do("debootstrap", "--variant=minbase", packages, release, str(root))
    root.joinpath("usr/local/bin/python").symlink_to("/usr/bin/python3")
    for name in ("etc/pip.conf", "etc/ssl/certs/ca-certificates.crt"):
        if Path("/", name).exists():
            shutil.copy(Path("/", name), root / name)
    _do("tar", "--directory", str(root), "--create", "--file", str(archive), ".")
    podman.run("import", "--quiet", str(archive), base)
    archive.unlink()
    shutil.rmtree(root)


def _release() -> str:
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["VERSION_CODENAME"].strip('"')


def _do(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_PATIENCE_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
