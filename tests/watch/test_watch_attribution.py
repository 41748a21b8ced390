"""Whose call an event is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.watch.watch_examples import (
    BROKER,
    GRANT_ID,
    KEY,
    NOON,
    ROLE,
    ROLE_ID,
    SESSION,
    event,
    grant,
    known,
    session,
)

from liftgate.iam.scope import Window
from liftgate.watch.attribution import TakenOver, UnderGrant, Unrelated, WithoutGrant, attribute
from liftgate.watch.callers import Callers

OTHER_ROLE = "arn:aws:iam::111122223333:role/other"


def issued_by(role: str) -> dict[str, Any]:
    return {"sessionContext": {"sessionIssuer": {"type": "Role", "arn": role}}}


def test_by_access_key() -> None:
    found = attribute(event(), known())
    assert found == UnderGrant(grant=grant(), session=session(), by="access key")


def test_by_name_where_the_key_was_never_kept() -> None:
    found = attribute(event(), known(sessions=(session(key=None),)))
    assert found == UnderGrant(grant=grant(), session=session(key=None), by="session name")
    found = attribute(event(), known(sessions=()))
    assert found == UnderGrant(grant=grant(), session=None, by="session name")


@pytest.mark.parametrize(
    ("identity", "because"),
    [
        ({"principalId": f"{ROLE_ID}:{GRANT_ID}-2"}, "access key is of another session"),
        ({"accessKeyId": "ASIASOMEBODYELSE0001"}, "has another access key"),
        ({"accessKeyId": "ASIASOMEBODYELSE0001", "principalId": f"{ROLE_ID}:me"}, "not lent by Liftgate"),
        (
            {"accessKeyId": "ASIASOMEBODYELSE0001", "principalId": f"{ROLE_ID}:gr-zzzzzzzzzzzzzzzz-1"},
            "not on record",
        ),
        ({"accessKeyId": "ASIASOMEBODYELSE0001", **issued_by(OTHER_ROLE)}, "on another role"),
        ({"sessionContext": {"sourceIdentity": "eve"}}, "another person"),
    ],
)
def test_what_contradicts_the_record_is_nobodys(identity: dict[str, Any], because: str) -> None:
    found = attribute(event(identity=identity), known())
    assert isinstance(found, WithoutGrant)
    assert because in found.because


def test_a_person_in_place_inside_the_window_alone() -> None:
    user_id = "AROAPEOPLE0000000001:ann"
    mine = grant(user_id=user_id, role_arn=OTHER_ROLE)
    later = replace(
        mine,
        id="gr-fedcba9876543210",
        window=Window(starts_at=NOON + timedelta(hours=2), ends_at=NOON + timedelta(hours=3)),
    )
    everything = known(mine, later, sessions=())

    def called(at: str, principal: str = user_id) -> object:
        identity = {"principalId": principal, "accessKeyId": "ASIAPEOPLE0000000001", **issued_by(OTHER_ROLE)}
        return attribute(event(identity=identity, eventTime=at), everything)

    assert called("2026-11-02T12:00:00Z") == UnderGrant(grant=mine, session=None, by="in place")
    assert called("2026-11-02T14:59:59Z") == UnderGrant(grant=later, session=None, by="in place")
    assert isinstance(called("2026-11-02T13:00:00Z"), Unrelated)
    assert isinstance(called("2026-11-02T12:10:00Z", "AROAPEOPLE0000000001:bob"), Unrelated)


def test_an_elevated_role_that_somebody_else_assumes() -> None:
    def assumed(identity: dict[str, Any], role: str = ROLE) -> object:
        return attribute(
            event(
                "AssumeRole",
                eventSource="sts.amazonaws.com",
                requestParameters={"roleArn": role, "roleSessionName": SESSION},
                identity={"accessKeyId": "ASIABROKER0000000001", **identity},
            ),
            known(),
        )

    broker = {"arn": BROKER.replace(":iam:", ":sts:") + "/x", **issued_by(BROKER)}
    assert assumed({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/eve"}) == TakenOver(
        role_arn=ROLE
    )
    assert assumed({"principalId": "AROABROKER:liftgate", **broker}) == Unrelated()
    assert assumed({"principalId": "AROABROKER:liftgate", **broker}, OTHER_ROLE) == Unrelated()
    assert assumed({"type": "AWSService", "arn": None, "sessionContext": None}) == TakenOver(role_arn=ROLE)


@pytest.mark.parametrize("kind", ["IAMUser", "Root", "AWSService", "WebIdentityUser", None])
def test_who_is_no_role_session_is_none_of_it(kind: str | None) -> None:
    identity = {"type": kind, "accessKeyId": "AKIAEXAMPLE000000001"}
    assert attribute(event(identity=identity), known()) == Unrelated()


def test_a_key_that_a_user_shows_is_no_session() -> None:
    assert attribute(event(identity={"type": "IAMUser", "accessKeyId": KEY}), known()) == Unrelated()


def test_looking_each_caller_up_once_changes_no_answer() -> None:
    """Callers that differ in one thing each, twice over, and one whose grants in place come and go."""
    user_id = "AROAPEOPLE0000000001:ann"
    everything = known(grant(), grant(id="gr-fedcba9876543210", user_id=user_id, role_arn=OTHER_ROLE))
    identities: list[dict[str, Any]] = [
        {},
        {"accessKeyId": "ASIASOMEBODYELSE0001"},
        {"accessKeyId": None},
        {"principalId": f"{ROLE_ID}:{GRANT_ID}-2"},
        {"type": "IAMUser"},
        {"sessionContext": {"sourceIdentity": "eve"}},
        {"sessionContext": None},
        issued_by(OTHER_ROLE),
        {"sessionContext": {"sessionIssuer": {"type": "User", "arn": ROLE}}},
        {"principalId": user_id, "accessKeyId": "ASIAPEOPLE0000000001", **issued_by(OTHER_ROLE)},
    ]
    times = ["2026-11-02T12:10:00Z", "2026-11-02T13:10:00Z"]
    taking = {"eventSource": "sts.amazonaws.com", "requestParameters": {"roleArn": ROLE}}
    events = [
        event(operation, identity=identity, eventTime=at, **(taking if operation == "AssumeRole" else {}))
        for operation in ("PutObject", "AssumeRole", "PutObject")
        for identity in identities
        for at in times
    ]
    callers, found = Callers(everything), []
    for one in events:
        caller = callers.of(one, bytes(one.identity))
        found.append(attribute(one, everything) if caller is None else caller.attribution)
    assert found == [attribute(one, everything) for one in events]
    assert len(set(map(repr, found))) > 5
