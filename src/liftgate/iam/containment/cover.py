"""Whether boxes cover a box. A box is one set of classes for each dimension of a request, as the bits of an integer."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from liftgate.iam.patterns.automaton import Budget

Box: TypeAlias = tuple[int, ...]


def gaps(box: Box, covers: Sequence[Box], budget: Budget) -> Iterator[Box]:
    """The parts of ``box`` that touch none of ``covers``; none where they cover it. Raises ``BudgetSpent``.

    What a cover leaves of a box falls into smaller boxes, one at most for each dimension; each of them is tried
    against the covers that follow.
    """
    waiting = [(box, 0)] if all(box) else []
    while waiting:
        part, first = waiting.pop()
        number = _first_touching(part, covers, first, budget)
        if number is None:
            yield part
        else:
            waiting.extend((left, number + 1) for left in _left_over(part, covers[number]))


def _first_touching(box: Box, covers: Sequence[Box], first: int, budget: Budget) -> int | None:
    weight = 1 + len(box) // 8
    for number in range(first, len(covers)):
        budget.spend(weight)
        if all(a & b for a, b in zip(box, covers[number], strict=True)):
            return number
    return None


def _left_over(box: Box, cover: Box) -> Iterator[Box]:
    """What ``cover`` does not touch of ``box``, in boxes that do not overlap."""
    inside = list(box)
    for dimension, mask in enumerate(cover):
        outside = inside[dimension] & ~mask
        if outside:
            yield (*inside[:dimension], outside, *inside[dimension + 1 :])
        inside[dimension] &= mask


def corner(box: Box) -> tuple[int, ...]:
    """One point of a box: the number of a class in each dimension."""
    return tuple((mask & -mask).bit_length() - 1 for mask in box)
