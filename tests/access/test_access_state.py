"""What a request or grant is follows from its record and the clock."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.access_examples import NOON, caller, request

from liftgate.access.model import Answer, Cancellation, Ending, EndingKind, GrantRecord, RequestRecord, Review
from liftgate.access.review import grant_for
from liftgate.access.state import (
    Active,
    Approved,
    Cancelled,
    Denied,
    Ended,
    Lapsed,
    Pending,
    Returned,
    Revoked,
    Scheduled,
    grant_state,
    request_state,
    state_name,
)

GRANT = grant_for(request(), grant_id="gr-0123456789abcdef", now=NOON)


def said(answer: Answer, reviewer: str = "grace") -> Review:
    return Review(
        request_id=request().id,
        reviewer=reviewer,
        identity=str(caller(reviewer).identity),
        answer=answer,
        comment="",
        reviewed_at=NOON,
    )


WITHDRAWN = Cancellation(request_id=request().id, by="ada", cancelled_at=NOON)


@pytest.mark.parametrize(
    ("record", "after", "state"),
    [
        (RequestRecord(request=request()), timedelta(0), Pending),
        (RequestRecord(request=request()), timedelta(hours=24) - timedelta(microseconds=1), Pending),
        (RequestRecord(request=request()), timedelta(hours=24), Lapsed),
        (RequestRecord(request=request(), reviews=(said(Answer.APPROVE),)), timedelta(0), Pending),
        (RequestRecord(request=request(), reviews=(said(Answer.DENY),)), timedelta(0), Denied),
        (RequestRecord(request=request(), reviews=(said(Answer.DENY),)), timedelta(days=9), Denied),
        (RequestRecord(request=request(), cancellation=WITHDRAWN), timedelta(0), Cancelled),
        (
            RequestRecord(request=request(), reviews=(said(Answer.APPROVE),), grant=GRANT),
            timedelta(0),
            Approved,
        ),
        (
            RequestRecord(request=request(), reviews=(said(Answer.APPROVE),), grant=GRANT),
            timedelta(days=9),
            Approved,
        ),
    ],
)
def test_request_state(record: RequestRecord, after: timedelta, state: type) -> None:
    assert type(request_state(record, NOON + after)) is state


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (NOON - timedelta(microseconds=1), Scheduled),
        (NOON, Active),
        (NOON + timedelta(minutes=20) - timedelta(microseconds=1), Active),
        (NOON + timedelta(minutes=20), Ended),
        (NOON + timedelta(days=400), Ended),
    ],
)
def test_grant_state_at_the_edges_of_its_window(now: datetime, state: type) -> None:
    assert type(grant_state(GrantRecord(grant=GRANT), now)) is state


@pytest.mark.parametrize(("kind", "state"), [(EndingKind.REVOKED, Revoked), (EndingKind.RETURNED, Returned)])
def test_an_early_end_is_final(kind: EndingKind, state: type) -> None:
    ending = Ending(grant_id=GRANT.id, kind=kind, by="grace", reason="", ended_at=NOON)
    for now in (NOON, NOON + timedelta(days=1)):
        assert type(grant_state(GrantRecord(grant=GRANT, ending=ending), now)) is state


def test_the_words_for_states_are_those_of_the_api() -> None:
    assert state_name(request_state(RequestRecord(request=request()), NOON)) == "pending"
    assert state_name(grant_state(GrantRecord(grant=GRANT), NOON)) == "active"


@given(
    microseconds=st.integers(0, 999_999),
    minutes=st.integers(1, 720),
    ahead=st.one_of(st.none(), st.integers(-3_600, 3_600)),
)
def test_a_window_is_never_longer_than_asked_and_never_begins_before_asked(
    microseconds: int, minutes: int, ahead: int | None
) -> None:
    now = NOON + timedelta(microseconds=microseconds)
    starts_at = None if ahead is None else NOON + timedelta(seconds=ahead)
    asked = replace(request(), duration=timedelta(minutes=minutes), starts_at=starts_at)
    window = grant_for(asked, grant_id=GRANT.id, now=now).window
    assert window.ends_at - window.starts_at == timedelta(minutes=minutes)
    assert window.ends_at <= max(now, starts_at or now) + timedelta(minutes=minutes)
    if starts_at is not None:
        assert window.starts_at >= starts_at
