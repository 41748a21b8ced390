"""Actions that do not exist, with the nearest that do, and actions that are named twice."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from liftgate.iam.language.json_place import Path
from liftgate.iam.language.variables import has_variables
from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.wording import is_slip, nearest, quoted
from liftgate.iam.patterns.pattern import Budget, arn_covered, arn_matcher, covered, matcher
from liftgate.iam.s3.operations import OPERATIONS
from liftgate.iam.services import catalogue

_NEAR = 400_000  # steps to look for nearest names, in all


def unknown_names(subject: Subject) -> Iterator[Lint]:
    """Services and actions that the catalogue of all services does not have."""
    near = Budget(_NEAR)
    for place in subject.places():
        for number, value in enumerate(place.statement.actions.values):
            prefix = value.lower().partition(":")[0]
            if _is_wild(prefix):
                known = set(value) <= {"*", ":"} or catalogue.reach(value, subject.budget).actions
            elif prefix not in catalogue.prefixes():
                yield _unknown_service(place, number, value, prefix, near)
                continue
            else:
                known = catalogue.reach(value, subject.budget).actions
            if not known:
                yield _unknown_action(place, number, value, prefix, near)


def _unknown_service(place: Place, number: int, value: str, prefix: str, near: Budget) -> Lint:
    found = nearest(prefix, catalogue.prefixes(), near)
    return place.lint(
        Code.UNKNOWN_SERVICE,
        Severity.ERROR if is_slip(prefix, found) else Severity.WARNING,
        f"no service that is known has the prefix {quoted(prefix)}, so {quoted(value)} is no action",
        f"did you mean `{found}`?" if found else _look_up("the prefix"),
        place.action(number),
    )


def _unknown_action(place: Place, number: int, value: str, prefix: str, near: Budget) -> Lint:
    bare = value.lower().partition(":")[2]
    what = f"{quoted(value)} reaches no action" if _is_wild(value) else f"there is no action {quoted(value)}"
    if prefix == "s3" and bare in OPERATIONS:
        needed = " and ".join(f"`{one}`" for one in OPERATIONS[bare])
        advice, severity = f"that is an operation of S3's API; it needs {needed}", Severity.ERROR
    else:
        advice, severity = _advice(prefix, bare, near)
    return place.lint(Code.UNKNOWN_ACTION, severity, what, advice, place.action(number))


def _advice(prefix: str, bare: str, near: Budget) -> tuple[str, Severity]:
    """What to do, and how sure it is: a name that is unlike any other may be new."""
    found = None if _is_wild(prefix) else catalogue.service(prefix)
    if found is None or _is_wild(bare):
        return _look_up("the name"), Severity.WARNING
    name = nearest(bare, found.actions, near)
    elsewhere = catalogue.services_with(bare)
    if name is not None and (is_slip(bare, name) or not elsewhere):
        severity = Severity.ERROR if is_slip(bare, name) else Severity.WARNING
        return f"did you mean `{found.actions[name].name}`?", severity
    if elsewhere:
        return f"another service has `{elsewhere[0]}`", Severity.WARNING
    return _look_up("the name"), Severity.WARNING


def _look_up(what: str) -> str:
    date = catalogue.source()["generated"]
    return f"look {what} up in the Service Authorization Reference, if it is newer than {date}"


def redundant_names(subject: Subject) -> Iterator[Lint]:
    """Actions and resources that another one of the same list includes. Those that are left say the same."""
    for place in subject.places():
        actions = place.statement.actions.values
        lower = [value.lower() for value in actions]
        for number, by in _included(lower, covered, matcher, subject.budget):
            at = place.action(number)
            yield _redundant(place, Code.REDUNDANT_ACTION, actions[number], actions[by], at)
        resources = place.statement.resources.values if place.statement.resources else ()
        for number, by in _included(resources, arn_covered, arn_matcher, subject.budget):
            at = place.resource(number)
            yield _redundant(place, Code.REDUNDANT_RESOURCE, resources[number], resources[by], at)


Inside: TypeAlias = Callable[[str, tuple[str, ...], Budget], bool]
Matcher: TypeAlias = Callable[[str], Callable[[str], bool]]


def _included(
    values: Sequence[str], inside: Inside, matching: Matcher, budget: Budget
) -> Iterator[tuple[int, int]]:
    """The number of each value that another includes, and the other's number; the first of two equal ones stays."""
    first = {value: number for number, value in reversed(list(enumerate(values)))}
    wild = [number for value, number in first.items() if _is_wild(value) and not has_variables(value)]
    for number, value in enumerate(values):
        if first[value] != number:
            yield number, first[value]
        elif not has_variables(value):
            budget.spend(len(wild))
            plain = not _is_wild(value)
            by = next(
                (
                    one
                    for one in wild
                    if one != number
                    and (matching(values[one])(value) if plain else inside(value, (values[one],), budget))
                ),
                None,
            )
            if by is not None and (by < number or not inside(values[by], (value,), budget)):
                yield number, by


def _redundant(place: Place, code: Code, value: str, by: str, at: Path) -> Lint:
    said = "stands here twice" if value.lower() == by.lower() else f"is included in {quoted(by)}"
    return place.lint(code, Severity.NOTE, f"{quoted(value)} {said}", "take it out", at)


def negated_grants(subject: Subject) -> Iterator[Lint]:
    """``NotAction`` and ``NotResource`` in statements that allow: they give all that is not named."""
    for place in subject.granting():
        if place.statement.actions.negated:
            yield place.lint(
                Code.NOT_ACTION_WITH_ALLOW,
                Severity.WARNING,
                "`NotAction` with `Allow` gives every action that is not named, also those of services to come",
                "name the actions that are needed in `Action`, or use `NotAction` with `Deny`",
                ("NotAction",),
            )
        resources = place.statement.resources
        if resources is not None and resources.negated:
            yield place.lint(
                Code.NOT_RESOURCE_WITH_ALLOW,
                Severity.WARNING,
                "`NotResource` with `Allow` gives every resource that is not named",
                "name the resources that are needed in `Resource`, or use `NotResource` with `Deny`",
                ("NotResource",),
            )


def _is_wild(text: str) -> bool:
    return "*" in text or "?" in text
