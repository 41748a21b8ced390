"""What the version of the policy language changes: in the old one, ``${…}`` is plain text."""

from collections.abc import Iterator, Mapping

from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.wording import quoted
from liftgate.iam.policy import VERSION

_LITERAL = "${$}{"  # how the reader writes the `${` of an old policy


def old_variables(subject: Subject) -> Iterator[Lint]:
    """Text that looks like a policy variable in a policy that knows none."""
    for place in subject.places():
        for value, at in _texts(place):
            if _LITERAL in value or ("${" in value and subject.policy.version != VERSION):
                shown = value.replace(_LITERAL, "${")
                yield place.lint(
                    Code.VARIABLE_IN_OLD_VERSION,
                    Severity.ERROR,
                    f"{quoted(shown)} is plain text here: only the version `{VERSION}` has variables",
                    f'write `"Version": "{VERSION}"` at the top of the policy',
                    at,
                )


def _texts(place: Place) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    resources = place.statement.resources
    for number, value in enumerate(resources.values if resources else ()):
        yield value, place.resource(number)
    for condition in place.statement.conditions:
        for number, value in enumerate(condition.values):
            yield value, place.condition(condition, number)


def missing_version(document: Mapping[str, object]) -> Iterator[Lint]:
    """A policy that does not say its version is read as one of the old."""
    if "Version" not in document:
        yield Lint(
            code=Code.MISSING_VERSION,
            severity=Severity.WARNING,
            sentence="the policy does not say its version, so it is read as `2008-10-17`, which has no variables",
            advice=f'write `"Version": "{VERSION}"` at the top',
            statement=None,
            sid=None,
            path=(),
        )
