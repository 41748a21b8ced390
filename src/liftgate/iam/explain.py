"""Says in plain words what a policy or a scope allows, and how two differ, for a tired reviewer.

>>> from liftgate.iam.s3.location import parse_location
>>> from liftgate.iam.s3.actions import expand_actions
>>> from liftgate.iam.scope import Scope
>>> places = frozenset({parse_location("s3://reports/2026/"), parse_location("s3://reports/index.html")})
>>> explain_scope(Scope(actions=expand_actions(["write", "delete"]), locations=places))
'write and delete under s3://reports/2026/ and the object s3://reports/index.html'
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import overload

from liftgate.iam.contain import Excess
from liftgate.iam.explaining.change_words import policy_difference, scope_difference
from liftgate.iam.explaining.grouping import grouped
from liftgate.iam.explaining.listing import count, joined
from liftgate.iam.explaining.places import location, scope_places
from liftgate.iam.explaining.quoting import doubts, quoted
from liftgate.iam.explaining.statements import gravest_first, sentence
from liftgate.iam.explaining.verbs import scope_verbs
from liftgate.iam.explaining.windows import window_of
from liftgate.iam.parse import Kind
from liftgate.iam.policy import Effect, Policy
from liftgate.iam.scope import Location, Scope

__all__ = ["explain_difference", "explain_excess", "explain_policy", "explain_scope"]

# Policies that grant nothing: what they allow is the most that others may grant.
_LIMITS = {
    Kind.SESSION: "This policy grants nothing by itself: it says what the session may do at most.",
    Kind.BOUNDARY: "This policy grants nothing by itself: it says what its user or role may do at most.",
    Kind.SCP: "This policy grants nothing by itself: it says what callers of its accounts may do at most.",
    Kind.RCP: "This policy grants nothing by itself: it says what may be done at most to resources of its accounts.",
}


def explain_policy(policy: Policy, kind: Kind = Kind.IDENTITY) -> tuple[str, ...]:
    """One sentence for each thing that the policy allows or refuses, the gravest first.

    Statements that differ in one part only are said as one; a window that all share is said once; nothing is left
    out. ``Sid`` and ``Id`` are not shown: they say what the writer claims. Text from the policy that is not plain stands
    in backticks, with what cannot be seen written out. ``kind`` adds what a limit such as an SCP does not do.
    """
    statements = grouped(policy.statements)
    span, rest = window_of(statements) if len(statements) > 1 else (None, statements)
    allows = any(one.effect is Effect.ALLOW for one in statements)
    return (
        *([_LIMITS[kind]] if kind in _LIMITS and allows else []),
        *([f"All of this holds only {span}."] if span else []),
        *(sentence(one) for one in sorted(rest, key=gravest_first)),
        *([] if allows else ["It allows nothing."]),
    )


@overload
def explain_difference(before: Policy, after: Policy) -> tuple[str, ...]: ...
@overload
def explain_difference(before: Scope, after: Scope) -> tuple[str, ...]: ...
def explain_difference(before: Policy | Scope, after: Policy | Scope) -> tuple[str, ...]:
    """What changes from ``before`` to ``after``, a line each: ``adds: delete under s3://reports/2026/``.

    Each line is checked by ``contains``: where it proves that nothing is added or removed, nothing is claimed; where it
    cannot tell, the line says so. ``no difference``: the two are equal; ``same meaning, other words``: they are not, and
    allow the same. Raises ``TypeError`` for a policy and a scope.
    """
    if isinstance(before, Policy) and isinstance(after, Policy):
        return policy_difference(before, after)
    if isinstance(before, Scope) and isinstance(after, Scope):
        return scope_difference(before, after)
    raise TypeError("two policies can be compared, or two scopes")


def explain_scope(scope: Scope) -> str:
    """What the scope allows, in one line without a full stop; companions are not mentioned."""
    keys = f", with {count(len(scope.kms_keys), 'KMS key')}" if scope.kms_keys else ""
    odd = doubts(one.key for one in sorted(scope.locations))
    return f"{joined(scope_verbs(scope.actions))} {scope_places(scope.locations)}{keys}{odd}"


def explain_excess(beyond: Iterable[Excess]) -> str:
    """What lies outside the ceiling, in one line: the actions by their names, the place, and why."""

    def by_place(one: Excess) -> tuple[str, str]:
        return (str(one.location or one.kms_key), one.because)

    return "; ".join(
        _outside(list(group)) for _, group in groupby(sorted(beyond, key=by_place), key=by_place)
    )


def _outside(group: Sequence[Excess]) -> str:
    first = group[0]
    names = joined([quoted(one.action) for one in group])
    where = (
        f"with the key {quoted(first.kms_key or '')}" if first.location is None else location(first.location)
    )
    example = next((one.witness for one in group if one.witness), None)
    reached = (
        f", such as {quoted(example)}" if example is not None and example != _key(first.location) else ""
    )
    return f"{names} {where} ({first.because}{reached})"


def _key(place: Location | None) -> str:
    return "" if place is None else place.key
