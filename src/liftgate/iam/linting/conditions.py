"""Conditions whose values do not say what they seem to: unreadable, never met, or met without the key."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from ipaddress import ip_network

from liftgate.iam.language.reading import demands_key, form_of, is_unmeetable, misread
from liftgate.iam.language.values import read_network, read_number
from liftgate.iam.linting.finding import Code, Lint, Place, Severity, Subject
from liftgate.iam.linting.global_keys import is_global
from liftgate.iam.linting.wording import quoted
from liftgate.iam.policy import Condition, Qualifier, Statement
from liftgate.iam.s3.condition_key import has_one_value
from liftgate.iam.services import catalogue

# Source: "aws:SourceIp" and "aws:VpcSourceIp", IAM User Guide: the first is always a public address.
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


def values(subject: Subject) -> Iterator[Lint]:
    """Values that the operator cannot read, or reads otherwise than they look."""
    for place in subject.places():
        for condition in place.statement.conditions:
            yield from _unreadable(place, condition)
            yield from _stars(place, condition)
            yield from _private(place, condition)


def _unreadable(place: Place, condition: Condition) -> Iterator[Lint]:
    bad = misread(condition)
    if not bad:
        return
    right = form_of(condition)
    if is_unmeetable(condition):
        yield place.lint(
            Code.NEVER_TRUE,
            Severity.ERROR,
            f"`{condition.spelling}` cannot read {quoted(condition.values[0])}, so no request meets the condition",
            f"write {right}",
            place.condition(condition),
        )
        return
    for number in bad:
        yield place.lint(
            Code.UNREADABLE_VALUE,
            Severity.ERROR,
            f"`{condition.spelling}` cannot read {quoted(condition.values[number])} and passes over it",
            f"write {right}",
            place.condition(condition, number),
        )


def _stars(place: Place, condition: Condition) -> Iterator[Lint]:
    if not condition.operator.startswith("String") or condition.operator.endswith("Like"):
        return
    for number, value in enumerate(condition.values):
        if "*" in value.replace("${*}", ""):
            like = "StringNotLike" if "Not" in condition.operator else "StringLike"
            yield place.lint(
                Code.LITERAL_STAR,
                Severity.WARNING,
                f"`{condition.spelling}` takes the star in {quoted(value)} for a star, not for a wildcard",
                f"use `{like}`, or write `${{*}}` where a star is meant",
                place.condition(condition, number),
            )


def _private(place: Place, condition: Condition) -> Iterator[Lint]:
    if condition.key.lower() != "aws:sourceip":
        return
    for number, value in enumerate(condition.values):
        network = read_network(value)
        if network and any(
            network.network_address in one and network.prefixlen >= one.prefixlen for one in _PRIVATE
        ):
            yield place.lint(
                Code.PRIVATE_SOURCE_IP,
                Severity.WARNING,
                f"`aws:SourceIp` is never a private address such as {quoted(value)}",
                "use `aws:VpcSourceIp` with `aws:SourceVpc`, for calls through a VPC endpoint",
                place.condition(condition, number),
            )


def qualifiers(subject: Subject) -> Iterator[Lint]:
    """``ForAllValues`` that is met without the key, and qualifiers that the key does not want, or wants."""
    for place in subject.places():
        for condition in place.statement.conditions:
            if condition.operator == "Null":
                continue
            if condition.qualifier is Qualifier.FOR_ALL and place.allows and not _is_there(place, condition):
                yield _for_all(place, condition)
            elif condition.qualifier is not None and _has_one(condition.key):
                yield _on_one(place, condition)
            elif condition.qualifier is None and _has_several(condition.key):
                yield _missing(place, condition)


def _is_there(place: Place, condition: Condition) -> bool:
    """Whether another condition of the statement demands that the request carries the key."""
    return any(
        other.key.lower() == condition.key.lower() and demands_key(other)
        for other in place.statement.conditions
    )


def _for_all(place: Place, condition: Condition) -> Lint:
    return place.lint(
        Code.FOR_ALL_VALUES_WITHOUT_NULL,
        Severity.WARNING,
        f"`{condition.spelling}` is also met by requests that do not carry {quoted(condition.key)}",
        f'add `"Null": {{"{condition.key}": "false"}}`',
        place.condition(condition),
    )


def _on_one(place: Place, condition: Condition) -> Lint:
    return place.lint(
        Code.QUALIFIER_ON_ONE_VALUE,
        Severity.WARNING,
        f"{quoted(condition.key)} has one value, so `{condition.qualifier}` says nothing, but changes what holds without it",
        f"write `{condition.spelling.partition(':')[2]}`",
        place.condition(condition),
    )


def _missing(place: Place, condition: Condition) -> Lint:
    return place.lint(
        Code.MISSING_QUALIFIER,
        Severity.WARNING,
        f"{quoted(condition.key)} may have several values, and nothing says whether all or any of them must fit",
        f"write `ForAnyValue:{condition.spelling}` or `ForAllValues:{condition.spelling}`",
        place.condition(condition),
    )


def _has_one(key: str) -> bool:
    return (is_global(key.lower()) or _kind(key) is not None) and has_one_value(key.lower())


def _has_several(key: str) -> bool:
    if key.lower().startswith("aws:"):
        return is_global(key.lower()) and not has_one_value(key.lower())
    return (_kind(key) or "").startswith("ArrayOf")


def _kind(key: str) -> str | None:
    """The type of a service's key, as the reference gives it."""
    spelt = catalogue.condition_keys().get(key.lower())
    found = catalogue.service(key.lower().partition(":")[0])
    return found.condition_keys.get(spelt) if found and spelt else None


def excluded(statement: Statement) -> Condition | None:
    """A condition that no request meets beside the others on its key: of numbers, or of the key's absence."""
    by_key: dict[str, list[Condition]] = {}
    for condition in statement.conditions:
        by_key.setdefault(condition.key.lower(), []).append(condition)
    apart = (one[-1] for one in by_key.values() if _is_absent_and_there(one) or _numbers_apart(one))
    return next(apart, None)


def _is_absent_and_there(conditions: list[Condition]) -> bool:
    absent = any(
        one.operator == "Null" and {value.lower() for value in one.values} == {"true"} for one in conditions
    )
    return absent and any(map(demands_key, conditions))


def _numbers_apart(conditions: list[Condition]) -> bool:
    """Whether the lowest upper bound is below the highest lower bound."""
    asked = [one for one in conditions if one.operator.startswith("Numeric") and demands_key(one)]
    if any(one.qualifier is not None for one in asked):
        return False
    uppers = [(_bound(one, max), one.operator) for one in asked if "LessThan" in one.operator]
    lowers = [(_bound(one, min), one.operator) for one in asked if "GreaterThan" in one.operator]
    return any(
        upper is not None
        and lower is not None
        and (
            upper < lower or (upper == lower and not (above.endswith("Equals") and below.endswith("Equals")))
        )
        for upper, below in uppers
        for lower, above in lowers
    )


def _bound(condition: Condition, widest: Callable[[list[Decimal]], Decimal]) -> Decimal | None:
    """The bound that is easiest to meet: one of several values suffices."""
    read = [number for value in condition.values if (number := read_number(value)) is not None]
    return widest(read) if read else None
