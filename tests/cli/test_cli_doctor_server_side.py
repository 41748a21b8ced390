"""``liftgate doctor --server-side``: each thing that can be wrong before a server starts, and that no file is made by looking."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.conftest import Said
from tests.server.embedded_server import CATALOGUE, as_broker
from tests.server.test_server_running import certificate
from tests.servers.embedded_aws import embedded_account
from tests.servers.new_database import new_database

from liftgate.cli.exit_code import ExitCode
from liftgate.demo.sample_account import SampleAccount
from liftgate.store.sql import open_store

__all__ = ["embedded_account"]

Run = Callable[..., Said]


def states(said: Said) -> list[tuple[str, str]]:
    lines = [line for line in said.out.splitlines() if line[:6].strip() in {"ok", "note", "fail"}]
    return [(line[6:20].strip(), line[:6].strip()) for line in lines]


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, catalogue: Path = CATALOGUE, database: str | None = None) -> Path:
        path = tmp_path / "server.toml"
        url = database or f"sqlite:///{tmp_path / 'liftgate.db'}"
        path.write_text("\n".join([f'catalogue = ["{catalogue}"]', f'database_url = "{url}"', *lines]))
        return path

    return write


def look(liftgate: Run, path: Path) -> Said:
    return liftgate("doctor", "--server-side", "--settings", str(path))


def test_settings_that_cannot_be_used_are_all_named(liftgate: Run, settings: Callable[..., Path]) -> None:
    said = look(liftgate, settings("prot = 1", 'roles = ["wroker"]'))
    assert said.code == ExitCode.UNAVAILABLE
    assert states(said) == [("settings", "fail"), ("settings", "fail")]
    assert "did you mean `port`?" in said.out
    assert "did you mean worker?" in said.out


def test_a_database_that_is_not_there_is_not_made(
    liftgate: Run, settings: Callable[..., Path], tmp_path: Path
) -> None:
    said = look(liftgate, settings('roles = ["api", "watch"]'))
    assert states(said) == [("settings", "note"), ("catalogue", "ok"), ("database", "fail")]
    assert "another process runs worker" in " ".join(said.out.split())
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".db") == []


def test_a_database_of_another_version_is_left_as_it_is(
    liftgate: Run, settings: Callable[..., Path], tmp_path: Path
) -> None:
    url = new_database(tmp_path)
    store = open_store(url, clock=lambda: datetime.now(UTC))
    with store.write() as transaction:
        transaction._connection.exec_driver_sql("DELETE FROM alembic_version")
    store.close()
    said = look(liftgate, settings(database=url))
    assert states(said)[-1] == ("database", "fail")
    assert "liftgate serve" in said.out
    assert states(look(liftgate, settings(database=url)))[-1] == ("database", "fail")


def test_a_catalogue_with_faults(liftgate: Run, settings: Callable[..., Path], tmp_path: Path) -> None:
    faulty = tmp_path / "catalogue.yaml"
    faulty.write_text("version: 1\npoeple: {}\n")
    said = look(liftgate, settings(catalogue=faulty))
    assert ("catalogue", "fail") in states(said)
    assert "liftgate catalogue check" in said.out


@pytest.mark.parametrize(("days", "state"), [(1, "note"), (-1, "fail"), (90, "ok")])
def test_a_certificate_is_looked_at(
    liftgate: Run, settings: Callable[..., Path], tmp_path: Path, days: int, state: str
) -> None:
    chain, key = certificate(tmp_path, "ours", lasts=timedelta(days=days))
    tls = (f'tls_certificate = "{chain}"', f'tls_key = "{key}"')
    assert ("tls", state) in states(look(liftgate, settings(*tls)))
    key.write_text("no key")
    assert ("tls", "fail") in states(look(liftgate, settings(*tls)))


def test_what_makes_no_sense_together_is_refused(liftgate: Run, tmp_path: Path) -> None:
    for arguments in (
        ["--settings", "x.toml"],
        ["--server-side", "--roles"],
        ["--entitlement", "x", "--roles"],
    ):
        assert liftgate("doctor", *arguments).code == ExitCode.USAGE
    assert not list(tmp_path.glob("*.db"))


@contextmanager
def _files_kept(folder: Path) -> Iterator[None]:
    before = {path for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm"))}
    yield
    assert {path for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm"))} == before


@pytest.mark.slow
def test_all_is_well_without_a_server(
    liftgate: Run, settings: Callable[..., Path], tmp_path: Path, embedded_account: SampleAccount
) -> None:
    aws = embedded_account.aws
    path = settings(
        f'aws_region = "{aws.region}"',
        *(f'aws_{of}_endpoint = "{aws.endpoint_url}"' for of in ("sts", "iam")),
        database=new_database(tmp_path),
    )
    with as_broker(embedded_account.broker), _files_kept(tmp_path):
        said = look(liftgate, path)
    assert said.code == 0, said.out
    assert states(said) == [
        ("settings", "ok"),
        ("catalogue", "ok"),
        ("database", "ok"),
        ("sts", "ok"),
        ("aws clock", "ok"),
        ("broker", "ok"),
        ("proofs", "ok"),
        ("role", "ok"),
        ("queue", "note"),
        ("events", "note"),
        ("revocation", "note"),
    ]
    assert said.out.endswith("All is well.\n")
