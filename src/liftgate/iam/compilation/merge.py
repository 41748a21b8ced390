"""Says the same in fewer characters. Whoever uses the result proves it equal with ``contains``; nothing here is trusted.

A statement is a box: its actions, its resources, and the patterns of its ``StringLike`` condition, each with each. Two
boxes that differ in one side only are one box. Two that differ in two sides, where the one's is part of the other's,
can be cut another way, and the shorter way is taken.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from liftgate.iam.patterns.pattern import Budget, BudgetSpent, covered
from liftgate.iam.policy import Patterns, Policy, Statement, to_json

_STEPS = 200_000  # to find, in one policy, which patterns lie inside others
_STEPS_OF_ONE = 20_000  # of them, for one pattern
_MOST_TO_CUT = 40  # statements; no policy with more fits where AWS takes it, however it is cut


def merged(policy: Policy, length: Callable[[Statement], int] | None = None) -> Policy:
    """The policy with equal statements joined, what others already say left out, and the rest cut the shortest way.

    Only for policies of allow statements over ``Action`` and ``Resource``, as ``grants`` makes them. ``length`` is what
    a statement takes in JSON, where it is not spelled as it stands.
    """
    budget = Budget(_STEPS)
    boxes = _joined(_unsaid([_box(one) for one in policy.statements]))
    boxes = _joined(_unsaid([_lean(box, budget) for box in boxes]))
    boxes = _cut(boxes, length or length_of)
    return replace(policy, statements=tuple(sorted(map(_statement, boxes), key=_order)))


def length_of(one: Statement) -> int:
    """The characters of a statement in JSON."""
    return len(to_json(Policy(statements=(one,))))


@dataclass(frozen=True, slots=True)
class _Box:
    """A statement's actions, resources and ``StringLike`` values, and all the rest of it."""

    sides: tuple[frozenset[str], frozenset[str], frozenset[str]]
    frame: Statement

    def with_side(self, number: int, values: frozenset[str]) -> "_Box":
        actions, resources, limits = (
            values if place == number else side for place, side in enumerate(self.sides)
        )
        return replace(self, sides=(actions, resources, limits))

    def but(self, number: int) -> tuple[object, ...]:
        """All that must be equal in a box that differs in this side only."""
        return (*(side for place, side in enumerate(self.sides) if place != number), self.frame)


def _box(one: Statement) -> _Box:
    limits: frozenset[str] = frozenset()
    conditions = list(one.conditions)
    place = next((n for n, each in enumerate(conditions) if _is_limit(each.operator, each.qualifier)), None)
    if place is not None:
        limits = frozenset(conditions[place].values)
        conditions[place] = replace(conditions[place], values=())
    frame = replace(one, actions=Patterns(()), resources=Patterns(()), conditions=tuple(conditions))
    resources = one.resources.values if one.resources else ("*",)
    return _Box((frozenset(one.actions.values), frozenset(resources), limits), frame)


def _is_limit(operator: str, qualifier: object) -> bool:
    return operator == "StringLike" and qualifier is None


def _statement(box: _Box) -> Statement:
    actions, resources, limits = (tuple(sorted(side)) for side in box.sides)
    return replace(
        box.frame,
        actions=Patterns(actions),
        resources=Patterns(resources),
        conditions=tuple(
            each if each.values else replace(each, values=limits) for each in box.frame.conditions
        ),
    )


def _lean(box: _Box, budget: Budget) -> _Box:
    for number in (1, 2):
        box = box.with_side(number, _widest(box.sides[number], budget))
    return box


def _widest(patterns: frozenset[str], budget: Budget) -> frozenset[str]:
    """The patterns without those that lie inside the others."""
    kept = sorted(patterns, key=lambda pattern: (len(pattern), pattern))
    for pattern in reversed(kept.copy()):
        others = tuple(other for other in kept if other != pattern)
        if others and _inside(pattern, others, budget):
            kept = list(others)
    return frozenset(kept)


