"""Which grants may stand on a role as it is now: what was true when they were asked for is asked again at every look.

What is on a role can be changed by whoever owns it, between the request, the approval and each write. Decided without the
catalogue, since a grant is not changed by what the catalogue says later: the boundary must hold no more than it did then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from liftgate.access.ports import DENY_SLACK
from liftgate.clock import rfc3339
from liftgate.elevation.in_place.errors import (
    BoundaryNoLongerHolds,
    NameFixedLately,
    NameNoLongerFixed,
    RoleMadeAnew,
)
from liftgate.elevation.in_place.model import Carried, Opening
from liftgate.elevation.in_place.offer import name_is_fixed
from liftgate.elevation.policy_text import same_policy
from liftgate.errors import LiftgateError
from liftgate.iam.contain import Contained, contains
from liftgate.iam.errors import PolicyFault
from liftgate.iam.lint import NotFixed
from liftgate.iam.parse import parse_policy


@dataclass(frozen=True, slots=True)
class Standing:
    """Grants that may stand, those that may not, and the first reason why not."""

    openings: tuple[Opening, ...]
    barred: tuple[Opening, ...] = ()
    because: LiftgateError | None = None


def names_hold_from(fixed_since: datetime, longest_session: timedelta) -> datetime:
    """When no session can live any more that took its name before the first look that saw it fixed.

    With slack for clocks that differ, and for a trust policy that takes a while to spread.
    """
    return fixed_since + longest_session + DENY_SLACK


def standing(
    role_arn: str, wanted: Iterable[Opening], carried: Carried, *, fixed_since: datetime | None, now: datetime
) -> Standing:
    """Take apart what a role may carry of what is wanted on it. ``fixed_since``: since when every look saw the name fixed."""
    asked = tuple(wanted)
    shut = _name_chosen(role_arn, carried) or _name_chosen_before(role_arn, carried, fixed_since or now, now)
    if shut is not None:
        return Standing((), asked, shut if asked else None)
    faults = [
        (one, _made_anew(role_arn, one, carried) or _unbounded(role_arn, one, carried)) for one in asked
    ]
    return Standing(
        tuple(one for one, fault in faults if fault is None),
        tuple(one for one, fault in faults if fault is not None),
        next((fault for _, fault in faults if fault is not None), None),
    )


def _name_chosen(role_arn: str, carried: Carried) -> LiftgateError | None:
    """A name that somebody may choose opens nothing, whatever was granted while it was fixed."""
    fixed = name_is_fixed(carried.trust, role_arn)
    if not isinstance(fixed, NotFixed):
        return None
    return NameNoLongerFixed(
        f"whoever assumes `{role_arn}` may choose the session's name: {fixed.because}; its grants were taken off it",
        advice="whoever owns the role: let its trust policy fix `sts:RoleSessionName` again",
        value=role_arn,
    )


def _name_chosen_before(
    role_arn: str, carried: Carried, fixed_since: datetime, now: datetime
) -> LiftgateError | None:
    """A session keeps its name to its end, whatever became of the trust policy that let somebody choose it."""
    holds_from = names_hold_from(fixed_since, carried.longest_session)
    if now >= holds_from:
        return None
    return NameFixedLately(
        f"a session of `{role_arn}` whose name somebody chose may live until {rfc3339(holds_from)}; until then its grants are off it",
        advice="nothing: they are put in place then",
        value=role_arn,
    )


def _made_anew(role_arn: str, one: Opening, carried: Carried) -> LiftgateError | None:
    if one.user_id.partition(":")[0] == carried.role_id:
        return None
    return RoleMadeAnew(
        f"`{role_arn}` was deleted and made anew since access in place was asked for; its grants were taken off it",
        advice="whoever needs it: ask again, with a session of the role as it is now",
        value=role_arn,
    )


def _unbounded(role_arn: str, one: Opening, carried: Carried) -> LiftgateError | None:
    if _holds_no_more(carried.boundary, one.boundary):
        return None
    return BoundaryNoLongerHolds(
        f"the boundary of `{role_arn}` is gone or holds more than when access in place was asked for; its grants were taken off it",
        advice="whoever owns the role: set its boundary as it was; or ask again",
        value=role_arn,
    )


def _holds_no_more(now: str | None, then: str | None) -> bool:
    if now is None or then is None:
        return False
    try:
        return same_policy(now, then) or isinstance(
            contains(parse_policy(now), parse_policy(then)), Contained
        )
    except PolicyFault:
        return False
