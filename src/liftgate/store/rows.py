"""Between values and rows: each value's fields are columns of the same name, but for the few that are spelled out here."""

from dataclasses import fields
from typing import Any, TypeAlias

from sqlalchemy import RowMapping

from liftgate.access.model import (
    Cancellation,
    Ending,
    EndingKind,
    Grant,
    GrantRecord,
    InPlace,
    Request,
    Review,
)
from liftgate.access.ticket import TicketSeen
from liftgate.elevation.model import Session
from liftgate.iam.scope import Window
from liftgate.identity.model import Identity, IdentityKind
from liftgate.identity.ports import SignIn
from liftgate.store.review_rows import extends_of, terms_of

Row: TypeAlias = RowMapping

_ELSEWHERE = frozenset({"in_place", "stages", "spared", "own_team", "extends", "look_by", "ticket_seen"})
_REQUEST = tuple(
    (field.name, f"requests_{field.name}") for field in fields(Request) if field.name not in _ELSEWHERE
)
_GRANT = tuple(
    (field.name, f"grants_{field.name}")
    for field in fields(Grant)
    if field.name not in {"window", "in_place"}
)
_SESSION = tuple(field.name for field in fields(Session))


def request_of(row: Row) -> Request:
    """From a row with labels ``requests_…``, ``in_place_requests_…``, ``request_terms_…``, ``extensions_…`` and ``emergencies_…``."""
    return Request(
        **{name: row[label] for name, label in _REQUEST},
        **terms_of(row),
        in_place=_in_place_of(row),
        extends=extends_of(row),
        look_by=row["emergencies_look_by"],
        ticket_seen=_ticket_seen_of(row),
    )


def request_row(request: Request) -> dict[str, Any]:
    """Into table ``requests``."""
    row = {name: getattr(request, name) for name, _ in _REQUEST}
    return {**row, "approvals_needed": request.approvals_needed}


def grant_of(row: Row) -> Grant:
    """From a row with labels ``grants_…`` and ``in_place_requests_…``."""
    window = Window(starts_at=row["grants_starts_at"], ends_at=row["grants_ends_at"])
    return Grant(**{name: row[label] for name, label in _GRANT}, window=window, in_place=_in_place_of(row))


def grant_row(grant: Grant) -> dict[str, Any]:
    """Into table ``grants``."""
    row = {name: getattr(grant, name) for name, _ in _GRANT}
    return {**row, "starts_at": grant.window.starts_at, "ends_at": grant.window.ends_at}


def grant_record_of(row: Row) -> GrantRecord:
    """From a row with labels ``grants_…`` and ``endings_…``."""
    return GrantRecord(grant=grant_of(row), ending=_ending_of(row))


def _in_place_of(row: Row) -> InPlace | None:
    if row["in_place_requests_request_id"] is None:
        return None
    return InPlace(
        user_id=row["in_place_requests_user_id"],
        policy=row["in_place_requests_policy"],
        boundary=row["in_place_boundaries_boundary"],
    )


def _ticket_seen_of(row: Row) -> TicketSeen | None:
    if row["ticket_checks_request_id"] is None:
        return None
    return TicketSeen(tracker=row["ticket_checks_tracker"], state=row["ticket_checks_state"])


def _ending_of(row: Row) -> Ending | None:
    if row["endings_grant_id"] is None:
        return None
    return Ending(
        grant_id=row["endings_grant_id"],
        kind=EndingKind(row["endings_kind"]),
        by=row["endings_by"],
        reason=row["endings_reason"],
        ended_at=row["endings_ended_at"],
    )


def cancellation_of(row: Row) -> Cancellation | None:
    """From a row with labels ``cancellations_…``, where there is one."""
    if row["cancellations_request_id"] is None:
        return None
    return Cancellation(
        request_id=row["cancellations_request_id"],
        by=row["cancellations_by"],
        cancelled_at=row["cancellations_cancelled_at"],
    )


def cancellation_row(cancellation: Cancellation) -> dict[str, Any]:
    """Into table ``cancellations``."""
    return {
        "request_id": cancellation.request_id,
        "by": cancellation.by,
        "cancelled_at": cancellation.cancelled_at,
    }


def review_row(review: Review) -> dict[str, Any]:
    """Into table ``reviews``."""
    return {
        "request_id": review.request_id,
        "reviewer": review.reviewer,
        "identity": review.identity,
        "answer": review.answer.value,
        "comment": review.comment,
        "reviewed_at": review.reviewed_at,
    }


def session_of(row: Row) -> Session:
    """From table ``sessions``."""
    return Session(**row)


def session_row(session: Session) -> dict[str, Any]:
    """Into table ``sessions``."""
    return {name: getattr(session, name) for name in _SESSION}


def sign_in_of(row: Row) -> SignIn:
    """From tables ``sign_ins`` and ``terminal_sign_ins``."""
    return SignIn(
        token_hash=row["token_hash"],
        person_id=row["person_id"],
        identity=identity_of(row),
        signed_in_at=row["signed_in_at"],
        expires_at=row["expires_at"],
        session_id=row["session_id"],
    )


def sign_in_row(sign_in: SignIn) -> dict[str, Any]:
    """Into table ``sign_ins``."""
    return {
        "token_hash": sign_in.token_hash,
        "person_id": sign_in.person_id,
        "signed_in_at": sign_in.signed_in_at,
        "expires_at": sign_in.expires_at,
    } | identity_row(sign_in.identity)


def identity_of(row: Row) -> Identity:
    """From the four columns in which tables keep one."""
    return Identity(
        kind=IdentityKind(row["identity_kind"]),
        name=row["identity_name"],
        account=row["identity_account"],
        user_id=row["identity_user_id"],
    )


def identity_row(identity: Identity) -> dict[str, Any]:
    """Into those four columns."""
    return {
        "identity_kind": identity.kind.value,
        "identity_name": identity.name,
        "identity_account": identity.account,
        "identity_user_id": identity.user_id,
    }