def _inside(pattern: str, others: tuple[str, ...], budget: Budget) -> bool:
    if any(_plainly_inside(pattern, other) for other in others):
        return True
    if not budget.take(sum(map(len, others))):  # for the automaton itself
        return False
    mine = Budget(min(_STEPS_OF_ONE, budget.left))
    given = mine.left
    try:
        return covered(pattern, others, mine)
    except BudgetSpent:
        return False  # it stays: longer, and right
    finally:
        budget.take(given - max(mine.left, 0))


def _plainly_inside(pattern: str, other: str) -> bool:
    """Whether ``other`` is plain text and a star, and the pattern begins with that text."""
    head = other[:-1]
    return other.endswith("*") and "*" not in head and "?" not in head and pattern.startswith(head)


def _joined(boxes: list[_Box]) -> list[_Box]:
    """Boxes that differ in one side only as one, until there are none."""
    while True:
        found = boxes
        for number in (0, 1, 2):
            groups: dict[tuple[object, ...], list[_Box]] = {}
            for box in found:
                groups.setdefault(box.but(number), []).append(box)
            found = [
                group[0].with_side(number, frozenset().union(*(box.sides[number] for box in group)))
                for group in groups.values()
            ]
        if len(found) == len(boxes):
            return found
        boxes = found


def _unsaid(boxes: Sequence[_Box]) -> list[_Box]:
    """The boxes without the resources for which another box says as much or more."""
    kept = list(boxes)
    for box in boxes:
        others = [other for other in kept if other is not box and _says_more(other, box)]
        left = box.sides[1].difference(*(other.sides[1] for other in others))
        if len(left) < len(box.sides[1]):
            here = next(place for place, other in enumerate(kept) if other is box)
            kept[here : here + 1] = [box.with_side(1, left)] if left else []
    return kept


def _says_more(wide: _Box, narrow: _Box) -> bool:
    """Whether, where both speak of a resource, the one says all that the other does."""
    if not narrow.sides[0] <= wide.sides[0]:
        return False
    if wide.frame == narrow.frame:
        return narrow.sides[2] <= wide.sides[2]
    return not wide.sides[2] and set(wide.frame.conditions) <= set(narrow.frame.conditions)


def _cut(boxes: list[_Box], length: Callable[[Statement], int]) -> list[_Box]:
    """The same cut into other boxes, as long as that makes it shorter."""
    if len(boxes) > _MOST_TO_CUT:
        return boxes
    while True:
        best = min(_other_cuts(boxes, length), key=lambda cut: cut[0], default=None)
        if best is None or best[0] >= 0:
            return boxes
        _, gone, come = best
        boxes = _joined([*(box for box in boxes if box not in gone), *come])


def _other_cuts(
    boxes: Iterable[_Box], length: Callable[[Statement], int]
) -> Iterator[tuple[int, tuple[_Box, _Box], tuple[_Box, _Box]]]:
    """What each other cut of two boxes gains or costs, the two, and what takes their place."""
    for small, large in permutations(boxes, 2):
        for come in _recut(small, large):
            gone = (small, large)
            saved = sum(length(_statement(box)) for box in come) - sum(
                length(_statement(box)) for box in gone
            )
            yield saved, gone, come


def _recut(small: _Box, large: _Box) -> Iterator[tuple[_Box, _Box]]:
    """Where one side of ``small`` is part of ``large``'s: it takes over another side there, and ``large`` keeps the rest.

    ``a`` on ``x``, and ``a`` and ``b`` on ``y``, is also ``a`` on ``x`` and ``y``, and ``b`` on ``y``.
    """
    if small.frame != large.frame:
        return
    for shared, grows in permutations(range(3), 2):
        kept = 3 - shared - grows
        if small.sides[kept] == large.sides[kept] and small.sides[shared] < large.sides[shared]:
            yield (
                small.with_side(grows, small.sides[grows] | large.sides[grows]),
                large.with_side(shared, large.sides[shared] - small.sides[shared]),
            )


def _order(one: Statement) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    return len(one.conditions), one.actions.values, one.resources.values if one.resources else ()
