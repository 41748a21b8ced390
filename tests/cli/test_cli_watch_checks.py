"""What the doctor says of the watch."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, moment, problem

Run = Callable[..., Said]
WELL = {
    "now": moment(),
    "response": "act",
    "webhooks": 1,
    "reads_queue": True,
    "reads_log_files": False,
    "last_came_at": moment(minutes=-2),
    "log_files_taken_until": None,
    "log_files_late": False,
    "dead_letters": 0,
    "dead_letters_because": None,
}
UNKNOWN = {"events last came 1h30m ago", "no event ever came", "told of none", "none were ever taken"}
FILES = {"reads_log_files": True, "log_files_taken_until": moment(minutes=-50)}


def told(liftgate: Run, fake: FakeLiftgate, **changed: Any) -> dict[str, tuple[str, str, str | None]]:
    fake.answers["GET /api/v1/watch/state"] = (200, {**WELL, **changed})
    said = liftgate("doctor", "--output", "json")
    assert said.code == 0
    return {
        one["title"]: (one["state"], one["found"], one["advice"])
        for one in said.json["checks"]
        if one["title"] in {"watch", "log files", "dead letters", "responses"}
    }


def test_a_watch_that_is_well(liftgate: Run, fake: FakeLiftgate) -> None:
    assert told(liftgate, fake) == {
        "watch": ("ok", "events last came 2m ago", None),
        "dead letters": ("ok", "none", None),
        "responses": ("ok", "act: findings are answered, and 1 webhook(s) are told", None),
    }


def test_log_files_that_are_taken_in_time_are_well(liftgate: Run, fake: FakeLiftgate) -> None:
    assert told(liftgate, fake, **FILES)["log files"] == ("ok", "taken up to 50m ago", None)


def test_how_much_waits_is_told(liftgate: Run, fake: FakeLiftgate) -> None:
    state, said, _ = told(liftgate, fake, waiting=3)["watch"]
    assert (state, said) == ("ok", "events last came 2m ago; messages on the queue: about 3")


@pytest.mark.parametrize(
    ("changed", "title", "found", "advice"),
    [
        ({"last_came_at": moment(minutes=-90)}, "watch", "events last came 1h30m ago", "liftgate watch"),
        ({"waiting": 4200}, "watch", "messages on the queue: about 4,200", "watch_consumers"),
        ({"last_came_at": None}, "watch", "no event ever came", "watch-sources.md"),
        ({"last_came_at": None, "reads_queue": False}, "watch", "no source", "watch_queue_url"),
        ({"reads_log_files": True}, "log files", "none were ever taken", "liftgate doctor --all"),
        ({**FILES, "log_files_late": True}, "log files", "taken up to 50m ago", "role `watch`"),
        ({"dead_letters": 1200}, "dead letters", "about 1,200 event(s)", "liftgate dead-letters list"),
        (
            {"dead_letters": None, "dead_letters_because": "told of none"},
            "dead letters",
            "told of none",
            "watch_dead_letter_queue_url",
        ),
        ({"response": "observe"}, "responses", "observe", 'response = "act"'),
        ({"webhooks": 0}, "responses", "nobody is told", "docs/responses.md"),
    ],
)
def test_what_is_not_as_it_might_be_has_its_next_step(
    liftgate: Run, fake: FakeLiftgate, changed: dict[str, Any], title: str, found: str, advice: str
) -> None:
    state, said, next_step = told(liftgate, fake, **changed)[title]
    assert state == ("unknown" if found in UNKNOWN else "note")
    assert found in said
    assert advice in (next_step or "")


def test_who_is_not_told_reads_nothing_of_it(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.answers["GET /api/v1/watch/state"] = problem(403, "may_not_see", "only guards and auditors see it")
    said = liftgate("doctor", "--output", "json")
    assert (said.code, "watch" in {one["title"] for one in said.json["checks"]}) == (0, False)
