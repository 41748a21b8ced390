"""Spells a set of actions in fewer characters, with wildcards that reach nothing else in the S3 action catalogue."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from liftgate.iam.patterns.pattern import Budget
from liftgate.iam.s3.actions import ACTIONS, actions_matching

_NODES = 20_000  # of the search for the shortest spelling; when spent, the best one so far is taken


def joined(names: Iterable[str]) -> tuple[str, ...]:
    """``names`` with wildcards where one pattern joins two actions or more, at the words of their names."""
    return _shortest(frozenset(names), at_least=2)


def abbreviated(names: Iterable[str]) -> tuple[str, ...]:
    """``names`` in the fewest characters; single actions too are cut short. For policies that else would not fit."""
    return _shortest(frozenset(names), at_least=1)


@lru_cache(maxsize=4096)
def _shortest(names: frozenset[str], *, at_least: int) -> tuple[str, ...]:
    ours = sorted(name for name in names if name in ACTIONS)
    foreign = sorted(
        names.difference(ours)
    )  # actions of KMS: two at most, and no catalogue to prove anything with
    cover = _cheapest_cover(ours, _candidates(ours, at_least))
    return tuple(sorted([*foreign, *cover]))


def _candidates(ours: list[str], at_least: int) -> dict[str, frozenset[str]]:
    """Patterns that reach nothing but ``ours``, and what each reaches."""
    wanted = frozenset(ours)
    candidates = {name: frozenset({name}) for name in ours}
    for name in ours:
        for pattern in _patterns(name.removeprefix("s3:"), by_word=at_least > 1):
            reached = frozenset(actions_matching(pattern))
            if len(reached) >= at_least and reached <= wanted:
                candidates[pattern] = reached
    return _undominated(candidates)


def _patterns(bare: str, *, by_word: bool) -> set[str]:
    cuts = [place for place in range(len(bare) + 1) if _begins_a_word(bare, place)]
    found = {f"s3:{bare[:head]}*{bare[tail:]}" for head, tail in product(cuts, cuts) if head <= tail}
    found |= {f"{pattern}*" for pattern in found if not pattern.endswith("*")}
    return found if by_word else found | {f"s3:{bare[:head]}*" for head in range(1, len(bare))}


def _begins_a_word(bare: str, place: int) -> bool:
    return place in {0, len(bare)} or (bare[place].isupper() and not bare[place - 1].isupper())


def _undominated(candidates: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """For each set of actions the cheapest pattern alone."""
    best: dict[frozenset[str], str] = {}
    for pattern, reached in sorted(candidates.items(), key=lambda item: (len(item[0]), item[0])):
        best.setdefault(reached, pattern)
    return {pattern: reached for reached, pattern in best.items()}


def _cheapest_cover(ours: list[str], candidates: dict[str, frozenset[str]]) -> list[str]:
    """Branch and bound over the first action that is still uncovered; a pattern costs its length, quotes and comma."""
    by_action = {
        name: sorted(
            (p for p, reached in candidates.items() if name in reached),
            key=lambda p: (-len(candidates[p]), len(p)),
        )
        for name in ours
    }
    budget = Budget(_NODES)
    best_cost, best = sum(len(name) + 3 for name in ours), list(ours)

    def search(left: frozenset[str], chosen: list[str], cost: int) -> None:
        nonlocal best_cost, best
        if cost >= best_cost or not budget.take():
            return
        if not left:
            best_cost, best = cost, chosen
            return
        for pattern in by_action[min(left)]:
            search(left - candidates[pattern], [*chosen, pattern], cost + len(pattern) + 3)

    search(frozenset(ours), [], 0)
    return best
