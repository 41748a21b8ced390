"""Gathers statements that are alike but for one part, so that thirty of them are read as one.

Statements of one effect mean the union of what each means. Two that are equal but for their actions, resources or
principals are therefore one with both.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from liftgate.iam.policy import Condition, Patterns, Principals, Statement


def grouped(statements: Iterable[Statement]) -> list[Statement]:
    """Fewer statements of the same meaning, without their ``Sid``; in the order of the first of each group."""
    found = [_plain(one) for one in statements]
    while True:
        fewer = _by(_by(_by(found, _but_actions, _acting), _but_resources, _reaching), _but_people, _speaking)
        if len(fewer) == len(found):
            return fewer
        found = fewer


def _plain(one: Statement) -> Statement:
    return replace(one, sid=None, conditions=tuple(dict.fromkeys(map(_canonical, one.conditions))))


def _canonical(one: Condition) -> Condition:
    return replace(one, values=tuple(dict.fromkeys(one.values)))


def _by(
    statements: Sequence[Statement],
    alike: Callable[[Statement], Hashable],
    together: Callable[[Sequence[Statement]], Statement],
) -> list[Statement]:
    groups: dict[Hashable, list[Statement]] = {}
    for one in statements:
        groups.setdefault(alike(one), []).append(one)
    return [group[0] if len(group) == 1 else together(group) for group in groups.values()]


def _but_actions(one: Statement) -> Hashable:
    negated = one.actions if one.actions.negated else None
    return (one.effect, negated, _set(one.resources), _people(one), frozenset(one.conditions))


def _but_resources(one: Statement) -> Hashable:
    kept = one.resources if one.resources is None or one.resources.negated else None
    return (
        one.effect,
        _set(one.actions),
        kept,
        one.resources is None,
        _people(one),
        frozenset(one.conditions),
    )


def _but_people(one: Statement) -> Hashable:
    kept = one.principals if one.principals is None or one.principals.negated else None
    conditions = frozenset(one.conditions)
    return (one.effect, _set(one.actions), _set(one.resources), kept, one.principals is None, conditions)


def _acting(group: Sequence[Statement]) -> Statement:
    if group[0].actions.negated:
        return group[0]
    return replace(group[0], actions=Patterns(_all(one.actions.values for one in group)))


def _reaching(group: Sequence[Statement]) -> Statement:
    if group[0].resources is None or group[0].resources.negated:
        return group[0]
    return replace(group[0], resources=Patterns(_all(one.resources.values for one in group if one.resources)))


def _speaking(group: Sequence[Statement]) -> Statement:
    if group[0].principals is None or group[0].principals.negated:
        return group[0]
    pairs = dict.fromkeys(pair for one in group if one.principals for pair in one.principals.values)
    return replace(group[0], principals=Principals(tuple(pairs)))


def _set(patterns: Patterns | None) -> Hashable:
    return None if patterns is None else (patterns.negated, frozenset(patterns.values))


def _people(one: Statement) -> Hashable:
    people = one.principals
    return None if people is None else (people.negated, frozenset(people.values))


def _all(values: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for some in values for one in some))
