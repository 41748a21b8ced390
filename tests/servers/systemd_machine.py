"""A machine that systemd has begun: this one's files, and whatever is written into them is thrown away with it.

It needs root, Linux's overlay file system and ``systemd-nspawn``; its network is this machine's.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from tests.servers.shell import ask_line, type_line
from tests.servers.waiting import until

# What people have who are root on Debian: programs of this machine's owner are not on it.
PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PATIENCE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """It, as long as it runs; ``files`` is its root folder as seen from here."""

    leader: int
    files: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def ask(self, line: str) -> subprocess.CompletedProcess[str]:
        """What root's shell on it says to a line, however it ends."""
        return ask_line(line, environment=self._environment(), within=self._enter())

    def type(self, line: str, *, folder: str = "/") -> str:
        """The same. It fails the test where the line does."""
        return type_line(f"cd {folder}\n{line}", environment=self._environment(), within=self._enter())

    def _enter(self) -> list[str]:
        return ["nsenter", "--target", str(self.leader), "-m", "-u", "-i", "-p", "-r", "-w"]

    def _environment(self) -> dict[str, str]:
        return {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", **self.environment}


@contextmanager
def machine_begun_by_systemd(
    folder: Path, *, shown: Mapping[Path, str], environment: Mapping[str, str]
) -> Iterator[Machine]:
    """Begin one; each folder of ``shown`` can be read on it, under the path that stands beside it."""
    if os.geteuid() != 0 or shutil.which("systemd-nspawn") is None:
        pytest.skip("NOT RUN BY SYSTEMD: needs root and Debian's package `systemd-container`")
    with ExitStack() as stack:
        files = stack.enter_context(_overlay(folder))
        files.joinpath("etc/machine-id").unlink(missing_ok=True)
        nspawn = [
            *(
                "systemd-nspawn",
                "--quiet",
                f"--directory={files}",
                "--machine=liftgate-test",
                "--register=no",
            ),
            *("--keep-unit", *(f"--bind-ro={here}:{there}" for here, there in shown.items())),
            *("--boot", "systemd.unit=basic.target"),
        ]
        log = stack.enter_context((folder / "console").open("w"))
        process = subprocess.Popen(nspawn, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        stack.callback(process.wait, _PATIENCE_SECONDS)
        stack.callback(process.terminate)
        leader = _begun(process, folder / "console")
        machine = Machine(leader=leader, files=files, environment=environment)
        until(
            lambda: machine.ask("systemctl is-active basic.target").stdout.strip() == "active",
            told=(folder / "console").read_text,
        )
        yield machine
        machine.ask("systemctl --no-block poweroff")


@contextmanager
def _overlay(folder: Path) -> Iterator[Path]:
    names = ("files", "written", "work")
    files, written, work = (folder / name for name in names)
    for one in (files, written, work):
        one.mkdir()
    places = f"lowerdir=/,upperdir={written},workdir={work}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", places, str(files)], check=True)
    try:
        yield files
    finally:
        subprocess.run(["umount", "--lazy", str(files)], check=True)


def _begun(process: "subprocess.Popen[bytes]", console: Path) -> int:
    """The process on this machine that is the first on that."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")

    def has_begun() -> bool:
        assert process.poll() is None, console.read_text()
        return bool(children.read_text())

    until(has_begun, console.read_text)
    return int(children.read_text().split()[0])
