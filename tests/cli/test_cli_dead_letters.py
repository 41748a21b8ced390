"""``liftgate dead-letters``: what is shown of events that could not be taken, and what is sent."""

from collections.abc import Callable

from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, problem

from liftgate.cli.exit_code import ExitCode

Run = Callable[..., Said]
PATH = "/api/v1/watch/dead-letters"
LETTER = {
    "id": "0d1f7e52-7a6c-4d35-9a0e-5c1b2f9d7a11",
    "reason": "it can be read, and taking it failed each time",
    "sent_at": "2026-11-24T09:00:00Z",
    "receives": 6,
    "event_id": "11111111-2222-4333-8444-555555555555",
    "event_name": "DeleteObject",
    "excerpt": '{"detail": "\x1b[2Jhidden"}',
}


def test_they_are_listed_with_nothing_in_them_that_a_terminal_obeys(
    liftgate: Run, fake: FakeLiftgate
) -> None:
    fake.answers[f"GET {PATH}"] = (200, {"items": [LETTER]})

    said = liftgate("dead-letters", "list", "--limit", "7")

    assert said.code == 0
    assert "\x1b" not in said.out
    assert "\\x1b[2Jhidden" in said.out
    for part in (LETTER["id"], "2026-11-24T09:00:00Z", "DeleteObject", "6x", "taking it failed each time"):
        assert str(part) in " ".join(said.out.split())
    assert "next: liftgate dead-letters replay" in said.out
    (call,) = fake.calls("GET", PATH)
    assert call.query == {"limit": "7"}


def test_none_is_said_in_words(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers[f"GET {PATH}"] = (200, {"items": []})
    assert liftgate("dead-letters", "list").out == "No dead letters.\n"


def test_one_or_all_are_sent_again(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers[f"POST {PATH}/replay"] = (200, {"ids": [LETTER["id"]]})

    one = liftgate("dead-letters", "replay", str(LETTER["id"]))
    every = liftgate("dead-letters", "replay", "--all")

    assert one.out == every.out == f"sent again  {LETTER['id']}\n"
    assert [call.body for call in fake.calls("POST", f"{PATH}/replay")] == [{"ids": [LETTER["id"]]}, {}]


def test_all_is_never_meant_by_leaving_something_out(liftgate: Run, fake: FakeLiftgate) -> None:
    assert liftgate("dead-letters", "replay").code == ExitCode.USAGE
    assert liftgate("dead-letters", "replay", "--all", "one").code == ExitCode.USAGE
    assert fake.calls("POST", f"{PATH}/replay") == []


def test_who_is_no_guard_is_told_so(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers[f"GET {PATH}"] = problem(403, "may_not_replay", "`ada` is no guard")
    said = liftgate("dead-letters", "list")
    assert (said.code, "`ada` is no guard" in said.err) == (ExitCode.REFUSED, True)
