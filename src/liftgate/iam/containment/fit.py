"""Whether a text with holes matches a pattern: whatever is put into them, or when each holds a letter that nobody names."""

from collections.abc import Collection
from functools import lru_cache
from typing import TypeAlias

from liftgate.iam.containment.equation import Form, Hole
from liftgate.iam.patterns.automaton import Budget, Wild

FormPattern: TypeAlias = tuple[str | Hole | Wild, ...]  # what fills its variables is in their place

_ONES = (Wild.NEAR_ONE, Wild.ONE)
_STARS = (Wild.NEAR_MANY, Wild.MANY)


class Fit:
    """One pattern. A state is an integer with one bit for each place, as that of an automaton."""

    __slots__ = ("_end", "_places", "_stars")

    def __init__(self, pattern: FormPattern) -> None:
        self._places: dict[str | Hole | Wild, int] = {}
        for number, token in enumerate(_questions_first(pattern)):
            self._places[token] = self._places.get(token, 0) | 1 << number
        self._stars = sum(self._places.get(star, 0) for star in _STARS)
        self._end = 1 << len(pattern)

    def matches(self, form: Form, budget: Budget, *, closed: Collection[Hole] = ()) -> bool:
        """Whether it matches when each hole holds one letter that nobody names, or, if it is closed, anything at all."""
        budget.spend(1 + len(form) // 4)
        state = self._opened(1)
        for letter in form:
            moves, stays = self._masks(letter, closed=isinstance(letter, Hole) and letter in closed)
            state = self._opened((state & moves) << 1 | state & stays)
            if not state:
                return False
        return bool(state & self._end)

    def _masks(self, letter: str | Hole, *, closed: bool) -> tuple[int, int]:
        """The places that the letter moves on, and those that it stays at."""
        is_one, is_near = True, letter != ":"
        if closed and isinstance(letter, Hole):
            is_one, is_near = letter.one, letter.near
        near_one, one, near_many, many = (self._places.get(wild, 0) for wild in (*_ONES, *_STARS))
        moves = self._places.get(letter, 0) | (one if is_one else 0) | (near_one if is_one and is_near else 0)
        return moves, many | (near_many if is_near else 0)

    def _opened(self, state: int) -> int:
        while (more := state | (state & self._stars) << 1) != state:
            state = more
        return state


@lru_cache(maxsize=4096)
def fit(pattern: FormPattern) -> Fit:
    """The pattern, made ready once."""
    return Fit(pattern)


def _questions_first(pattern: FormPattern) -> list[str | Hole | Wild]:
    """With each run of wildcards as its ``?`` before its ``*``, which says the same and takes a hole that begins with a letter."""
    found: list[str | Hole | Wild] = []
    for token in pattern:
        place = len(found)
        if token is Wild.ONE:
            while place and found[place - 1] is Wild.MANY:
                place -= 1
        found.insert(place, token)
    return found
