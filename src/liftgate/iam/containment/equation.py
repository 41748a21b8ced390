"""Texts with holes, and all ways in which two of them are the same text.

Two texts are compared from an end. Where a hole meets something else, it is either empty or begins with that (Levi's
lemma); each possibility puts something into the hole and goes on. A way that comes back to where it was, but for
the names of its holes, is left: whatever lies behind it lies behind the first visit too, in a shorter text
(Nielsen's transformation). So that nothing is found proves that the two are never the same; where something is
found and a way was left, there are more solutions, which repeat a part of the found ones.
Source: Lothaire, "Algebraic Combinatorics on Words", chapter 12.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from math import gcd
from typing import TypeAlias

from liftgate.iam.patterns.automaton import Budget


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for any text: the same text wherever the hole stands."""

    number: int
    one: bool = False  # exactly one character
    near: bool = False  # no colon


Form: TypeAlias = tuple[str | Hole, ...]  # characters, and holes between them
Filling: TypeAlias = Mapping[Hole, Form]


class Holes:
    """Makes holes, none twice."""

    def __init__(self) -> None:
        self._numbers = count()

    def new(self, *, one: bool = False, near: bool = False) -> Hole:
        """A hole that stands nowhere yet."""
        return Hole(next(self._numbers), one, near)


def filled(form: Form, filling: Filling) -> Form:
    """The text with something put into its holes."""
    found: list[str | Hole] = []
    for piece in form:
        if isinstance(piece, Hole) and piece in filling:
            found += filling[piece]
        else:
            found.append(piece)
    return tuple(found)


class Equation:
    """That two texts are the same. Its solutions come one by one, each as fillings to be made one after the other."""

    def __init__(self, left: Form, right: Form, holes: Holes, budget: Budget) -> None:
        self._sides, self._holes, self._budget = (left, right), holes, budget
        self.repeats = (
            False  # whether there are more than came, which repeat a part of those; known when all have come
        )

    def __iter__(self) -> Iterator[tuple[Filling, ...]]:
        """Every solution, the shortest ways first. Raises ``BudgetSpent``."""
        waiting = deque([_Way(*self._sides)])
        came_back = found = False
        while waiting:
            way = _shortened(waiting.popleft(), self._holes)
            if way is None:
                continue
            self._budget.spend(1 + (len(way.left) + len(way.right)) // 8)
            if not (way.left or way.right):
                found = True
                yield way.fillings
                continue
            name = _nameless(way.left, way.right)
            if name in way.visited:
                came_back = True
                continue
            visited = way.visited | {name}
            waiting.extend(way.after(filling, visited) for filling in _ways(way.left, way.right, self._holes))
        self.repeats = came_back and found


@dataclass(frozen=True, slots=True)
class _Way:
    """What of two texts is not compared yet, and what was put into holes on the way."""

    left: Form
    right: Form
    fillings: tuple[Filling, ...] = ()
    visited: frozenset[object] = frozenset()

    def after(self, filling: Filling, visited: frozenset[object] | None = None) -> "_Way":
        """The way when something more is put into holes."""
        return _Way(
            filled(self.left, filling),
            filled(self.right, filling),
            (*self.fillings, filling),
            self.visited if visited is None else visited,
        )


def _shortened(way: _Way, holes: Holes) -> _Way | None:
    """The way as far as it can go without a choice; None where the texts cannot be the same."""
    while True:
        left, right = _without_ends(way.left, way.right)
        way = _Way(left, right, way.fillings, way.visited)
        if not left and not right:
            return way
        whole = _whole(left, right) or _whole(right, left) or _by_length(left, right, holes)
        if whole is None:
            return None
        if not whole:
            return way
        way = way.after(whole)


def _by_length(left: Form, right: Form, holes: Holes) -> Filling | None:
    """What the lengths alone put into holes, or nothing; None where no lengths agree."""
    more: Counter[Hole] = Counter()
    missing = 0
    for form, sign in ((left, 1), (right, -1)):
        for piece in form:
            if isinstance(piece, Hole) and not piece.one:
                more[piece] += sign
            else:
                missing -= sign
    uneven = {hole: number for hole, number in more.items() if number}
    if missing % (gcd(*uneven.values()) or 1 + abs(missing)):
        return None
    if len(uneven) == 1:
        ((hole, number),) = uneven.items()
        return None if missing // number < 0 else _of_length(hole, missing // number, holes)
    signs = {number > 0 for number in uneven.values()}
    if len(signs) == 1 and missing and (missing > 0) not in signs:
        return None
    return dict.fromkeys(uneven, ()) if len(signs) == 1 and not missing else {}


def _of_length(hole: Hole, length: int, holes: Holes) -> Filling:
    return {hole: tuple(holes.new(one=True, near=hole.near) for _ in range(length))}


def _without_ends(left: Form, right: Form) -> tuple[Form, Form]:
    """Both without what they plainly begin and end with alike."""
    shorter = min(len(left), len(right))
    first = next((n for n in range(shorter) if left[n] != right[n]), shorter)
    left, right, shorter = left[first:], right[first:], shorter - first
    last = next((n for n in range(shorter) if left[-1 - n] != right[-1 - n]), shorter)
    return left[: len(left) - last], right[: len(right) - last]


def _whole(left: Form, right: Form) -> Filling | None:
    """The one filling where a side is a single hole that takes the other side as it is."""
    hole = left[0] if len(left) == 1 else None
    if not isinstance(hole, Hole) or hole.one or hole.near or hole in right:
        return None
    return {hole: right}


def _nameless(left: Form, right: Form) -> object:
    """The pair with its holes named by where they stand first."""
    names: dict[Hole, tuple[int, bool, bool]] = {}
    return tuple(
        tuple(
            names.setdefault(piece, (len(names), piece.one, piece.near)) if isinstance(piece, Hole) else piece
            for piece in form
        )
        for form in (left, right)
    )


def _ways(left: Form, right: Form, holes: Holes) -> list[Filling]:
    """What must be put into the holes at one end for the two to go on: of both ends, the one with fewer ways."""
    ends = [
        list(_met(left[0], right[0], holes, first=True)),
        list(_met(left[-1], right[-1], holes, first=False)),
    ]
    return min(ends, key=len)


def _met(one: str | Hole, other: str | Hole, holes: Holes, *, first: bool) -> Iterator[Filling]:
    """The ways in which two texts can begin, or end, with these."""
    if isinstance(one, str):
        if isinstance(other, Hole):
            yield from _begun(other, one, holes, first=first)
    elif isinstance(other, str):
        yield from _begun(one, other, holes, first=first)
    elif one.one and other.one:
        yield {other: (one,)} if one.near else {one: (other,)}
    else:
        if not one.one:
            yield from _begun(one, other, holes, first=first)
        if not other.one:
            yield from _begun(other, one, holes, first=first)


def _begun(hole: Hole, piece: str | Hole, holes: Holes, *, first: bool) -> Iterator[Filling]:
    """A hole is empty, or begins with the piece, and what is left of it is a new hole."""
    if hole.one:
        if not (isinstance(piece, str) and hole.near and piece == ":"):
            yield {hole: (piece,)}
        return
    yield {hole: ()}
    if hole.near and piece == ":":
        return
    rest: Form = (holes.new(near=hole.near),)
    if isinstance(piece, Hole) and hole.near and not piece.near:
        narrow = holes.new(one=piece.one, near=True)
        yield {piece: (narrow,), hole: (narrow, *rest) if first else (*rest, narrow)}
    else:
        yield {hole: (piece, *rest) if first else (*rest, piece)}
