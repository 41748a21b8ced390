"""Actions that do not exist, with the nearest that do, and actions that are named twice."""

from collections.abc import Callable, Iterator, Sequence

from liftgate.iam.language.json_place import Path
from liftgate.iam.language.variables import has_variables
from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.wording import nearest, quoted
from liftgate.iam.patterns.pattern import Budget, arn_covered, covered
from liftgate.iam.s3.operations import OPERATIONS
from liftgate.iam.services import catalogue

_NEAR = 400_000  # steps to look for nearest names, in all


def unknown_names(subject: Subject) -> Iterator[Lint]:
    """Services and actions that the catalogue of all services does not have."""
    near = Budget(_NEAR)
    for place in subject.places():
        for number, value in enumerate(place.statement.actions.values):
            prefix, _, bare = value.lower().partition(":")
            if _is_wild(prefix):
                known = set(value) <= {"*", ":"} or catalogue.actions_matching(value, subject.budget)
            elif prefix not in catalogue.prefixes():
                yield _unknown_service(place, number, value, prefix, near)
                continue
            else:
                known = catalogue.actions_matching(value, subject.budget)
            if not known:
                yield _unknown_action(place, number, value, _advice(prefix, bare, near))


def _unknown_service(place: Place, number: int, value: str, prefix: str, near: Budget) -> Lint:
    found = nearest(prefix, catalogue.prefixes(), near)
    return place.lint(
        Code.UNKNOWN_SERVICE,
        Severity.ERROR,
        f"no service has the prefix {quoted(prefix)}, so {quoted(value)} is no action",
        f"did you mean `{found}`?" if found else "look the prefix up in the Service Authorization Reference",
        place.action(number),
    )


def _unknown_action(place: Place, number: int, value: str, advice: str) -> Lint:
    what = f"{quoted(value)} reaches no action" if _is_wild(value) else f"there is no action {quoted(value)}"
    return place.lint(Code.UNKNOWN_ACTION, Severity.ERROR, what, advice, place.action(number))


def _advice(prefix: str, bare: str, near: Budget) -> str:
    if prefix == "s3" and bare in OPERATIONS:
        needed = " and ".join(f"`{one}`" for one in OPERATIONS[bare])
        return f"that is an operation of S3's API; it needs {needed}"
    found = None if _is_wild(prefix) else catalogue.service(prefix)
    if found is None or _is_wild(bare):
        return "look the name up in the Service Authorization Reference"
    elsewhere = catalogue.services_with(bare)
    name = nearest(bare, found.actions, near)
    if name is not None:
        return f"did you mean `{found.actions[name].name}`?"
    if elsewhere:
        return f"did you mean `{elsewhere[0]}`?"
    return f"look the name up among the actions of {found.title}"


def redundant_names(subject: Subject) -> Iterator[Lint]:
    """Actions and resources that another one of the same list includes. Those that are left say the same."""
    for place in subject.places():
        actions = place.statement.actions.values
        for number, by in _included([value.lower() for value in actions], covered, subject.budget):
            at = place.action(number)
            yield _redundant(place, Code.REDUNDANT_ACTION, actions[number], actions[by], at)
        resources = place.statement.resources.values if place.statement.resources else ()
        for number, by in _included(resources, arn_covered, subject.budget):
            at = place.resource(number)
            yield _redundant(place, Code.REDUNDANT_RESOURCE, resources[number], resources[by], at)


def _included(
    values: Sequence[str], inside: Callable[[str, tuple[str, ...], Budget], bool], budget: Budget
) -> Iterator[tuple[int, int]]:
    """The number of each value that another includes, and the other's number; the first of two equal ones stays."""
    first = {value: number for number, value in reversed(list(enumerate(values)))}
    wild = [number for value, number in first.items() if _is_wild(value) and not has_variables(value)]
    for number, value in enumerate(values):
        if first[value] != number:
            yield number, first[value]
        elif not has_variables(value):
            by = next((one for one in wild if one != number and inside(value, (values[one],), budget)), None)
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
