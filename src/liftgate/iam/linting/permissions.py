"""Statements that give more than they seem to: the managing of permissions, and roles to pass on or to take up."""

from collections.abc import Iterable, Iterator

from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.fitting import fits_any
from liftgate.iam.linting.wording import listed, quoted
from liftgate.iam.patterns.pattern import arn_covered, covered, matcher
from liftgate.iam.policy import Effect, Patterns, Statement
from liftgate.iam.services import catalogue

_PASSING = "iam:passrole"
_ASSUMING = "sts:assumerole"
# Keys by which a condition limits which roles may be passed or taken up.
_LIMITS_PASSING = ("iam:passedtoservice", "iam:associatedresourcearn", "aws:resourcetag/", "iam:resourcetag/")
_LIMITS_ASSUMING = (
    "aws:resourcetag/",
    "iam:resourcetag/",
    "aws:resourceaccount",
    "aws:resourceorg",
    "sts:externalid",
)


def wide_grants(subject: Subject) -> Iterator[Lint]:
    """Wildcards that reach permission management, and roles of which any may be passed or taken up."""
    for place in subject.granting():
        statement = place.statement
        if statement.resources is None:
            continue
        if _is_everything(statement):
            yield place.lint(
                Code.ALLOWS_EVERYTHING,
                Severity.WARNING,
                "the statement allows every action on every resource",
                "name the actions and resources that are needed",
            )
            continue
        yield from _managing(subject, place)
        yield from _everywhere(subject, place)


def _is_everything(statement: Statement) -> bool:
    return (
        not statement.conditions
        and not statement.actions.negated
        and statement.resources is not None
        and not statement.resources.negated
        and any(set(value) <= {"*", ":"} for value in statement.actions.values)
        and any(not value.strip("*") for value in statement.resources.values)
    )


def _managing(subject: Subject, place: Place) -> Iterator[Lint]:
    actions = place.statement.actions
    if actions.negated:
        reached = _given(subject, place, _managed(actions, subject))
        if reached:
            yield _reaches(place, "`NotAction`", reached, ("NotAction",))
        return
    for number, value in enumerate(actions.values):
        if "*" in value or "?" in value:
            alone = Patterns((value,))
            reached = _given(subject, place, _managed(alone, subject))
            if reached:
                yield _reaches(place, quoted(value), reached, place.action(number))


def _reaches(place: Place, what: str, reached: list[str], at: tuple[str | int, ...]) -> Lint:
    return place.lint(
        Code.REACHES_PERMISSION_MANAGEMENT,
        Severity.WARNING,
        f"{what} reaches what changes who may do what: {listed(reached)}",
        "name the actions that are needed one by one",
        at,
    )


def _managed(actions: Patterns, subject: Subject) -> Iterator[str]:
    """The actions that manage permissions, among those that the patterns speak of."""
    names = catalogue.managing_permissions()
    subject.budget.spend(len(actions.values) * len(names) // 2)
    return _speaks_of(actions, names)


def _speaks_of(actions: Patterns, names: Iterable[str]) -> Iterator[str]:
    fit = [matcher(value.lower()) for value in actions.values]
    return (name for name in names if any(one(name.lower()) for one in fit) is not actions.negated)


def _given(subject: Subject, place: Place, names: Iterable[str]) -> list[str]:
    """Those of the actions that fit the statement's resources, and that no other statement denies outright."""
    resources = place.statement.resources
    denials = [one for one in subject.policy.statements if _denies_outright(one, resources, subject)]
    found = []
    for name in names:
        subject.budget.spend()
        action = catalogue.action(name)
        if resources is None or action is None:
            continue
        if not resources.negated and not fits_any(action, resources.values, subject.budget):
            continue
        if not any(list(_speaks_of(denial.actions, (name,))) for denial in denials):
            found.append(name)
    return sorted(found)


def _denies_outright(statement: Statement, resources: Patterns | None, subject: Subject) -> bool:
    """Whether the statement denies its actions to everyone on all of ``resources``, whatever the request carries."""
    denied = statement.resources
    if statement.effect is Effect.ALLOW or statement.conditions or denied is None or denied.negated:
        return False
    who = statement.principals
    if who is not None and (who.negated or not any(value == "*" for _, value in who.values)):
        return False
    if any(not value.strip("*") for value in denied.values):
        return True
    return (
        resources is not None
        and not resources.negated
        and all(arn_covered(value, denied.values, subject.budget) for value in resources.values)
    )


def _everywhere(subject: Subject, place: Place) -> Iterator[Lint]:
    """Roles that may be passed or taken up, whichever they are."""
    if not _reaches_every_role(place.statement, subject):
        return
    if _gives(subject, place, _PASSING, _LIMITS_PASSING):
        yield place.lint(
            Code.PASS_ROLE_EVERYWHERE,
            Severity.WARNING,
            "`iam:PassRole` on every role: whoever may start something in a service gets the rights of any role",
            "name the roles in `Resource`, or add a condition on `iam:PassedToService`",
        )
    if _gives(subject, place, _ASSUMING, _LIMITS_ASSUMING):
        yield place.lint(
            Code.ASSUME_ROLE_EVERYWHERE,
            Severity.WARNING,
            "`sts:AssumeRole` on every role: only the roles' own trust policies say no",
            "name the roles in `Resource`",
        )


def _gives(subject: Subject, place: Place, name: str, limits: tuple[str, ...]) -> bool:
    if any(condition.key.lower().startswith(limits) for condition in place.statement.conditions):
        return False
    return bool(_given(subject, place, _speaks_of(place.statement.actions, (name,))))


def _reaches_every_role(statement: Statement, subject: Subject) -> bool:
    resources = statement.resources
    if resources is None or resources.negated:
        return resources is not None
    return any(_is_every_role(value, subject) for value in resources.values)


def _is_every_role(value: str, subject: Subject) -> bool:
    """Whether the pattern holds every role of an account."""
    if not value.strip("*"):
        return True
    *head, tail = value.split(":", 5)
    return len(head) == 5 and bool(matcher(head[2])("iam")) and covered("role/*", (tail,), subject.budget)
