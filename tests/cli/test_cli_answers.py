"""Whatever a server answers is read as the contract says, or is one error."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, moment, timeline

from liftgate.cli.answers import read_grant, read_request
from liftgate.cli.errors import AnswerUnreadable

Run = Callable[..., Said]
REQUEST = "rq-0000000000000001"
GRANT = "gr-0000000000000001"
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**30),
    st.floats(allow_nan=False),
    st.sampled_from(["", "x", "2026-11-24T09:00:00", "2026-11-24", "rq-../../../../../x"]),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([{}]),
)


def approved_request() -> tuple[Any, Any]:
    fake = FakeLiftgate()
    grant = fake.approve(fake.add_request(ticket="OPS-1", starts_at=moment(hours=1)))
    session = {
        "number": 1,
        "name": "x",
        "access_key_id": None,
        "lent_at": None,
        "expires_at": None,
        "failure": None,
    }
    ending = {"kind": "revoked", "by": "grace", "reason": "x", "ended_at": moment(), "deny": None}
    grant |= {"sessions": [session], "ending": ending}
    return fake.requests[REQUEST], grant


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        return found + [place for key, one in value.items() for place in places(one, (*path, key))]
    if isinstance(value, list):
        return found + [place for number, one in enumerate(value) for place in places(one, (*path, number))]
    return found


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    answer = copy.deepcopy(value)
    inner = answer
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return answer


@given(st.data())
def test_an_odd_field_is_an_error_or_read_never_a_crash(data: st.DataObject) -> None:
    for original, read in zip(approved_request(), (read_request, read_grant), strict=True):
        path = data.draw(st.sampled_from(places(original)))
        try:
            read(changed(original, path, data.draw(ODD)))
        except AnswerUnreadable as error:
            assert error.where  # noqa: PT017 - the field is named


def test_sessions_that_are_no_list_are_unreadable_and_none_are_none() -> None:
    _, grant = approved_request()
    assert read_grant(grant | {"sessions": None}).sessions == ()
    with pytest.raises(AnswerUnreadable):
        read_grant(grant | {"sessions": True})


@pytest.mark.parametrize(
    "field", ["id", "state", "requester", "scope", "duration_seconds", "lapses_at", "reviews"]
)
def test_a_missing_field_is_named(liftgate: Run, fake: FakeLiftgate, field: str) -> None:
    request = fake.add_request()
    del request[field]
    fake.answers[f"GET /api/v1/requests/{REQUEST}"] = (200, request)
    said = liftgate("show", REQUEST)
    assert said.code == 4
    assert f"`{field}` is missing" in said.err


@pytest.mark.parametrize("name", ["rq-1; rm -rf ~", "$(id)", "rq-000000000000000I"])
def test_an_id_that_could_be_copied_into_a_shell_is_refused(
    liftgate: Run, fake: FakeLiftgate, name: str
) -> None:
    request = fake.add_request()
    fake.answers[f"GET /api/v1/requests/{REQUEST}"] = (200, {**request, "id": name})
    said = liftgate("show", REQUEST)
    assert (said.code, said.out) == (4, "")


def test_json_is_exactly_what_the_server_said(liftgate: Run, fake: FakeLiftgate) -> None:
    """One object a line, with every field, also those that this version does not know."""
    pending = fake.add_request(1, new_field={"a": [1, None]})
    fake.approve(fake.add_request(2, new_field=True))
    grant = fake.grants["gr-0000000000000002"]
    assert liftgate("show", REQUEST, "--output", "json").json == pending
    assert liftgate("--output", "json", "show", "gr-0000000000000002").json == {
        **grant,
        "timeline": timeline(grant),
    }
    assert liftgate("grants", "--output=json").json == {"items": [grant], "next_cursor": None}
    listed = liftgate("review", "--output", "json", "--as", "local:grace").json
    assert listed == {
        "items": [pending],
        "next_cursor": None,
        "to_conclude": {"items": [], "next_cursor": None},
    }
    mine = liftgate("status", "--output", "json").json
    assert mine == {
        "active": {"items": [grant], "next_cursor": None},
        "scheduled": {"items": [], "next_cursor": None},
        "pending": {"items": [pending], "next_cursor": None},
    }
    assert liftgate("whoami", "--output", "json").json["person"]["id"] == "ada"
    assert liftgate("catalogue", "--output", "json").json["version"] == "c" * 64
    assert liftgate("ledger", "show", "--output", "json").json["items"][0]["seq"] == 1
    for words in (("cancel", REQUEST), ("return", "gr-0000000000000002"), ("sign-in",)):
        assert isinstance(liftgate(*words, "--output", "json").json, dict)
    fake.add_grant(3)
    assert (
        liftgate("revoke", "gr-0000000000000003", "--reason", "x", "--output", "json").json["state"]
        == "revoked"
    )


def test_several_answers_are_one_object_a_line(liftgate: Run, fake: FakeLiftgate) -> None:
    fake.add_request(1)
    fake.add_request(2)
    said = liftgate(
        *("review", "approve", REQUEST, "rq-0000000000000002", "--as", "local:grace", "--output", "json")
    )
    assert [json.loads(line)["state"] for line in said.out.splitlines()] == ["approved", "approved"]


def test_a_waiting_program_gets_one_object_and_nothing_else(
    liftgate: Run, fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liftgate.cli.asking.time.sleep", lambda _: None)
    fake.add_request()
    fake.before[f"GET /api/v1/requests/{REQUEST}"] = lambda: fake.requests[REQUEST].update(state="lapsed")
    fake.answers["POST /api/v1/requests"] = (201, copy.deepcopy(fake.requests[REQUEST]))
    said = liftgate(
        *("request", "s3://b/", "--write", "--for", "1m", "--reason", "x", "--wait", "--output", "json")
    )
    assert said.code == 5
    assert said.json["state"] == "lapsed"
