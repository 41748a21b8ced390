"""Statements without which the policy would mean the same. Reported only where ``contains`` proves it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from liftgate.iam.contain import Undecided, contains
from liftgate.iam.language.reading import demands_key, is_unmeetable
from liftgate.iam.linting.conditions import excluded
from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.fitting import fits_any
from liftgate.iam.linting.overlap import overlapping
from liftgate.iam.linting.resources import severity_of
from liftgate.iam.linting.wording import quoted
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement
from liftgate.iam.services.catalogue import ServiceAction, reach

_MOST = 10_000  # steps of one comparison; few need a quarter of them


def _inside(inner: Sequence[Statement], outer: Sequence[Statement], subject: Subject) -> bool:
    """Whether it is proved that ``outer`` allows all that ``inner`` allows. Raises ``BudgetSpent``."""
    steps = min(_MOST, subject.budget.left)
    subject.budget.spend(_MOST // 4)
    answer = contains(Policy(statements=tuple(inner)), Policy(statements=tuple(outer)), steps=steps)
    if isinstance(answer, Undecided):
        subject.budget.take(_MOST)  # it took all its steps, or found that there are variables in the way
    return bool(answer)


def _is_empty(statements: Sequence[Statement], subject: Subject) -> bool:
    """Whether it is proved that these statements allow nothing."""
    return _inside(statements, (), subject)


def without_effect(subject: Subject) -> Iterator[Lint]:
    """Statements that grant or deny nothing, and those that others include."""
    left = []
    for place in subject.places():
        lint = _idle(subject, place)
        if lint is None:
            left.append(place)
        else:
            yield lint
    for effect in (Effect.ALLOW, Effect.DENY):
        yield from _shadowed(subject, [place for place in left if place.statement.effect is effect])


def _idle(subject: Subject, place: Place) -> Lint | None:
    found = _because(subject, place)
    if found is None:
        return None
    because, severity = found
    code = Code.GRANTS_NOTHING if place.allows else Code.DENIES_NOTHING
    verb = "allows" if place.allows else "denies"
    sentence = f"the statement {verb} nothing: {because}"
    return place.lint(code, severity, sentence, "take it out, or write what was meant")


def _because(subject: Subject, place: Place) -> tuple[str, Severity] | None:
    """Why a statement has no effect, and how sure it is: actions may be newer than what is known of them."""
    statement = place.statement
    actions = _actions(subject, statement)
    if actions is not None and not actions:
        return "none of its actions is known", Severity.WARNING
    if actions and _fits_nothing(subject, statement, actions):
        return "none of its actions works on any of its resources", severity_of(actions)
    if any(map(is_unmeetable, statement.conditions)) or _excluded(subject, statement) is not None:
        return "no request meets its conditions", Severity.ERROR
    if place.allows:
        denials = [one for one in subject.policy.statements if one.effect is Effect.DENY]
        walls = overlapping(statement, denials, subject)
        if walls and _is_empty([statement, *walls], subject):
            return "other statements deny all of it", Severity.ERROR
    return None


def _actions(subject: Subject, statement: Statement) -> list[ServiceAction] | None:
    """The actions that the statement names, one for each kind; None where it names those that it leaves out."""
    if statement.actions.negated:
        return None
    return [one for value in statement.actions.values for one in reach(value, subject.budget).shapes]


def _fits_nothing(subject: Subject, statement: Statement, actions: list[ServiceAction]) -> bool:
    resources = statement.resources
    if resources is None or resources.negated or any(not value.strip("*") for value in resources.values):
        return False
    return not any(fits_any(one, resources.values, subject.budget) for one in actions)


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
    return _is_empty([alone], subject)


def _shadowed(subject: Subject, places: Sequence[Place]) -> Iterator[Lint]:
    """Statements that others of the same effect include; from the last to the first, so that one of two equal ones stays.

    Statements that deny are compared as if they allowed: what is asked is only which requests they match.
    """
    denials = [one for one in subject.policy.statements if one.effect is Effect.DENY]
    kept = list(places)
    for place in reversed(places):
        others = overlapping(place.statement, [one.statement for one in kept if one is not place], subject)
        walls = overlapping(place.statement, denials, subject, all_of_it=False) if place.allows else []
        if others and _inside([_allowing(place.statement), *walls], list(map(_allowing, others)), subject):
            kept.remove(place)
            yield place.lint(
                Code.SHADOWED,
                Severity.WARNING,
                f"other statements already {'allow' if place.allows else 'deny'} all that this one does",
                "take it out: the policy means the same without it",
            )


def _allowing(statement: Statement) -> Statement:
    return replace(statement, effect=Effect.ALLOW)
