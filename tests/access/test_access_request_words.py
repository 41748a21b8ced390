"""A request in plain words: who, what, where, how long, why; what is unusual; and what became of it."""

from dataclasses import replace
from datetime import timedelta

from tests.access.access_examples import NOON, catalogue, entitlement, request

from liftgate.access.model import Answer, Cancellation, Request, RequestRecord, Review
from liftgate.access.request_words import RequestWords, outcome_words, request_words
from liftgate.access.review import grant_for
from liftgate.access.ticket import TicketSeen
from liftgate.iam.scope import Location, Scope

NARROW = replace(
    request(),
    scope=Scope(actions=frozenset({"s3:PutObject"}), locations=frozenset({Location("reports", "2026/q3/*")})),
)


def facts(words: RequestWords) -> dict[str, str]:
    return {fact.name: fact.text for fact in words.facts}


def unusual(asked: Request, *, is_first: bool | None = None) -> tuple[str, ...]:
    return request_words(asked, catalogue(), is_first=is_first).unusual


def reviewed(answer: Answer, comment: str = "", reviewer: str = "grace") -> Review:
    return Review(
        request_id=NARROW.id,
        reviewer=reviewer,
        identity="local:grace",
        answer=answer,
        comment=comment,
        reviewed_at=NOON,
    )


def test_it_says_who_what_where_how_long_and_why() -> None:
    words = request_words(replace(NARROW, justification="two\nlines", ticket="OPS-1"), catalogue())
    assert words.headline == "Ada (ada) asks for reports-write"
    assert facts(words) == {
        "Who": "Ada (ada)",
        "What": "write under s3://reports/2026/q3/",
        "How long": "20m, from when it is approved",
        "Why": "two\nlines",
        "Ticket": "OPS-1",
    }
    later = replace(NARROW, starts_at=NOON)
    assert facts(request_words(later, catalogue()))["How long"] == "20m, from 2026-11-24 12:00 UTC"


def test_it_says_what_the_tracker_said() -> None:
    seen = replace(NARROW, ticket="OPS-1", ticket_seen=TicketSeen(tracker="desk", state="In Progress"))
    words = request_words(seen, catalogue())
    assert facts(words)["Ticket"] == "OPS-1 (open in desk when it was asked for: In Progress)"
    assert words.unusual == ()
    unseen = replace(NARROW, ticket="OPS-1", ticket_seen=TicketSeen(tracker="desk", state=None))
    words = request_words(unseen, catalogue())
    assert facts(words)["Ticket"] == "OPS-1 (not checked: desk did not answer)"
    assert words.unusual == ("its ticket was not checked",)


def test_an_ordinary_request_has_nothing_unusual() -> None:
    assert unusual(NARROW) == unusual(NARROW, is_first=False) == ()


def test_what_a_reviewer_should_look_at_twice() -> None:
    assert unusual(NARROW, is_first=True) == ("ada has not had reports-write before",)
    assert unusual(request()) == ("it reaches everywhere that reports-write can",)
    assert unusual(replace(NARROW, duration=timedelta(hours=1))) == (
        "it is for the longest time that may be asked for",
    )
    grave = replace(
        NARROW, scope=replace(NARROW.scope, actions=frozenset({"s3:DeleteObjectVersion", "s3:PutObjectAcl"}))
    )
    assert unusual(grave) == (
        "it can delete for good (s3:DeleteObjectVersion)",
        "it can change who else has access (s3:PutObjectAcl)",
    )


def test_an_entitlement_that_is_gone_and_a_person_who_is_gone_are_named_all_the_same() -> None:
    gone = replace(NARROW, requester="zoe", entitlement="old")
    assert request_words(gone, catalogue(entitlement())).headline == "zoe asks for old"


def test_what_became_of_it() -> None:
    record = RequestRecord(request=NARROW)
    now = NARROW.asked_at

    def said(record: RequestRecord, later: timedelta = timedelta()) -> tuple[bool, str]:
        outcome = outcome_words(record, catalogue(), now + later)
        return outcome.is_open, outcome.sentence

    assert said(record) == (True, "waits for an answer until 2026-11-25 12:00 UTC")
    assert said(record, timedelta(days=2)) == (False, "lapsed: nobody answered in time")
    partly = replace(record, reviews=(reviewed(Answer.APPROVE),))
    assert said(partly) == (True, "approved by grace so far; more must approve")
    denied = replace(record, reviews=(reviewed(Answer.DENY, "not today"),))
    assert said(denied) == (False, "denied by Grace (grace): not today")
    cancelled = replace(record, cancellation=Cancellation(request_id=NARROW.id, by="ada", cancelled_at=now))
    assert said(cancelled) == (False, "cancelled by its requester")
    granted = replace(partly, grant=grant_for(NARROW, grant_id="gr-0123456789abcdef", now=now))
    assert said(granted) == (False, "approved by Grace (grace); access ends 2026-11-24 12:20 UTC")
    assert said(replace(granted, reviews=()))[1].startswith("approved without a review")
    narrow = replace(NARROW.scope, locations=frozenset({Location("reports", "2026/q3/a.csv")}))
    grant = grant_for(
        replace(NARROW, scope=narrow, duration=timedelta(minutes=5)), grant_id="gr-0123456789abcdef", now=now
    )
    assert said(replace(partly, grant=grant))[1].startswith(
        "approved by Grace (grace), but only write the object s3://reports/2026/q3/a.csv for 5m; access ends"
    )


def test_an_emergency_is_loud() -> None:
    words = request_words(replace(NARROW, stages=(), look_by=NOON), catalogue())
    assert words.headline == "Ada (ada) broke the glass for reports-write"
    assert words.unusual == ("it is an emergency: nobody was asked before",)
