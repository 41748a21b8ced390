"""A client in a home of its own, and the fake server that it talks to."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cli.fake_liftgate import FakeLiftgate, start

from liftgate.cli.main import main


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with nothing in it, and none of the developer's own settings."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "LIFTGATE_", "XDG_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLiftgate]:
    """A running server, to which the client signs in as Ada."""
    memory = FakeLiftgate()
    server = start(memory)
    monkeypatch.setenv("LIFTGATE_SERVER", memory.address)
    monkeypatch.setenv("LIFTGATE_SIGN_IN", "local:ada")
    yield memory
    server.shutdown()
    server.server_close()


@pytest.fixture
def liftgate(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs one command line in this process."""

    def run(*words: str) -> Said:
        capsys.readouterr()
        code = main(list(words))
        printed = capsys.readouterr()
        return Said(code=code, out=printed.out, err=printed.err)

    return run
