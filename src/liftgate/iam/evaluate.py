"""Decides one request against the policies that apply to it, and says why.

A request is allowed when no policy denies it and each wall that is there allows it: the identity policies, and
where they are given the session policies and the permissions boundary.
Source: "Policy evaluation logic", IAM User Guide.

>>> from liftgate.iam.parse import parse_policy
>>> from liftgate.iam.request import Request
>>> read = parse_policy('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}')
>>> verdict = evaluate(Request(action="s3:PutObject", resource="arn:aws:s3:::reports/a"), identity=[read])
>>> verdict.decision.value, verdict.refused_by.value
('implicit_deny', 'identity')
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from liftgate.iam.language.condition import holds
from liftgate.iam.language.variables import Context, fits
from liftgate.iam.patterns.pattern import matcher
from liftgate.iam.policy import Effect, Patterns, Policy, Statement
from liftgate.iam.request import Request


class Decision(StrEnum):
    """AWS's three answers."""

    ALLOW = "allow"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"


class Wall(StrEnum):
    """A kind of policy; each that is there must allow."""

    IDENTITY = "identity"
    SESSION = "session"
    BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True)
class Match:
    """A statement that matched the request, by its place."""

    wall: Wall
    policy: int
    statement: int
    effect: Effect
    sid: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision and why: the statements that decided, or the first wall that says nothing."""

    decision: Decision
    because: tuple[Match, ...] = ()
    refused_by: Wall | None = None

    @property
    def allowed(self) -> bool:
        """Whether AWS would let the request through."""
        return self.decision is Decision.ALLOW


def evaluate(
    request: Request,
    *,
    identity: Sequence[Policy],
    session: Sequence[Policy] | None = None,
    boundary: Policy | None = None,
) -> Verdict:
    """AWS's answer to ``request``. ``session=None`` is a session without policies; an empty one allows nothing."""
    walls = [(Wall.IDENTITY, identity)]
    if session is not None:
        walls.append((Wall.SESSION, session))
    if boundary is not None:
        walls.append((Wall.BOUNDARY, (boundary,)))
    context = request.keys()
    matches = [match for wall, policies in walls for match in _matches(wall, policies, request, context)]
    denials = tuple(match for match in matches if match.effect is Effect.DENY)
    if denials:
        return Verdict(Decision.EXPLICIT_DENY, denials, denials[0].wall)
    allowing = {match.wall for match in matches}
    for wall, _ in walls:
        if wall not in allowing:
            return Verdict(Decision.IMPLICIT_DENY, tuple(matches), wall)
    return Verdict(Decision.ALLOW, tuple(matches))


def allows(policy: Policy, request: Request) -> bool:
    """Whether ``policy`` by itself allows the request."""
    return evaluate(request, identity=(policy,)).allowed


def _matches(wall: Wall, policies: Sequence[Policy], request: Request, context: Context) -> Iterator[Match]:
    for number, policy in enumerate(policies):
        for place, statement in enumerate(policy.statements):
            if applies(statement, request, context):
                yield Match(wall, number, place, statement.effect, statement.sid)


def applies(statement: Statement, request: Request, context: Context) -> bool:
    """Whether all parts of the statement match."""
    return (
        _acts(statement.actions, request.action)
        and (statement.resources is None or _reaches(statement.resources, request.resource, context))
        and _speaks_of(statement, request.principal)
        and all(holds(condition, context) for condition in statement.conditions)
    )


def _acts(actions: Patterns, name: str) -> bool:
    return any(_folded(pattern)(name.lower()) for pattern in actions.values) is not actions.negated


@lru_cache(maxsize=16384)
def _folded(pattern: str) -> Callable[[str], bool]:
    return matcher(pattern.lower())


def _reaches(resources: Patterns, arn: str, context: Context) -> bool:
    return any(fits(pattern, arn, context, arn=True) for pattern in resources.values) is not resources.negated


def _speaks_of(statement: Statement, arn: str | None) -> bool:
    """Only ``*`` and exact ARNs are read yet. Of all else the worst is taken: a deny speaks of the caller, an allow does not."""
    principals = statement.principals
    if principals is None:
        return True
    if arn is None or principals.negated or any(kind not in {"AWS", "*"} for kind, _ in principals.values):
        return statement.effect is Effect.DENY
    return any(value in {arn, "*"} for _, value in principals.values)
