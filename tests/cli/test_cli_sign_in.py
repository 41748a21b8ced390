"""The token of a context: shared, renewed, and usable even where it cannot be kept."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liftgate.cli.fields import JsonObject
from liftgate.cli.ports import Call
from liftgate.cli.problem import ServerSaysUnauthenticated, problem_error
from liftgate.cli.settings import read_settings
from liftgate.cli.sign_in import TokenSource
from liftgate.clock import rfc3339
from liftgate.errors import LiftgateError

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Door:
    """A server that hands out ``token-1``, ``token-2``, … for an hour each."""

    def __init__(self, server_ahead: timedelta = timedelta()) -> None:
        self.calls: list[Call] = []
        self.now = NOON
        self.server_ahead = server_ahead
        self.warnings: list[str] = []
        self.refusals: list[LiftgateError] = []

    def send(self, call: Call) -> JsonObject:
        self.calls.append(call)
        if self.refusals:
            raise self.refusals.pop()
        ends = self.now + self.server_ahead + timedelta(hours=1)
        return {"token": f"token-{len(self.calls)}", "expires_at": rfc3339(ends)}

    def lines(self, call: Call) -> Iterator[bytes]:
        raise NotImplementedError

    def close(self) -> None:
        return

    def source(self) -> TokenSource:
        settings = read_settings({"server": "https://x.example", "sign_in": "local:ada"}, os.environ)
        return TokenSource(
            settings,
            self,
            prove=lambda signed_at: {"signed_at": rfc3339(signed_at)},
            clock=lambda: self.now,
            random_below=lambda below: below - 1 - len(self.calls),
            warn=self.warnings.append,
        )


def test_a_token_is_shared_until_shortly_before_its_end() -> None:
    door = Door()
    assert door.source().token(None) == door.source().token(None) == "token-1"
    door.now += timedelta(minutes=59, seconds=31)
    assert door.source().token(None) == "token-2"


def test_a_wrong_clock_does_not_lengthen_a_tokens_life() -> None:
    door = Door(server_ahead=timedelta(hours=5))
    door.source().token(None)
    door.now += timedelta(hours=1)
    assert door.source().token(None) == "token-2"


def test_a_refused_token_is_replaced_by_what_another_process_got() -> None:
    door = Door()
    slow, quick = door.source(), door.source()
    assert slow.token(None) == quick.token(None) == "token-1"
    assert quick.token("token-1") == "token-2"
    assert slow.token("token-1") == "token-2"
    assert len(door.calls) == 2


def test_no_call_with_a_proof_is_repeated() -> None:
    door = Door()
    door.source().token(None)
    assert [call.key for call in door.calls] == [None]  # the wire repeats only what has a key


def test_where_another_machine_signed_in_the_same_second_another_moment_is_signed() -> None:
    door = Door()
    door.refusals = [problem_error(401, {"code": "proof_used"})] * 2
    assert door.source().token(None) == "token-3"
    moments = [(call.body or {})["signed_at"] for call in door.calls]
    assert moments == ["2026-11-24T12:00:00Z", "2026-11-24T11:59:01Z", "2026-11-24T11:59:02Z"]


@pytest.mark.parametrize(("code", "tries"), [("proof_used", 4), ("identity_unknown", 1)])
def test_a_refusal_in_the_end_is_told(code: str, tries: int) -> None:
    door = Door()
    door.refusals = [problem_error(401, {"code": code})] * 9
    with pytest.raises(ServerSaysUnauthenticated):
        door.source().token(None)
    assert len(door.calls) == tries


def test_a_token_that_cannot_be_kept_serves_this_process(home: Path) -> None:
    (home / ".cache").write_text("in the way", encoding="utf-8")
    door = Door()
    source = door.source()
    assert source.token(None) == source.token(None) == "token-1"
    assert "cannot be kept" in door.warnings[0]
    assert source.token("token-1") == "token-2"


def test_a_forgotten_token_is_not_used_again() -> None:
    door = Door()
    source = door.source()
    source.token(None)
    source.forget()
    assert source.kept() is None
    assert source.token(None) == "token-2"
