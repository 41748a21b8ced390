"""May this grant be put in place on the role that the requester holds? Decided by ``liftgate.iam``, explained when refused.

Access in place is only as strong as the session's name, and only as wide as the role's boundary. So it is offered where the
trust policy fixes the name, and where the boundary holds whatever anybody could put on the role inside the ceiling.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from liftgate.elevation.in_place.model import HeldRole
from liftgate.elevation.in_place.statements import lacking
from liftgate.elevation.role_name import role_name
from liftgate.iam.compile import role_policy
from liftgate.iam.contain import Contained, Containment, NotContained, contains
from liftgate.iam.errors import PolicyFault
from liftgate.iam.lint import Fixed, NotFixed, fixes_session_name
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Effect, Policy, Statement, to_json
from liftgate.iam.scope import Scope
from liftgate.identity.model import Identity, IdentityKind

_SESSION: Final = re.compile(
    r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/([A-Za-z0-9_+=,.@-]{2,64})"
)
_ROLE: Final = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:.*/)?([^/]+)")


@dataclass(frozen=True, slots=True)
class Offered:
    """It may. ``user_id`` is the session that it opens for, ``policy`` what is added to the role, as JSON."""

    user_id: str
    policy: str


@dataclass(frozen=True, slots=True)
class NotOffered:
    """It may not."""

    because: str
    advice: str


Offer: TypeAlias = Offered | NotOffered


def offer(scope: Scope, identity: Identity, role: HeldRole, ceilings: Sequence[Scope]) -> Offer:
    """What the role and the sign-in say to a scope.

    Args:
        scope: what is asked for, known to lie inside the entitlement's ceiling.
        identity: by which the caller signed in: the user id is what STS answered, never the caller's word.
        role: as IAM describes it.
        ceilings: of all entitlements that are given in place on this role; the boundary must hold no more.

    """
    refusal = session_of(identity, role) or named_by_role(role) or _bounded(role, ceilings)
    if refusal is not None:
        return refusal
    return _opened(scope, identity, role)


def session_of(identity: Identity, role: HeldRole) -> NotOffered | None:
    """Why the caller's sign-in is not that of a session of this role; None where it is."""
    sign_in = (
        f"sign in with your session of `{role_name(role.arn)}`: liftgate sign-in --profile <its profile>"
    )
    session = _SESSION.fullmatch(identity.name) if identity.kind is IdentityKind.AWS else None
    if session is None or identity.user_id is None:
        return NotOffered(
            "you did not sign in with a session of a role, and only such a session can be opened", sign_in
        )
    held = _ROLE.fullmatch(role.arn)
    if held is None or session.groups()[:3] != held.groups():
        return NotOffered(
            f"you signed in with a session of `{session[3]}`, not of `{role_name(role.arn)}`", sign_in
        )
    if identity.user_id != f"{role.role_id}:{session[4]}":
        return NotOffered(
            f"`{role_name(role.arn)}` was deleted and made anew since your session began", sign_in
        )
    return None


def named_by_role(role: HeldRole) -> NotOffered | None:
    """Why the role's sessions may bear a name that somebody chose; None where nobody can."""
    advice = "let its trust policy fix `sts:RoleSessionName`, or ask for a session in place of this: docs/in-place.md"
    fixed = name_is_fixed(role.trust, role.arn)
    if isinstance(fixed, NotFixed):
        return NotOffered(
            f"whoever assumes `{role_name(role.arn)}` could take your access: {fixed.because}", advice
        )
    return None


def name_is_fixed(trust: str, role_arn: str) -> Fixed | NotFixed:
    """What ``iam`` says of a role's trust policy; one that cannot be read fixes nothing."""
    try:
        return fixes_session_name(parse_policy(trust, Kind.TRUST), account=role_arn.split(":")[4])
    except PolicyFault as fault:
        return NotFixed(f"its trust policy cannot be read: {fault.sentence}")


def _bounded(role: HeldRole, ceilings: Sequence[Scope]) -> NotOffered | None:
    """Nothing that is ever put on the role may exceed the ceiling: its boundary says so, whoever wrote the rest."""
    advice = "give it a boundary of its own reads and the ceiling: docs/in-place.md"
    boundary = _parsed(role.boundary)
    if boundary is None:
        return NotOffered(f"`{role_name(role.arn)}` has no permissions boundary that can be read", advice)
    ceiling = [one for scope in ceilings for one in parse_policy(role_policy(scope)).statements]
    # Without the role's own refusals: they hold for whatever is put beside them.
    answer = contains(boundary, Policy(statements=(*ceiling, *_own(role, Effect.ALLOW))))
    if isinstance(answer, Contained):
        return None
    return NotOffered(
        f"the boundary of `{role_name(role.arn)}` holds more than its own policies and the ceiling: {_why(answer)}",
        advice,
    )


def _opened(scope: Scope, identity: Identity, role: HeldRole) -> Offer:
    more = lacking(scope, Policy(statements=(*_own(role, Effect.ALLOW), *_own(role, Effect.DENY))))
    if more is None:
        return NotOffered(
            f"`{role_name(role.arn)}` has all of this already", "use it: there is nothing to ask for"
        )
    boundary = _parsed(role.boundary) or Policy(statements=())
    answer = contains(more, Policy(statements=(*boundary.statements, *_own(role, Effect.DENY))))
    if not isinstance(answer, Contained):
        return NotOffered(
            f"the boundary or a refusal of `{role_name(role.arn)}` would hold all the same: {_why(answer)}",
            "ask for less, or let whoever owns the role widen its boundary to the ceiling",
        )
    return Offered(user_id=identity.user_id or "", policy=to_json(more))


def _own(role: HeldRole, effect: Effect) -> Iterable[Statement]:
    """What the role's own policies allow, or refuse. One that cannot be read is taken to allow nothing."""
    policies = filter(None, map(_parsed, role.own))
    return [one for policy in policies for one in policy.statements if one.effect is effect]


def _parsed(text: str | None) -> Policy | None:
    if text is None:
        return None
    try:
        return parse_policy(text)
    except PolicyFault:
        return None


def _why(answer: Containment) -> str:
    return f"`{answer.witness}`" if isinstance(answer, NotContained) else getattr(answer, "because", "")
