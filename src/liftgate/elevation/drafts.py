"""What the ledger says of sessions and denies. Access key ids are on record; secrets and session tokens never."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from liftgate.access.model import Grant
from liftgate.clock import rfc3339
from liftgate.elevation.model import Deny, Session, SessionEnding
from liftgate.elevation.ports import LendOrder
from liftgate.errors import LiftgateError
from liftgate.ledger.model import Draft, EventKind

_LIFTGATE: Final = "liftgate"


def session_intended(session: Session, grant: Grant, order: LendOrder) -> Draft:
    """STS is about to be asked."""
    return Draft(
        at=session.intended_at,
        kind=EventKind.SESSION_INTENDED,
        actor=grant.requester,
        request_id=grant.request_id,
        grant_id=grant.id,
        body={
            "session": session.name,
            "role_arn": order.role_arn,
            "source_identity": order.source_identity,
            "duration_seconds": int(order.duration.total_seconds()),
            "session_policy": order.session_policy,
        },
    )


def session_lent(session: Session, grant: Grant, *, packed_percent: int | None, handed_over: bool) -> Draft:
    """STS lent; ``handed_over`` is False where the grant had ended by then."""
    return Draft(
        at=session.lent_at or session.intended_at,
        kind=EventKind.SESSION_LENT,
        actor=grant.requester,
        request_id=grant.request_id,
        grant_id=grant.id,
        body={
            "session": session.name,
            "access_key_id": session.access_key_id,
            "expires_at": rfc3339(session.expires_at) if session.expires_at else None,
            "packed_percent": packed_percent,
            "handed_over": handed_over,
        },
    )


def session_failed(session: Session, grant: Grant, now: datetime) -> Draft:
    """STS did not lend."""
    return Draft(
        at=now,
        kind=EventKind.SESSION_FAILED,
        actor=grant.requester,
        request_id=grant.request_id,
        grant_id=grant.id,
        body={"session": session.name, "failure": session.failure},
    )


def session_lost(session: Session, now: datetime) -> Draft:
    """What became of a session was never recorded, and nobody will record it any more."""
    return Draft(
        at=now,
        kind=EventKind.SESSION_FAILED,
        actor=_LIFTGATE,
        grant_id=session.grant_id,
        body={"session": session.name, "failure": session.failure},
    )


def session_ended(ending: SessionEnding, grant: Grant) -> Draft:
    """One session was taken back."""
    return Draft(
        at=ending.ended_at,
        kind=EventKind.SESSION_REVOKED,
        actor=ending.by,
        request_id=grant.request_id,
        grant_id=grant.id,
        body={"session": ending.name, "reason": ending.reason},
    )


def trial_intended(person_id: str, order: LendOrder, now: datetime) -> Draft:
    """STS is about to be asked whether it lends a role, and takes a policy of this size."""
    return Draft(
        at=now,
        kind=EventKind.TRIAL_INTENDED,
        actor=person_id,
        body={"role_arn": order.role_arn, "session_policy": order.session_policy},
    )


def trial_ended(
    person_id: str, packed_percent: int | None, failure: LiftgateError | None, now: datetime
) -> Draft:
    """What STS said."""
    return Draft(
        at=now,
        kind=EventKind.TRIAL_ENDED,
        actor=person_id,
        body={
            "packed_percent": packed_percent,
            "failure": f"{failure.code}: {failure.sentence}" if failure else None,
        },
    )


def deny_intended(role_arn: str, wanted: Sequence[Deny], now: datetime) -> Draft:
    """The role's denies are about to be written."""
    return Draft(at=now, kind=EventKind.DENY_INTENDED, actor=_LIFTGATE, body=_denies(role_arn, wanted))


def deny_in_place(role_arn: str, wanted: Sequence[Deny], now: datetime) -> Draft:
    """The role's denies were read back, and are as wanted."""
    return Draft(at=now, kind=EventKind.DENY_IN_PLACE, actor=_LIFTGATE, body=_denies(role_arn, wanted))


def deny_failed(role_arn: str, failure: LiftgateError, now: datetime) -> Draft:
    """The role's denies could not be written, or were not what was read back."""
    return Draft(
        at=now,
        kind=EventKind.DENY_FAILED,
        actor=_LIFTGATE,
        body={"role_arn": role_arn, "failure": f"{failure.code}: {failure.sentence}"},
    )


def _denies(role_arn: str, wanted: Sequence[Deny]) -> "dict[str, str | list[str]]":
    sessions = [deny.target for deny in wanted if deny.number]
    return {
        "role_arn": role_arn,
        "grants": [deny.grant_id for deny in wanted if not deny.number],
        **({"sessions": sessions} if sessions else {}),
    }
