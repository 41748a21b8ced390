"""Spells a set of actions in fewer characters, with wildcards that reach nothing else in the S3 action catalogue.

>>> joined(["s3:DeleteObjectTagging", "s3:GetObjectTagging", "s3:PutObjectTagging"])
('s3:*ObjectTagging',)
>>> abbreviated(["s3:PutObject", "s3:GetObjectAttributes"])
('s3:*ctA*s', 's3:P*ct')
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from liftgate.iam.compilation.wildcards import Reach, patterns_of
from liftgate.iam.patterns.pattern import Budget
from liftgate.iam.s3.actions import ACTIONS, actions_matching

_NODES = 20_000  # of the search for the shortest spelling; when spent, the best one so far is taken


def joined(names: Iterable[str]) -> tuple[str, ...]:
    """``names`` with wildcards where one pattern joins two actions or more, at the words of their names."""
    return _shortest(frozenset(names), short=False)


def abbreviated(names: Iterable[str]) -> tuple[str, ...]:
    """``names`` in the fewest characters; single actions too are cut short. For policies that else would not fit."""
    return _shortest(frozenset(names), short=True)


@lru_cache(maxsize=4096)
def _shortest(names: frozenset[str], *, short: bool) -> tuple[str, ...]:
    ours = sorted(name for name in names if name in ACTIONS)
    # Actions of KMS: two at most, and no catalogue to prove anything with.
    foreign = sorted(names.difference(ours))
    candidates = {name: frozenset({name}) for name in ours}
    candidates |= _abbreviations(ours) if short else _joints(ours)
    return tuple(sorted([*foreign, *_cheapest_cover(ours, _undominated(candidates), len(foreign))]))


def _joints(ours: list[str]) -> dict[str, frozenset[str]]:
    """Patterns cut at words that reach two of ``ours`` or more and nothing else, and what each reaches."""
    wanted = frozenset(ours)
    found = {}
    for pattern in {pattern for name in ours for pattern in _by_word(name.removeprefix("s3:"))}:
        reached = frozenset(actions_matching(pattern))
        if len(reached) > 1 and reached <= wanted:
            found[pattern] = reached
    return found


def _by_word(bare: str) -> set[str]:
    cuts = [place for place in range(len(bare) + 1) if _begins_a_word(bare, place)]
    found = {f"s3:{bare[:head]}*{bare[tail:]}" for head, tail in product(cuts, cuts) if head <= tail}
    return found | {f"{pattern}*" for pattern in found if not pattern.endswith("*")}


def _begins_a_word(bare: str, place: int) -> bool:
    return place in {0, len(bare)} or (bare[place].isupper() and not bare[place - 1].isupper())


def _abbreviations(ours: list[str]) -> dict[str, frozenset[str]]:
    """Patterns of one star or two that reach nothing but ``ours``, and what each reaches."""
    catalogue, reach = _catalogue()
    wanted = sum(1 << number for number, name in enumerate(catalogue) if f"s3:{name}" in ours)
    best: dict[int, str] = {}
    for name in ours:
        for head, middle, tail in patterns_of(name.removeprefix("s3:")):
            bits = reach.of(head, middle, tail)
            pattern = f"s3:{head}*{middle}*{tail}" if middle else f"s3:{head}*{tail}"
            if not bits & ~wanted and (
                bits not in best or (len(pattern), pattern) < (len(best[bits]), best[bits])
            ):
                best[bits] = pattern
    return {
        pattern: frozenset(f"s3:{name}" for number, name in enumerate(catalogue) if bits >> number & 1)
        for bits, pattern in best.items()
    }


@lru_cache(maxsize=1)
def _catalogue() -> tuple[tuple[str, ...], Reach]:
    names = tuple(name.removeprefix("s3:") for name in ACTIONS)
    return names, Reach(names)


def _undominated(candidates: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """For each set of actions the cheapest pattern alone."""
    best: dict[frozenset[str], str] = {}
    for pattern, reached in sorted(candidates.items(), key=lambda item: (len(item[0]), item[0])):
        best.setdefault(reached, pattern)
    return {pattern: reached for reached, pattern in best.items()}


def _cheapest_cover(ours: list[str], candidates: dict[str, frozenset[str]], others: int) -> list[str]:
    """Branch and bound over the first action that is still uncovered.

    A pattern costs its length, its quotes and a comma; from the second on, the list costs its brackets.
    """
    by_action = {
        name: sorted(
            (p for p, reached in candidates.items() if name in reached),
            key=lambda p: (-len(candidates[p]), len(p)),
        )
        for name in ours
    }
    budget = Budget(_NODES)
    brackets = len("[]")
    best_cost, best = sum(len(name) + 3 for name in ours) + brackets, list(ours)

    def search(left: frozenset[str], chosen: list[str], cost: int) -> None:
        nonlocal best_cost, best
        whole = cost + (brackets if len(chosen) + others > 1 else 0)
        if whole >= best_cost or not budget.take():
            return
        if not left:
            best_cost, best = whole, chosen
            return
        for pattern in by_action[min(left)]:
            search(left - candidates[pattern], [*chosen, pattern], cost + len(pattern) + 3)

    search(frozenset(ours), [], 0)
    return best
