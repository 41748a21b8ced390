"""``liftgate serve`` as a program: it says when it is ready, answers, and stops when it is told to."""

import os
import signal
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.server.server_world import CATALOGUE
from tests.servers.forked import Forked, forked_liftgate

pytestmark = pytest.mark.slow


@contextmanager
def serving(home: Path, *arguments: str, catalogue: str = CATALOGUE, **variables: str) -> Iterator[Forked]:
    (home / "catalogue.yaml").write_text(catalogue)
    words = ("serve", "--catalogue", str(home / "catalogue.yaml"), *arguments)
    with forked_liftgate(
        *words, environment=_environment(home, variables), folder=home, log=home / "log"
    ) as process:
        yield process


def address_of(process: Forked) -> str:
    """The address in the line that a parent waits for."""
    line = process.stdout.readline()
    assert line.startswith("Liftgate serves http://127.0.0.1:"), line
    return line.split()[-1]


def test_it_serves_on_a_free_port_keeps_its_file_private_and_stops_in_order(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", LIFTGATE_LOCAL_SIGN_IN="true") as process:
        address = address_of(process)
        assert "liftgate doctor" in process.stdout.readline()
        with httpx.Client(base_url=address, trust_env=False) as http:
            assert http.get("/health").json()["status"] == "ok"
            ready = http.get("/ready")
            assert ready.status_code == 200
            assert "date" in ready.headers  # the command line compares clocks by it
            signed_in = http.post("/api/v1/sign-ins", json={"method": "local", "person": "ada"})
            assert signed_in.status_code == 201
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    database = tmp_path / "data" / "liftgate" / "liftgate.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700
    log = (tmp_path / "log").read_text()
    assert '"event": "answered"' in log
    assert signed_in.json()["token"] not in log


def test_an_answer_on_a_kept_connection_is_not_held_back(tmp_path: Path) -> None:
    # Where the system waits to fill a packet, each answer takes 40 ms; forty of them are told apart on any machine.
    with serving(tmp_path, "--port", "0") as process, httpx.Client(base_url=address_of(process)) as http:
        http.get("/health")
        took = sum(http.get("/health").elapsed.total_seconds() for _ in range(40))
        assert took < 40 * 0.030


@pytest.mark.parametrize(
    ("arguments", "variables", "said", "advice"),
    [
        (["--port", "70000"], {}, "`port` is too large", "give 65535 or less"),
        (["--host", "0.0.0.0"], {"LIFTGATE_LOCAL_SIGN_IN": "true"}, "for loopback only", "switch it off"),  # noqa: S104 - refused
        ([], {"LIFTGATE_PROT": "1"}, "`LIFTGATE_PROT` is no setting", "did you mean `LIFTGATE_PORT`?"),
        (["--settings", "none.toml"], {}, "no such file", "docs/settings.md"),
        (
            [],
            {"LIFTGATE_DATABASE_URL": "mysql://u:hunter2@h/d"},
            "is not a database that Liftgate can use",
            "sqlite",
        ),
        (["--port", "0", "--catalogue", "none.yaml"], {}, "cannot be read", "liftgate catalogue check"),
    ],
    ids=str,
)
def test_what_keeps_it_from_starting_is_said_with_what_to_do(
    tmp_path: Path, arguments: list[str], variables: Mapping[str, str], said: str, advice: str
) -> None:
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE)
    catalogue = [] if "--catalogue" in arguments else ["--catalogue", "catalogue.yaml"]
    log = tmp_path / "log"
    with forked_liftgate(
        "serve",
        *catalogue,
        *arguments,
        environment=_environment(tmp_path, variables),
        folder=tmp_path,
        log=log,
    ) as process:
        assert process.stdout.read() == ""
        assert process.wait() != 0
    told = log.read_text()
    assert said in told
    assert advice in told
    assert "Traceback" not in told
    assert "hunter2" not in told


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as process:
        port = address_of(process).rpartition(":")[2]
        with serving(tmp_path, "--port", port) as second:
            assert second.wait(60) != 0
        said = (tmp_path / "log").read_text()
        assert f"cannot listen on 127.0.0.1:{port}: address already in use" in said
        assert "--port 0 takes a free one" in said


def test_a_killed_server_comes_back_with_all_that_was_committed(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", LIFTGATE_LOCAL_SIGN_IN="true") as process:
        address = address_of(process)
        token = httpx.post(f"{address}/api/v1/sign-ins", json={"method": "local", "person": "ada"}).json()[
            "token"
        ]
        process.kill()
        process.wait(30)
    with serving(tmp_path, "--port", "0", LIFTGATE_LOCAL_SIGN_IN="true") as process:
        me = httpx.get(f"{address_of(process)}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert me.json()["person"]["id"] == "ada"


def _environment(home: Path, variables: Mapping[str, str]) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "an-example",
        **variables,
    }
