"""Statements without which the policy would mean the same. Reported only where ``contains`` proves it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from liftgate.iam.contain import contains
from liftgate.iam.linting.conditions import demands_key, excluded, is_unmeetable
from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.fitting import fits_any
from liftgate.iam.linting.wording import quoted
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement
from liftgate.iam.services import catalogue

_NOTHING = Policy(
    statements=(Statement(effect=Effect.DENY, actions=Patterns(("*",)), resources=Patterns(("*",))),)
)
_MOST = 20_000  # steps of one comparison


def _inside(inner: Sequence[Statement], outer: Sequence[Statement], subject: Subject) -> bool:
    """Whether it is proved that ``outer`` allows all that ``inner`` allows. Spends what it may use."""
    steps = min(_MOST, subject.budget.left)
    subject.budget.spend(_MOST // 10)
    return bool(contains(Policy(statements=tuple(inner)), Policy(statements=tuple(outer)), steps=steps))


def without_effect(subject: Subject) -> Iterator[Lint]:
    """Statements that grant or deny nothing, and those that others include."""
    places = list(subject.places())
    idle: dict[int, Lint] = {}
    for place in places:
        lint = _idle(subject, place)
        if lint is not None:
            idle[place.number] = lint
    yield from idle.values()
    left = [place for place in places if place.number not in idle]
    for effect in (Effect.ALLOW, Effect.DENY):
        yield from _shadowed(subject, [place for place in left if place.statement.effect is effect])


def _idle(subject: Subject, place: Place) -> Lint | None:
    because = _because(subject, place)
    if because is None:
        return None
    code = Code.GRANTS_NOTHING if place.allows else Code.DENIES_NOTHING
    verb = "allows" if place.allows else "denies"
    return place.lint(
        code,
        Severity.ERROR,
        f"the statement {verb} nothing: {because}",
        "take it out, or write what was meant",
    )


def _because(subject: Subject, place: Place) -> str | None:
    statement = place.statement
    if not _has_actions(subject, statement):
        return "none of its actions exists"
    if not _has_resources(subject, statement):
        return "none of its actions works on any of its resources"
    if any(map(is_unmeetable, statement.conditions)) or _excluded(subject, statement) is not None:
        return "no request meets its conditions"
    denials = [one for one in subject.policy.statements if one.effect is Effect.DENY]
    if place.allows and denials and _inside([statement, *denials], _NOTHING.statements, subject):
        return "other statements deny all of it"
    return None


def _has_actions(subject: Subject, statement: Statement) -> bool:
    actions = statement.actions
    return actions.negated or any(
        catalogue.actions_matching(value, subject.budget) for value in actions.values
    )


def _has_resources(subject: Subject, statement: Statement) -> bool:
    resources, actions = statement.resources, statement.actions
    if resources is None or resources.negated or actions.negated:
        return True
    if any(not value.strip("*") for value in resources.values):
        return True
    return any(
        found is not None and fits_any(found, resources.values, subject.budget)
        for value in actions.values
        for found in map(catalogue.action, catalogue.actions_matching(value, subject.budget))
    )


def exclusions(subject: Subject) -> Iterator[Lint]:
    """Statements whose conditions exclude each other: what one asks of a key, another refuses."""
    for place in subject.places():
        condition = _excluded(subject, place.statement)
        if condition is not None:
            yield place.lint(
                Code.NEVER_TRUE,
                Severity.ERROR,
                "no request meets all conditions of the statement: they exclude each other",
                f"look at what else the statement asks of {quoted(condition.key)}",
                place.condition(condition),
            )


def _excluded(subject: Subject, statement: Statement) -> Condition | None:
    """A condition that excludes another; for text and time, the first without which the rest can be met."""
    found = excluded(statement)
    if found is not None or not _conditions_exclude(subject, statement.conditions):
        return found
    for number, condition in enumerate(statement.conditions):
        rest = (*statement.conditions[:number], *statement.conditions[number + 1 :])
        if not _conditions_exclude(subject, rest):
            return condition
    return statement.conditions[-1]


def _conditions_exclude(subject: Subject, conditions: tuple[Condition, ...]) -> bool:
    """Whether no request meets them all, whatever its action and resource."""
    keys = [condition.key.lower() for condition in conditions]
    alike = tuple(one for one, key in zip(conditions, keys, strict=True) if keys.count(key) > 1)
    if not any(map(demands_key, alike)):
        return False
    alone = Statement(
        effect=Effect.ALLOW,
        actions=Patterns(("s3:GetObject",)),
        resources=Patterns(("*",)),
        conditions=alike,
    )
    return _inside([alone], _NOTHING.statements, subject)


def _shadowed(subject: Subject, places: Sequence[Place]) -> Iterator[Lint]:
    """Statements that others of the same effect include; from the last to the first, so that one of two equal ones stays.

    Statements that deny are compared as if they allowed: what is asked is only which requests they match.
    """
    denials = [one for one in subject.policy.statements if one.effect is Effect.DENY]
    walls = denials if places and places[0].allows else []
    kept = list(places)
    for place in reversed(places):
        others = [_allowing(other.statement) for other in kept if other is not place]
        if others and _inside([_allowing(place.statement), *walls], others, subject):
            kept.remove(place)
            yield place.lint(
                Code.SHADOWED,
                Severity.WARNING,
                f"other statements already {'allow' if place.allows else 'deny'} all that this one does",
                "take it out: the policy means the same without it",
            )


def _allowing(statement: Statement) -> Statement:
    return replace(statement, effect=Effect.ALLOW)
