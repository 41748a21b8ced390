"""Grants, sessions and CloudTrail records for tests of the watch."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window
from liftgate.watch.event import Event
from liftgate.watch.known import KnownGrant, KnownInMemory, KnownSession, known_in_memory

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/liftgate-reports"
ROLE_ID = "AROAEXAMPLEEXAMPLE123"
BROKER = f"arn:aws:iam::{ACCOUNT}:role/liftgate-broker"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
GRANT_ID = "gr-0123456789abcdef"
SESSION = f"{GRANT_ID}-1"
KEY = "ASIAEXAMPLE000000001"
PERSON = "ann"


def scope(*places: str, actions: str = "write") -> Scope:
    return Scope(
        actions=expand_actions([actions]),
        locations=frozenset(parse_location(place) for place in places or ("s3://reports/2026/",)),
    )


def grant(**changed: Any) -> KnownGrant:
    fields: dict[str, Any] = {
        "id": GRANT_ID,
        "request_id": "rq-0123456789abcdef",
        "person": PERSON,
        "entitlement": "reports-write",
        "account": ACCOUNT,
        "role_arn": ROLE,
        "scope": scope(),
        "window": Window(starts_at=NOON, ends_at=NOON + timedelta(hours=1)),
    }
    return KnownGrant(**{**fields, **changed})


def session(number: int = 1, key: str | None = KEY) -> KnownSession:
    return KnownSession(grant_id=GRANT_ID, number=number, name=f"{GRANT_ID}-{number}", access_key_id=key)


def known(*grants: KnownGrant, sessions: tuple[KnownSession, ...] | None = None) -> KnownInMemory:
    return known_in_memory(
        grants or (grant(),), (session(),) if sessions is None else sessions, brokers=(BROKER,)
    )


def record(operation: str = "PutObject", **changed: Any) -> dict[str, Any]:
    """A record of a call by the lent session, ten minutes into its window. ``identity`` changes parts of the caller."""
    identity = {
        "type": "AssumedRole",
        "principalId": f"{ROLE_ID}:{SESSION}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/liftgate-reports/{SESSION}",
        "accountId": ACCOUNT,
        "accessKeyId": KEY,
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "principalId": ROLE_ID, "arn": ROLE, "accountId": ACCOUNT},
            "attributes": {"creationDate": "2026-11-02T12:00:05Z", "mfaAuthenticated": "false"},
            "sourceIdentity": PERSON,
        },
        **changed.pop("identity", {}),
    }
    return {
        "eventVersion": "1.11",
        "eventID": "11111111-2222-4333-8444-555555555555",
        "eventTime": "2026-11-02T12:10:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": operation,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "[aws-cli/1.44]",
        "requestParameters": {"bucketName": "reports", "key": "2026/a.csv"},
        "userIdentity": identity,
        "readOnly": False,
        **changed,
    }


def event(operation: str = "PutObject", **changed: Any) -> Event:
    return msgspec.json.decode(json.dumps(record(operation, **changed)), type=Event)
