"""Says the same in fewer characters. Whoever uses the result proves it equal with ``contains``; nothing here is trusted.

A statement is a box: its actions, its resources, and the patterns of its ``StringLike`` condition, each with each. Two
boxes that differ in one side only are one box. Two that differ in two sides, where the one's is part of the other's,
can be cut another way, and the shorter way is taken.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from liftgate.iam.patterns.pattern import Budget, BudgetSpent, covered
from liftgate.iam.policy import Patterns, Policy, Statement, to_json

_STEPS = 200_000  # to find, in one policy, which patterns lie inside others
_STEPS_OF_ONE = 20_000  # of them, for one pattern
_MOST_TO_CUT = 24  # statements; no policy with more fits where AWS takes it, however it is cut


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
        size, best = min(
            ((_length(cut, length), cut) for cut in _other_cuts(boxes)), key=_first, default=(0, boxes)
        )
        if best is boxes or size >= _length(boxes, length):
            return boxes
        boxes = _joined(best)


def _first(cut: tuple[int, list[_Box]]) -> int:
    return cut[0]


def _length(boxes: Iterable[_Box], length: Callable[[Statement], int]) -> int:
    return sum(length(_statement(box)) + len(",") for box in boxes)


def _other_cuts(boxes: Sequence[_Box]) -> Iterator[list[_Box]]:
    """Each box, as far as others can take it over: by one of them, and by as many as can.

    ``a`` on ``x``, and ``a`` and ``b`` on ``y``, is also ``a`` on ``x`` and ``y``, and ``b`` on ``y``.
    """
    for box, shared in product(boxes, range(3)):
        takers = [(other, grows) for other in boxes if (grows := _grows(box, other, shared)) is not None]
        for some in [[one] for one in takers] + ([_apart(takers, shared)] if len(takers) > 1 else []):
            left = box.sides[shared].difference(*(other.sides[shared] for other, _ in some))
            grown = {
                other: other.with_side(side, other.sides[side] | box.sides[side]) for other, side in some
            }
            kept = [grown.get(other, other) for other in boxes if other is not box]
            yield [*kept, box.with_side(shared, left)] if left else kept


def _grows(box: _Box, other: _Box, shared: int) -> int | None:
    """The side in which ``other`` must grow to take over what it shares with ``box``; None where it cannot."""
    if other is box or other.frame != box.frame or not other.sides[shared] <= box.sides[shared]:
        return None
    differing = [side for side in range(3) if side != shared and other.sides[side] != box.sides[side]]
    return differing[0] if len(differing) == 1 else None


def _apart(takers: Iterable[tuple[_Box, int]], shared: int) -> list[tuple[_Box, int]]:
    """Those that take over the most, without two for the same."""
    found: list[tuple[_Box, int]] = []
    taken: frozenset[str] = frozenset()
    for other, grows in sorted(takers, key=lambda taker: -len(taker[0].sides[shared])):
        if not other.sides[shared] & taken:
            found.append((other, grows))
            taken |= other.sides[shared]
    return found


def _order(one: Statement) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    return len(one.conditions), one.actions.values, one.resources.values if one.resources else ()
