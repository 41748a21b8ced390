"""What the ledger says of the statements on a role: which grants they open for, before and after each write."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from liftgate.elevation.in_place.model import Opening
from liftgate.errors import LiftgateError
from liftgate.ledger.model import Draft, EventKind, Json

_LIFTGATE: Final = "liftgate"


def intended(role_arn: str, openings: Iterable[Opening], waiting: Iterable[Opening], now: datetime) -> Draft:
    """The role's statements are about to be written."""
    body: dict[str, Json] = {"waiting": [one.grant_id for one in waiting]}
    return _draft(EventKind.IN_PLACE_INTENDED, role_arn, openings, now, body)


def read_back(role_arn: str, openings: Iterable[Opening], now: datetime) -> Draft:
    """The role's statements were read back, and are as written."""
    return _draft(EventKind.IN_PLACE_WRITTEN, role_arn, openings, now)


def opened(role_arn: str, openings: Iterable[Opening], *, by: str, now: datetime) -> Draft:
    """These grants were seen to be open; ``by`` says by what."""
    return _draft(EventKind.IN_PLACE_OPEN, role_arn, openings, now, {"by": by})


def failed(role_arn: str, failure: LiftgateError, now: datetime) -> Draft:
    """The role's statements could not be written, were not what was read back, or do not work yet."""
    body: dict[str, Json] = {"role_arn": role_arn, "failure": f"{failure.code}: {failure.sentence}"}
    return Draft(at=now, kind=EventKind.IN_PLACE_FAILED, actor=_LIFTGATE, body=body)


def _draft(
    kind: EventKind,
    role_arn: str,
    openings: Iterable[Opening],
    now: datetime,
    more: "dict[str, Json] | None" = None,
) -> Draft:
    body: dict[str, Json] = {"role_arn": role_arn, "grants": sorted(one.grant_id for one in openings)}
    return Draft(at=now, kind=kind, actor=_LIFTGATE, body={**body, **(more or {})})
