"""Actions and resources of one statement that never meet: the action does not work on that kind of resource."""

from collections.abc import Iterable, Iterator

from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.fitting import fits, fits_any
from liftgate.iam.linting.wording import quoted
from liftgate.iam.services import catalogue
from liftgate.iam.services.catalogue import ServiceAction


def wrong_types(subject: Subject) -> Iterator[Lint]:
    """Actions that fit no resource of their statement, and resources that fit no action of it."""
    for place in subject.places():
        statement = place.statement
        if statement.actions.negated or statement.resources is None or statement.resources.negated:
            continue
        if any(not resource.strip("*") for resource in statement.resources.values):
            continue  # `*` fits every action
        yield from _misfits(subject, place, statement.resources.values)


def _misfits(subject: Subject, place: Place, resources: tuple[str, ...]) -> Iterator[Lint]:
    reached = [catalogue.reach(value, subject.budget).shapes for value in place.statement.actions.values]
    lost = [
        number
        for number, actions in enumerate(reached)
        if actions and not any(fits_any(action, resources, subject.budget) for action in actions)
    ]
    for number in lost:
        yield _of_action(place, number, reached[number], resources)
    if len(lost) == sum(map(bool, reached)):
        return
    for number, resource in enumerate(resources):
        if not any(fits(action, resource, subject.budget) for actions in reached for action in actions):
            yield _of_resource(place, number, resource)


def _of_action(
    place: Place, number: int, actions: tuple[ServiceAction, ...], resources: tuple[str, ...]
) -> Lint:
    value = place.statement.actions.values[number]
    bucket = next((arn for arn in resources if _is_bucket(arn)), None)
    if bucket is not None and all("object" in action.resource_types for action in actions):
        return place.lint(
            Code.WILDCARD_BUCKET_OBJECT,
            Severity.ERROR,
            f"{quoted(value)} works on objects, and {quoted(bucket)} is a bucket",
            f"write {quoted(f'{bucket}/*')}, or a prefix of keys, in `Resource`",
            place.action(number),
        )
    return place.lint(
        Code.WRONG_RESOURCE_TYPE,
        severity_of(actions),
        f"{quoted(value)} works on none of the resources that the statement names",
        _right_form(actions[0]),
        place.action(number),
    )


def _of_resource(place: Place, number: int, resource: str) -> Lint:
    return place.lint(
        Code.WRONG_RESOURCE_TYPE,
        Severity.WARNING,
        f"none of the statement's actions works on {quoted(resource)}",
        "take it out, or add the action that was meant",
        place.resource(number),
    )


def severity_of(actions: Iterable[ServiceAction]) -> Severity:
    """How sure a misfit is. Some services ask for ARNs of their own where the reference gives none, or another's."""
    return Severity.ERROR if any(map(_is_on_its_own, actions)) else Severity.WARNING


def _is_on_its_own(action: ServiceAction) -> bool:
    """Whether the action works on resources of its own service only."""
    prefix = action.name.partition(":")[0]
    found = catalogue.service(prefix)
    arns = [found.arns[kind] for kind in action.resource_types] if found else []
    return {arn.split(":")[2] for arn in arns} == {prefix}


def _is_bucket(arn: str) -> bool:
    parts = arn.split(":", 5)
    return (
        len(parts) == 6 and parts[2] == "s3" and not parts[4] and "/" not in parts[5] and "*" not in parts[5]
    )


def _right_form(action: ServiceAction) -> str:
    found = catalogue.service(action.name.partition(":")[0])
    if not action.resource_types or found is None:
        return f"`{action.name}` works on no resource of its own: put it in a statement with the resource `*`"
    kind = action.resource_types[0]
    return f"`{action.name}` works on ARNs such as `{found.arns[kind]}`"
