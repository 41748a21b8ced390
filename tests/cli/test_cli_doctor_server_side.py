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
    lines = [line for line in said.out.splitlines() if line[:6].strip() in {"ok", "note", "?", "fail"}]
    return [(line[6:20].strip(), line[:6].strip()) for line in lines]


def summary(said: Said) -> list[str]:
    """What stands below the last empty line."""
    return said.out.rpartition("\n\n")[2].splitlines()


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
    assert states(said) == [("settings", "fail"), ("settings", "fail"), ("the rest", "?")]
    assert "did you mean `port`?" in said.out
    assert "did you mean worker?" in said.out


def test_a_database_that_is_not_there_is_one_line_and_all_else_is_looked_at(
    liftgate: Run, settings: Callable[..., Path], tmp_path: Path
) -> None:
    sts = 'aws_sts_endpoint = "http://127.0.0.1:9"'
    said = look(liftgate, settings('roles = ["api", "watch"]', sts))
    assert states(said) == [
        ("settings", "note"),
        ("catalogue", "ok"),
        ("database", "note"),
        ("sts", "fail"),
        ("proofs", "fail"),
        ("the rest", "?"),
        ("revocation", "?"),
    ]
    assert "another process runs worker" in " ".join(said.out.split())
    assert "start `liftgate serve` once, which makes it" in said.out
    assert said.code == ExitCode.UNAVAILABLE
    assert summary(said) == [
        "Not working:  sts, proofs",
        "Worth a look: settings, database",
        "Not known:    the rest, revocation",
        "Well:         catalogue",
    ]
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".db") == []


def test_a_database_of_another_version_is_left_as_it_is(
    liftgate: Run, settings: Callable[..., Path], tmp_path: Path
) -> None:
    url = new_database(tmp_path)
    store = open_store(url, clock=lambda: datetime.now(UTC))
    with store.write() as transaction:
        transaction._connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    store.close()
    sts = 'aws_sts_endpoint = "http://127.0.0.1:9"'
    for _ in range(2):
        said = look(liftgate, settings(sts, database=url))
        assert ("database", "fail") in states(said)
        assert ("sts", "fail") in states(said)  # the rest is looked at
        assert "`liftgate serve`, which migrates it" in said.out


@pytest.mark.slow
def test_before_the_first_start_each_role_is_looked_at_and_none_is_lent(
    liftgate: Run, settings: Callable[..., Path], tmp_path: Path, embedded_account: SampleAccount
) -> None:
    aws = embedded_account.aws
    path = settings(
        f'aws_region = "{aws.region}"',
        *(f'aws_{of}_endpoint = "{aws.endpoint_url}"' for of in ("sts", "iam", "sqs", "s3")),
        f'watch_queue_url = "{aws.endpoint_url}/{aws.account}/none"',
        'watch_trail_bucket = "lakeside-none"',
    )
    with as_broker(embedded_account.broker), _files_kept(tmp_path):
        said = look(liftgate, path)
    assert states(said) == [
        ("settings", "ok"),
        ("catalogue", "ok"),
        ("database", "note"),
        ("sts", "ok"),
        ("aws clock", "ok"),
        ("broker", "ok"),
        ("proofs", "ok"),
        ("role", "?"),
        ("queue", "fail"),
        ("trail", "fail"),
        ("dead letters", "note"),
        ("revocation", "?"),
    ]
    told = " ".join(said.out.split())
    assert "not lent: there is no ledger to say so" in told
    assert "allow Liftgate s3:ListBucket on it" in told
    assert said.code == ExitCode.UNAVAILABLE


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
def test_without_a_server_each_role_is_lent_on_record_and_what_is_not_known_is_said(
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
        ("trail", "note"),
        ("events", "?"),
        ("revocation", "?"),
    ]
    assert "All is well" not in said.out  # nobody knows whether events come, or a revocation bites
    assert summary(said)[:2] == ["Worth a look: queue, trail", "Not known:    events, revocation"]
    store = open_store(f"sqlite:///{tmp_path / 'liftgate.db'}", clock=lambda: datetime.now(UTC))
    with store.read() as view:
        kinds = [(entry.draft.kind.value, entry.draft.actor) for entry in view.entries()]
    store.close()
    assert kinds == [(kind, "liftgate") for kind in ("catalogue.loaded", "trial.intended", "trial.ended")]
