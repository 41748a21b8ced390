"""A policy that allows exactly what two policies both allow.

>>> from liftgate.iam.parse import parse_policy
>>> from liftgate.iam.policy import to_json
>>> def allow(action, resource):
...     return parse_policy('{"Statement": [{"Effect": "Allow", "Action": "%s", "Resource": "%s"}]}' % (action, resource))
>>> print(to_json(intersect(allow("s3:Get*", "arn:aws:s3:::b/rep*"), allow("s3:*Object", "arn:aws:s3:::b/*.csv"))))
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*Object","Resource":"arn:aws:s3:::b/rep*.csv"}]}
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from liftgate.iam.containment.answer import TOO_INVOLVED, Undecided
from liftgate.iam.containment.conjunction import conjoined
from liftgate.iam.containment.rule import ANY, resource_inside
from liftgate.iam.patterns.automaton import Budget, BudgetSpent
from liftgate.iam.patterns.intersection import NoGlob, shared
from liftgate.iam.patterns.pattern import covered
from liftgate.iam.policy import Effect, Patterns, Policy, Principals, Statement
from liftgate.iam.s3.actions import actions_matching

STEPS = 400_000


def intersect(a: Policy, b: Policy, *, steps: int = STEPS) -> Policy | Undecided:
    """A policy that allows a request exactly where both ``a`` and ``b`` do.

    Each allow of the one meets each allow of the other, and all denies stay. Where what two statements share has no
    finite spelling in one statement (``NotResource`` that cuts a part out of a pattern, a variable that may run into
    plain text, two ``ForAnyValue`` on one key, callers that are named in different ways), or the work exceeds
    ``steps``, the answer is ``Undecided`` with the reason.
    """
    budget = Budget(steps)
    found: list[Statement] = []
    unlisted = _unlisted(a, b)
    try:
        for one in _with(a, Effect.ALLOW):
            for other in _with(b, Effect.ALLOW):
                met = _both(one, other, unlisted, budget)
                if met is not None and met not in found:
                    found.append(met)
    except NoGlob:
        return Undecided("what two statements share has no finite spelling as a statement")
    except BudgetSpent:
        return Undecided(TOO_INVOLVED)
    denies = dict.fromkeys(replace(one, sid=None) for policy in (a, b) for one in _with(policy, Effect.DENY))
    return Policy(statements=(*found, *denies))


def _with(policy: Policy, effect: Effect) -> list[Statement]:
    return [one for one in policy.statements if one.effect is effect]


def _unlisted(*policies: Policy) -> tuple[str, ...]:
    """The actions of S3 that policies name and the catalogue does not."""
    values = [value for policy in policies for one in policy.statements for value in one.actions.values]
    plain = [value for value in values if value.lower().startswith("s3:") and not set(value) & {"*", "?"}]
    return tuple(dict.fromkeys(value for value in plain if not actions_matching(value)))


def _both(one: Statement, other: Statement, unlisted: tuple[str, ...], budget: Budget) -> Statement | None:
    """What two allows share; None where that is nothing."""
    resources = None
    if one.resources is not None or other.resources is not None:
        resources = _resources(one.resources or ANY, other.resources or ANY, budget)
        if resources is None:
            return None
    actions = _actions(one.actions, other.actions, unlisted, budget)
    if actions is None or _apart(one.principals, other.principals):
        return None
    conditions = conjoined((*one.conditions, *other.conditions), budget)
    if conditions is None:
        return None
    return Statement(
        effect=Effect.ALLOW,
        actions=actions,
        resources=resources,
        conditions=conditions,
        principals=_principals(one.principals, other.principals),
    )


def _actions(one: Patterns, other: Patterns, unlisted: tuple[str, ...], budget: Budget) -> Patterns | None:
    def meet(a: str, b: str) -> tuple[str, ...]:
        return shared(a, b, budget, fold=True)

    def inside(a: str, wide: tuple[str, ...]) -> bool:
        return covered(a.lower(), tuple(value.lower() for value in wide), budget)

    def cut(a: str, out: tuple[str, ...]) -> Iterable[str]:
        """A pattern without what others match, by the names of S3's actions: a finite list."""
        if not a.lower().startswith("s3:") or not actions_matching(a):
            raise NoGlob
        names = [*actions_matching(a), *(name for name in unlisted if inside(name, (a,)))]
        return [name for name in names if not inside(name, out)]

    return _patterns(one, other, meet, inside, cut)


def _resources(one: Patterns, other: Patterns, budget: Budget) -> Patterns | None:
    def meet(a: str, b: str) -> tuple[str, ...]:
        return shared(a, b, budget, arn=True)

    def inside(a: str, wide: tuple[str, ...]) -> bool:
        return resource_inside(a, Patterns(wide), budget)

    def cut(_: str, __: tuple[str, ...]) -> Iterable[str]:
        raise NoGlob

    return _patterns(one, other, meet, inside, cut)


def _patterns(
    one: Patterns,
    other: Patterns,
    meet: Callable[[str, str], tuple[str, ...]],
    inside: Callable[[str, tuple[str, ...]], bool],
    cut: Callable[[str, tuple[str, ...]], Iterable[str]],
) -> Patterns | None:
    """What two lists of patterns share; None where that is nothing."""
    if one.negated and other.negated:
        return Patterns(tuple(dict.fromkeys([*one.values, *other.values])), negated=True)
    if one.negated:
        one, other = other, one
    found: list[str] = []
    for value in one.values:
        if not other.negated:
            found += [value] if inside(value, other.values) else _met(value, other.values, meet, inside)
        elif not inside(value, other.values):
            touched = any(meet(value, out) for out in other.values)
            found += cut(value, other.values) if touched else [value]
    return Patterns(tuple(dict.fromkeys(found))) if found else None


def _met(
    value: str,
    others: tuple[str, ...],
    meet: Callable[[str, str], tuple[str, ...]],
    inside: Callable[[str, tuple[str, ...]], bool],
) -> list[str]:
    return [text for wide in others for text in ((wide,) if inside(wide, (value,)) else meet(value, wide))]


def _apart(one: Principals | None, other: Principals | None) -> bool:
    """Whether no caller is named by both, as far as that is plain."""
    return one is not None and other is not None and _principals(one, other) == Principals(())


def _principals(one: Principals | None, other: Principals | None) -> Principals | None:
    """Whom both name: everyone leaves it to the other, and services are told apart by name alone."""
    if one is None or one == other:
        return other
    if other is None:
        return one
    for here, there in ((one, other), (other, one)):
        if not here.negated and any(kind in {"*", "AWS"} and value == "*" for kind, value in here.values):
            return there
    kinds = {kind for principals in (one, other) for kind, _ in principals.values}
    if one.negated and other.negated:
        return Principals(tuple(dict.fromkeys([*one.values, *other.values])), negated=True)
    if kinds == {"Service"} and not one.negated and not other.negated:
        return Principals(tuple(pair for pair in one.values if pair in other.values))
    raise NoGlob  # a session, its role and its account are different names of one caller
