"""The smallest case that still shows a difference: what is left explains it."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

Case = dict[str, Any]


def shrunk(case: Case, differs: Callable[[Case], bool]) -> Case:
    """``case`` without all that can be left out while ``differs`` holds."""
    smaller = next((one for one in _smaller(case) if differs(one)), None)
    while smaller is not None:
        case = smaller
        smaller = next((one for one in _smaller(case) if differs(one)), None)
    return case


def _smaller(case: Case) -> Iterator[Case]:
    """Every case with one thing less, the larger things first."""
    for wall in ("session", "boundary", "resource_policy"):
        if case[wall] is not None:
            yield {**case, wall: None}
    for wall in ("scps", "rcps"):
        for number in range(len(case[wall])):
            yield {**case, wall: _without(case[wall], number)}
    yield from _with_less(case)
    yield from _plainer(case)


def _with_less(case: Case) -> Iterator[Case]:
    for path, place in _removable(case):
        less = copy.deepcopy(case)
        parent: Any = less
        for step in path:
            parent = parent[step]
        del parent[place]
        yield less


def _removable(case: Case) -> Iterator[tuple[list[Any], Any]]:
    """Paths to policies, statements, conditions, values and context keys that may go."""
    for wall in ("identity", "session", "scps", "rcps"):
        for path, policies in _lists_of_policies([wall], case[wall]):
            yield from ((path, number) for number in range(len(policies)))
    for path, policy in _policies(case):
        yield from _inside(path, policy)
    yield from ((["request", "context"], key) for key in case["request"]["context"] if key not in _ALWAYS)


_ALWAYS = {"aws:SecureTransport", "aws:CurrentTime", "aws:EpochTime"}


def _lists_of_policies(path: list[Any], found: Any) -> Iterator[tuple[list[Any], list[Any]]]:
    if found and isinstance(found[0], list):
        for number, level in enumerate(found):
            yield [*path, number], level
    elif found:
        yield path, found


def _policies(case: Case) -> Iterator[tuple[list[Any], Any]]:
    for wall in ("identity", "session", "scps", "rcps"):
        for path, policies in _lists_of_policies([wall], case[wall]):
            yield from (([*path, number], policy) for number, policy in enumerate(policies))
    for wall in ("boundary", "resource_policy"):
        if case[wall] is not None:
            yield [wall], case[wall]


def _inside(path: list[Any], policy: Any) -> Iterator[tuple[list[Any], Any]]:
    found = policy["Statement"]
    if isinstance(found, dict):
        yield from _of_statement([*path, "Statement"], found)
        return
    if len(found) > 1:
        yield from (([*path, "Statement"], number) for number in range(len(found)))
    for number, statement in enumerate(found):
        yield from _of_statement([*path, "Statement", number], statement)


def _of_statement(path: list[Any], statement: Any) -> Iterator[tuple[list[Any], Any]]:
    for element, values in statement.items():
        if isinstance(values, list) and len(values) > 1:
            yield from (([*path, element], number) for number in range(len(values)))
    conditions = statement.get("Condition")
    if conditions is None:
        return
    yield path, "Condition"
    for operator, keys in conditions.items():
        yield [*path, "Condition"], operator
        for key, values in keys.items():
            if len(keys) > 1:
                yield [*path, "Condition", operator], key
            if isinstance(values, list) and len(values) > 1:
                yield from (([*path, "Condition", operator, key], number) for number in range(len(values)))


def _plainer(case: Case) -> Iterator[Case]:
    """Every case with one ``Action`` or ``Resource`` made ``*``."""
    for path, policy in _policies(case):
        found = policy["Statement"]
        statements = (
            [(["Statement"], found)]
            if isinstance(found, dict)
            else [(["Statement", number], one) for number, one in enumerate(found)]
        )
        for steps, statement in statements:
            for element in ("Action", "NotAction", "Resource", "NotResource"):
                if element in statement and statement[element] != "*":
                    plain = copy.deepcopy(case)
                    inner: Any = plain
                    for step in [*path, *steps]:
                        inner = inner[step]
                    del inner[element]
                    inner[element.removeprefix("Not")] = "*"
                    yield plain


def _without(items: list[Any], number: int) -> list[Any]:
    return items[:number] + items[number + 1 :]
