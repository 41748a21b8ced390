"""Every exit code, from a command line that ends with it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, problem

from liftgate.cli.exit_code import ExitCode, exit_code_of
from liftgate.errors import LiftgateError

Run = Callable[..., Said]
REQUEST = "rq-0000000000000001"
FROM_SERVER = {
    400: ExitCode.USAGE,
    401: ExitCode.NOT_SIGNED_IN,
    403: ExitCode.REFUSED,
    404: ExitCode.NOT_FOUND,
    409: ExitCode.CONFLICT,
    413: ExitCode.USAGE,
    422: ExitCode.USAGE,
    429: ExitCode.UNAVAILABLE,
    500: ExitCode.UNAVAILABLE,
    503: ExitCode.UNAVAILABLE,
}


@pytest.mark.parametrize(("status", "code"), FROM_SERVER.items())
def test_what_the_server_says_decides(liftgate: Run, fake: FakeLiftgate, status: int, code: ExitCode) -> None:
    fake.answers[f"GET /api/v1/requests/{REQUEST}"] = problem(status, "some_code", "no", "do this")
    said = liftgate("show", REQUEST)
    assert (said.code, said.out) == (code, "")
    assert said.err == "liftgate: no\nnext: do this\nrequest id: req-7f3a\n"


@pytest.mark.parametrize(("status", "code"), FROM_SERVER.items())
def test_programs_get_faults_as_json(liftgate: Run, fake: FakeLiftgate, status: int, code: ExitCode) -> None:
    fake.answers[f"GET /api/v1/requests/{REQUEST}"] = problem(status, "some_code", "no", "do this", value="x")
    said = liftgate("show", REQUEST, "--output", "json")
    assert (said.code, said.out) == (code, "")
    assert json.loads(said.err) == {
        "code": "some_code",
        "detail": "no",
        "advice": "do this",
        "value": "x",
        "where": None,
        "also": [],
        "request_id": "req-7f3a",
        "exit_code": code,
    }


def test_every_fault_of_one_thing_is_told(liftgate: Run, fake: FakeLiftgate) -> None:
    also = [{"code": "b", "detail": "second", "advice": "do that", "where": "body.b"}, "odd"]
    answer = problem(422, "a", "first", "do this", where="body.a", also=also)
    fake.answers[f"GET /api/v1/requests/{REQUEST}"] = answer
    assert liftgate("show", REQUEST).err == (
        "liftgate: body.a: first\nnext: do this\n"
        "liftgate: body.b: second\nnext: do that\n"
        "request id: req-7f3a\n"
    )
    told = json.loads(liftgate("show", REQUEST, "--output", "json").err)
    assert [one["code"] for one in (told, *told["also"])] == ["a", "b"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("requst",), "no such command `requst`; did you mean `request`?"),
        (("--colour", "request"), "no such option `--colour`"),
        (("show",), "missing argument `ID`"),
        (("show", "rq-1"), "`rq-1` is not the id of a request or a grant"),
        (("show", "rq-../../grants/x0"), "is not the id"),
        (("revoke", REQUEST, "--reason", "x"), f"`{REQUEST}` is a request, not a grant"),
        (("cancel", "gr-0000000000000001"), "is a grant, not a request"),
        (("status", "--output", "yaml"), "`yaml` is not one of `table`, `json`"),
        (("status", "--server", "http://x.example"), "would send your sign-in over the network unprotected"),
        (("status", "--as", "ada"), "`ada` is not a way to sign in"),
    ],
)
def test_what_cannot_be_read_is_a_usage_error(
    liftgate: Run, fake: FakeLiftgate, words: tuple[str, ...], said: str
) -> None:
    done = liftgate(*words)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert said in done.err
    assert "\nnext: " in done.err
    assert fake.seen == []


def test_nobody_there(liftgate: Run) -> None:
    said = liftgate("status", "--server", "http://127.0.0.1:9", "--as", "local:ada")
    assert said.code == ExitCode.UNAVAILABLE
    assert "try: liftgate doctor" in said.err


def test_nobody_signed_in(liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fake.address
    monkeypatch.delenv("LIFTGATE_SIGN_IN")
    said = liftgate("status")
    assert said.code == ExitCode.NOT_SIGNED_IN
    assert "there are no AWS credentials to prove who is asking" in said.err


def test_a_fault_of_our_own_says_so_and_shows_no_traceback(
    liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fake.address

    def broken(*_: object) -> None:
        raise RuntimeError("boom \x1b[31m")

    monkeypatch.setattr("liftgate.cli.commands.status.read_grants", broken)
    said = liftgate("status")
    assert said.code == ExitCode.BROKEN
    assert "a fault in liftgate itself: RuntimeError" in said.err
    assert "\x1b" not in said.err
    assert "Traceback" not in said.err
    told = json.loads(liftgate("status", "--output", "json").err)
    assert (told["code"], told["exit_code"]) == ("own_fault", ExitCode.BROKEN)
    monkeypatch.setenv("LIFTGATE_DEBUG", "1")
    with pytest.raises(RuntimeError):
        liftgate("status")


def test_an_interrupt_has_its_own_code(liftgate: Run, fake: FakeLiftgate) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("liftgate.cli.commands.status.read_grants", lambda _: interrupt())
        assert liftgate("status").code == ExitCode.INTERRUPTED
    assert fake.address


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [("ledger", "export"), ("credentials",), ("--help",)])
def test_a_reader_that_left_is_no_fault_to_tell(
    fake: FakeLiftgate, words: tuple[str, ...], unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)  # decides which write finds out
    fake.add_grant()
    liftgate = str(Path(sys.executable).with_name("liftgate"))
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([liftgate, *words], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (ExitCode.READER_LEFT, "")


def test_every_code_has_a_meaning_and_every_family_a_code() -> None:
    assert all(code.meaning for code in ExitCode)
    families = LiftgateError.__subclasses__()
    codes = {
        exit_code_of(family("x", advice="y")) for family in families if family.__module__ == "liftgate.errors"
    }
    assert len(codes) == 7
    assert ExitCode.BROKEN not in codes
    assert exit_code_of(LiftgateError("x", advice="y")) is ExitCode.BROKEN
