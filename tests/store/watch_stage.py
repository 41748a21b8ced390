"""Grants and sessions in a real store, records of calls under them, and rules to judge these by."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from tests.store.store_examples import NOON, add_grant, draft, session
from tests.watch.watch_examples import record

from liftgate.access.model import Grant
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope
from liftgate.ledger.model import EventKind
from liftgate.store.sql import SqlStore
from liftgate.watch.event import Event
from liftgate.watch.finding import Answer, Finding, Severity, finding_id
from liftgate.watch.known import KnownGrant
from liftgate.watch.lookup import Standing
from liftgate.watch.ports import FindingFilter
from liftgate.watch.rules.totals import Totals
from liftgate.watch.service import Taken, take
from liftgate.watch.verdict import Judged, Verdict

BROKER = "arn:aws:sts::111122223333:assumed-role/liftgate-broker/i-0"
STANDING = Standing(brokers=frozenset({BROKER}))
SCOPE = Scope(
    actions=expand_actions(["write", "delete"]), locations=frozenset({parse_location("s3://reports/2026/")})
)
MANY = 5


@dataclass(frozen=True)
class Unread:
    reason: str
    where: str
    excerpt: str


@dataclass(frozen=True)
class Batch:
    """Records as a reader hands them over."""

    texts: Sequence[bytes] = ()
    set_aside: Sequence[Unread] = ()

    @property
    def events(self) -> list[Event]:
        return [msgspec.json.decode(text, type=Event) for text in self.texts]

    def raw(self, place: int) -> bytes:
        return self.texts[place]


class FewRules:
    """One rule on calls, and one on grants that many deletions break."""

    def of_call(self, judged: Judged) -> list[Finding]:
        if judged.verdict in {Verdict.EXPECTED, Verdict.UNRELATED, Verdict.UNCLEAR}:
            return []
        grant, event = judged.grant, judged.event
        return [
            Finding(
                id=finding_id(judged.verdict, event.event_id),
                rule=judged.verdict,
                title="a call that was not granted",
                because=judged.because,
                severity=Severity.HIGH,
                answer=Answer.REVOKE,
                at=event.event_time,
                grant_id=grant.id if grant else None,
                person=grant.person if grant else None,
                session_name=event.session_name,
                role_arn=event.role_arn,
                event_ids=(event.event_id,),
            )
        ]

    def of_grant(self, grant: KnownGrant, totals: Totals) -> list[Finding]:
        deleted = totals.objects_deleted
        if deleted < MANY or totals.last_at is None:
            return []
        return [
            Finding(
                id=finding_id("bulk-delete", grant.id),
                rule="bulk-delete",
                title="many objects were deleted",
                because=f"{deleted} objects were deleted",
                severity=Severity.MEDIUM,
                answer=Answer.ALERT,
                at=totals.last_at,
                grant_id=grant.id,
                person=grant.person,
                role_arn=grant.role_arn,
            )
        ]


RULES = FewRules()


def lend(store: SqlStore, key: str = "ASIAEXAMPLE000000001", **fields: Any) -> Grant:
    """A grant with one session that is lent."""
    with store.write() as transaction:
        made = add_grant(transaction, **{"scope": SCOPE, **fields})
        transaction.add_session(session(made), draft(EventKind.SESSION_INTENDED))
        lent = session(made, lent_at=NOON, access_key_id=key, expires_at=made.window.ends_at)
        transaction.settle_session(lent, draft(EventKind.SESSION_LENT))
    return made


def call(
    of: Grant, number: int, operation: str = "PutObject", *, key: str = "ASIAEXAMPLE000000001", **more: Any
) -> bytes:
    """The record of a call by the grant's session, ``number`` seconds into its window."""
    name = f"{of.id}-1"
    identity = {
        "principalId": f"AROAEXAMPLEEXAMPLE123:{name}",
        "arn": f"arn:aws:sts::111122223333:assumed-role/reports-write/{name}",
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": of.role_arn, "accountId": "111122223333"},
            "sourceIdentity": of.requester,
        },
        **more.pop("identity", {}),
    }
    at = NOON + timedelta(seconds=number)
    fields = {
        "eventID": f"{of.id[-8:]}-0000-4000-8000-{number:012}",
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "identity": identity,
        "requestParameters": {"bucketName": "reports", "key": f"2026/{number}.csv"},
        **more,
    }
    return json.dumps(record(operation, **fields)).encode()


def outside(of: Grant, number: int, **more: Any) -> bytes:
    """A call beyond the grant's scope."""
    asked = {"bucketName": "payroll", "key": f"{number}"}
    return call(of, number, requestParameters=asked, errorCode="AccessDenied", **more)


def taken(store: SqlStore, *batches: Iterable[bytes], unread: Sequence[Unread] = ()) -> Taken:
    """Take batches in one call."""
    reads = [Batch(list(texts)) for texts in batches]
    return take(
        [*reads, Batch(set_aside=unread)] if unread else reads,
        store=store,
        rulebook=RULES,
        standing=STANDING,
        clock=lambda: NOON + timedelta(hours=1),
    )


def all_kept(store: SqlStore, *grants: Grant) -> dict[str, Any]:
    """Everything that is kept and must not depend on how it came: calls, findings, what is queued and what is on record."""
    with store.write() as transaction:
        found = transaction.findings(FindingFilter(), cursor=None, limit=200).items
        return {
            "activities": {
                one.event_id: one
                for grant in grants
                for one in transaction.activities(grant.id, cursor=None, limit=200).items
            },
            "findings": {one.finding.id: one.finding for one in found},
            "totals": {grant.id: transaction.totals(grant.id) for grant in grants},
            "effects": sorted(
                item.effect.key
                for item in transaction.outbox.claim(
                    NOON + timedelta(days=1), lease=timedelta(), limit=500, worker="look"
                )
            ),
            "ledger": sorted(
                str(entry.draft.body["finding"])
                for entry in transaction.entries()
                if entry.draft.kind is EventKind.FINDING_MADE
            ),
            "set_aside": sorted(one.id for one in transaction.set_aside(cursor=None, limit=200).items),
        }
