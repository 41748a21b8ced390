"""Values that the tests of ``store`` share, and a clock that says what it is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from liftgate.access.model import Answer, Cancellation, Demand, Ending, EndingKind, Grant, Request, Review
from liftgate.access.ports import Effect, EffectKind
from liftgate.elevation.model import Session
from liftgate.iam.scope import Location, Scope, Window
from liftgate.identity.model import Identity, IdentityKind
from liftgate.identity.ports import SignIn
from liftgate.ledger.model import Draft, EventKind
from liftgate.store.transaction import SqlTransaction

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ROLE = "arn:aws:iam::111122223333:role/liftgate/reports-write"
SCOPE = Scope(
    actions=frozenset({"s3:PutObject", "s3:AbortMultipartUpload"}),
    locations=frozenset({Location("reports", "2026/*"), Location("ünïcode", 'a "quoted"\n?*', "aws-cn")}),
    kms_keys=frozenset({"arn:aws:kms:eu-west-1:111122223333:key/1234"}),
)

_numbers = count(1)


@dataclass(slots=True)
class TestClock:
    """A clock that stands still until it is set."""

    __test__ = False  # not a test, whatever its name

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def draft(kind: EventKind = EventKind.REQUESTED, **fields: Any) -> Draft:
    return Draft(**{"at": NOON, "kind": kind, "actor": "ada", **fields})


def request(**fields: Any) -> Request:
    number = next(_numbers)
    return Request(
        **{
            "id": f"rq-{number:016}",
            "requester": "ada",
            "identity": "aws:arn:aws:sts::111122223333:assumed-role/baseline/ada",
            "entitlement": "reports-write",
            "catalogue_version": "c" * 64,
            "account": "111122223333",
            "role_arn": ROLE,
            "external_id": None,
            "max_session": timedelta(hours=1),
            "scope": SCOPE,
            "duration": 20 * MINUTE,
            "starts_at": None,
            "justification": "repair the report of Tuesday: Jürgen's 表 🪣",
            "ticket": None,
            "stages": (Demand(name="review", approvals=1),),
            "asked_at": NOON,
            "lapses_at": NOON + timedelta(hours=24),
            **fields,
        }
    )


def review(of: Request, reviewer: str = "grace", answer: Answer = Answer.APPROVE, **fields: Any) -> Review:
    return Review(
        **{
            "request_id": of.id,
            "reviewer": reviewer,
            "identity": f"local:{reviewer}",
            "answer": answer,
            "comment": "go on",
            "reviewed_at": NOON,
            **fields,
        }
    )


def cancellation(of: Request) -> Cancellation:
    return Cancellation(request_id=of.id, by=of.requester, cancelled_at=NOON)


def grant(of: Request, **fields: Any) -> Grant:
    number = next(_numbers)
    return Grant(
        **{
            "id": f"gr-{number:016}",
            "request_id": of.id,
            "requester": of.requester,
            "entitlement": of.entitlement,
            "catalogue_version": of.catalogue_version,
            "account": of.account,
            "role_arn": of.role_arn,
            "external_id": of.external_id,
            "max_session": of.max_session,
            "scope": of.scope,
            "window": Window(starts_at=NOON, ends_at=NOON + 20 * MINUTE),
            "granted_at": NOON,
            **fields,
        }
    )


def ending(of: Grant, kind: EndingKind = EndingKind.REVOKED, **fields: Any) -> Ending:
    return Ending(
        **{
            "grant_id": of.id,
            "kind": kind,
            "by": "sec",
            "reason": "left",
            "ended_at": NOON + MINUTE,
            **fields,
        }
    )


def session(of: Grant, number: int = 1, **fields: Any) -> Session:
    return Session(
        **{
            "grant_id": of.id,
            "number": number,
            "name": f"{of.id}-{number}",
            "role_arn": of.role_arn,
            "intended_at": NOON,
            **fields,
        }
    )


def sign_in(token_hash: str = "a" * 64, **fields: Any) -> SignIn:
    arn = "arn:aws:sts::111122223333:assumed-role/baseline/ada"
    return SignIn(
        **{
            "token_hash": token_hash,
            "person_id": "ada",
            "identity": Identity(
                kind=IdentityKind.AWS, name=arn, account="111122223333", user_id="AROAEXAMPLE:ada"
            ),
            "signed_in_at": NOON,
            "expires_at": NOON + timedelta(hours=8),
            **fields,
        }
    )


def deny(role_arn: str = ROLE, due_at: datetime = NOON) -> Effect:
    return Effect(kind=EffectKind.DENY, key=role_arn, due_at=due_at)


def add_request(transaction: SqlTransaction, **fields: Any) -> Request:
    made = request(**fields)
    transaction.add_request(made, draft(request_id=made.id))
    return made


def add_grant(transaction: SqlTransaction, of: Request | None = None, **fields: Any) -> Grant:
    asked = of or add_request(transaction, role_arn=fields.get("role_arn", ROLE))
    made = grant(asked, **fields)
    transaction.add_grant(made, draft(EventKind.GRANTED, request_id=asked.id, grant_id=made.id))
    return made


def add_ending(transaction: SqlTransaction, of: Grant, **fields: Any) -> Ending:
    made = ending(of, **fields)
    transaction.add_ending(made, draft(EventKind.REVOKED, grant_id=of.id), [])
    return made
