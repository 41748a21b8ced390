"""Finds a context that meets conditions, by trying the few values that are likely to."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby

from liftgate.iam.language.condition import holds, read_number
from liftgate.iam.policy import Condition


def example(condition: Condition, *, met: bool) -> str | None:
    """A value of the condition's key with which it holds, or fails; None where none is needed, or none was found."""
    if holds(condition, {}) is met:
        return None
    key = condition.key.lower()
    return next((value for value in _likely(condition) if holds(condition, {key: (value,)}) is met), None)


def context_that_meets(conditions: Iterable[Condition]) -> dict[str, str] | None:
    """A context in which all the conditions hold; None where none was found, which proves nothing."""
    context: dict[str, str] = {}
    for key, group in groupby(sorted(conditions, key=_order), key=_key):
        together = list(group)
        if all(holds(one, {}) for one in together):
            continue
        tried = (value for one in together for value in _likely(one))
        found = next((value for value in tried if all(holds(one, {key: (value,)}) for one in together)), None)
        if found is None:
            return None
        context[key] = found
    return context


def _order(condition: Condition) -> tuple[str, str, tuple[str, ...]]:
    return _key(condition), condition.spelling, condition.values


def _key(condition: Condition) -> str:
    return condition.key.lower()


def _likely(condition: Condition) -> Iterator[str]:
    for value in condition.values:
        yield value
        yield value.partition("/")[0]  # the first address of a network
        yield value.replace("*", "").replace("?", "x")
        yield value.replace("*", "x").replace("?", "x")
        number = read_number(value)
        if number is not None:
            yield str(number - 1)
            yield str(number + Decimal(1))
    yield from ("true", "false", "x", "2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z")
