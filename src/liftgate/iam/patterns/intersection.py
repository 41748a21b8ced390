"""The strings that two globs both match, as globs again: always finitely many.

>>> from liftgate.iam.patterns.automaton import Budget
>>> shared("rep*", "*.csv", Budget(1000))
('rep*.csv',)
>>> shared("*ab*", "*bc*", Budget(1000))
('*ab*bc*', '*abc*', '*bc*ab*')

A variable is known only at the request. It is kept where it falls into a ``*`` or meets itself; where it might meet anything
else, or be empty where the other pattern ends, the shared strings are no glob, and there is no answer (``NoGlob``).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from liftgate.iam.patterns.around import PLACE, read_around
from liftgate.iam.patterns.automaton import MANY, Budget, Token, Wild
from liftgate.iam.patterns.pattern import arn_tokens, outside, tokens

_LITERAL = {"${*}": "*", "${?}": "?", "${$}": "$"}
_MOST = 256  # globs of one pair

Symbols: TypeAlias = tuple[str | Wild, ...]  # a text longer than one character is a variable


class NoGlob(Exception):
    """The strings that two patterns share cannot be written as globs, or only as too many."""


def shared(one: str, other: str, budget: Budget, *, arn: bool = False, fold: bool = False) -> tuple[str, ...]:
    """Globs that together match what both match; none where they share nothing.

    ``arn`` reads them as ARN patterns, ``fold`` leaves case out. Raises ``NoGlob``, ``BudgetSpent``.
    """
    if other in {one, "*"}:
        return (one,)
    if one == "*":
        return (other,)
    here, there = _head(one, fold=fold), _head(other, fold=fold)
    if not (here.startswith(there) or there.startswith(here)):
        return ()
    left, right = _symbols(one, arn=arn), _symbols(other, arn=arn)
    found = _Meeting(left, right, budget, fold=fold).globs()
    texts = {_text(glob): glob for glob in found}
    if arn and any(_symbols(text, arn=True) != glob for text, glob in texts.items()):
        raise NoGlob  # it would be read otherwise than it was meant
    return _without_the_narrower(
        sorted(texts, key=lambda text: (len(text), text), reverse=True), budget, arn=arn
    )


@lru_cache(maxsize=4096)
def _head(pattern: str, *, fold: bool) -> str:
    """The plain text that all begins with."""
    head = re.split(r"[*?]|\$\{", pattern, maxsplit=1)[0]
    return head.lower() if fold else head


def _without_the_narrower(texts: list[str], budget: Budget, *, arn: bool) -> tuple[str, ...]:
    """Without those that lie inside another."""
    make = arn_tokens if arn else tokens
    plain = [text for text in texts if "${" not in text]
    kept = [text for text in texts if "${" in text]
    wide: list[str] = []
    for number, text in enumerate(plain):
        others = [*wide, *plain[number + 1 :]]
        if all(outside(make(text), (make(other),), budget) is not None for other in others):
            wide.append(text)
    return tuple(sorted([*kept, *wide]))


class _Meeting:
    """Two patterns, met place by place from their ends; each pair of places once."""

    def __init__(self, left: Symbols, right: Symbols, budget: Budget, *, fold: bool) -> None:
        self.left, self.right, self.budget, self.fold = left, right, budget, fold
        self.known: dict[tuple[int, int], frozenset[Symbols]] = {}
        surely = _reached(left, right, budget, fold=fold, loosely=False)
        self.possible = _possible(left, right, budget, fold=fold).intersection(surely)

    def globs(self) -> frozenset[Symbols]:
        """What the patterns share."""
        for i, j in sorted(self.possible, reverse=True):  # from the ends: no deep recursion
            found = frozenset(self._from(i, j))
            self.budget.spend(1 + len(found))
            if len(found) > _MOST:
                raise NoGlob
            self.known[i, j] = found
        return self.known.get((0, 0), frozenset())

    def _after(self, i: int, j: int) -> frozenset[Symbols]:
        return self.known.get((i, j), frozenset())

    def _from(self, i: int, j: int) -> Iterator[Symbols]:
        left = self.left[i] if i < len(self.left) else None
        right = self.right[j] if j < len(self.right) else None
        if left is None and right is None:
            yield ()
        elif left in MANY and right in MANY:
            star = left if left is Wild.NEAR_MANY else right
            for rest in self._after(i + 1, j) | self._after(i, j + 1):
                yield _joined(star, rest)
        elif left in MANY:
            yield from self._after(i + 1, j)
            yield from self._taken(left, right, self.left[i:], (i, j + 1))
        elif right in MANY:
            yield from self._after(i, j + 1)
            yield from self._taken(right, left, self.right[j:], (i + 1, j))
        elif left is not None and right is not None:
            yield from self._both(left, right, i, j)
        elif _is_variable(left) or _is_variable(right):
            raise NoGlob  # filled in with nothing, it ends where the other has ended

    def _taken(
        self, star: Token | None, symbol: str | Wild | None, starred: Symbols, after: tuple[int, int]
    ) -> Iterator[Symbols]:
        """A star takes what stands at the other place."""
        if symbol is None or (star is Wild.NEAR_MANY and symbol == ":"):
            return
        rests = self._after(*after)
        if _is_variable(symbol) and rests and (star is Wild.NEAR_MANY or _next_is_variable(starred)):
            raise NoGlob  # it might reach out of the star
        met = Wild.NEAR_ONE if star is Wild.NEAR_MANY and symbol is Wild.ONE else symbol
        for rest in rests:
            yield _joined(met, rest)

    def _both(self, left: str | Wild, right: str | Wild, i: int, j: int) -> Iterator[Symbols]:
        if left != right and (_is_variable(left) or _is_variable(right)):
            raise NoGlob  # a variable may be any text, also this one
        met = _met(left, right, fold=self.fold)
        if met is not None:
            for rest in self._after(i + 1, j + 1):
                yield _joined(met, rest)


Place: TypeAlias = tuple[int, int]


def _possible(left: Symbols, right: Symbols, budget: Budget, *, fold: bool) -> set[Place]:
    """The pairs of places that lie on a way from both beginnings to both ends, a variable being any text."""
    before = _reached(left, right, budget, fold=fold, loosely=True)
    found: set[Place] = set()
    waiting = [place for place in before if place == (len(left), len(right))]
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting += before[place]
    return found


def _reached(
    left: Symbols, right: Symbols, budget: Budget, *, fold: bool, loosely: bool
) -> dict[Place, list[Place]]:
    """The pairs of places that are reached from both beginnings, and from where; loosely: with variables as any text."""
    before: dict[Place, list[Place]] = {(0, 0): []}
    waiting = [(0, 0)]
    while waiting:
        place = waiting.pop()
        budget.spend()
        for following in _ways(left, right, place, fold=fold, loosely=loosely):
            if following not in before:
                before[following] = []
                waiting.append(following)
            before[following].append(place)
    return before


def _ways(left: Symbols, right: Symbols, place: Place, *, fold: bool, loosely: bool) -> Iterator[Place]:
    i, j = place
    one = left[i] if i < len(left) else None
    other = right[j] if j < len(right) else None
    if (
        one is Wild.MANY and i + 1 == len(left) and other is not None
    ):  # it takes all that is left, a variable too
        yield i, j + 1
        return
    if other is Wild.MANY and j + 1 == len(right) and one is not None:
        yield i + 1, j
        return
    wide = one in MANY or (loosely and _is_variable(one))
    broad = other in MANY or (loosely and _is_variable(other))
    if wide:
        yield i + 1, j
    if broad:
        yield i, j + 1
    if wide and other is not None and not (one is Wild.NEAR_MANY and other == ":"):
        yield i, j + 1
    if broad and one is not None and not (other is Wild.NEAR_MANY and one == ":"):
        yield i + 1, j
    if one is not None and other is not None and (one == other or not (wide or broad)):
        moving = one != other and (_is_variable(one) or _is_variable(other))
        if not moving and _met(one, other, fold=fold) is not None:
            yield i + 1, j + 1


def _met(left: str | Wild, right: str | Wild, *, fold: bool) -> str | Wild | None:
    """What two symbols that each take one character both take."""
    if isinstance(left, str) and isinstance(right, str):
        one, other = _LITERAL.get(left, left), _LITERAL.get(right, right)
        return left if one == other or (fold and one.lower() == other.lower()) else None
    if isinstance(left, Wild) and isinstance(right, Wild):
        return left if left is Wild.NEAR_ONE else right
    letter, wild = (left, right) if isinstance(left, str) else (right, left)
    return None if letter == ":" and wild is Wild.NEAR_ONE else letter


def _is_variable(symbol: str | Wild | None) -> bool:
    return isinstance(symbol, str) and len(symbol) > 1 and symbol not in _LITERAL


def _next_is_variable(starred: Symbols) -> bool:
    return len(starred) > 1 and _is_variable(starred[1])


def _joined(symbol: str | Wild | None, rest: Symbols) -> Symbols:
    if symbol is None or (symbol in MANY and rest and rest[0] is symbol):
        return rest
    return (symbol, *rest)


@lru_cache(maxsize=4096)
def _symbols(pattern: str, *, arn: bool) -> Symbols:
    """A variable is one symbol, in a place that is read as any character would be there."""
    if PLACE in pattern:
        raise NoGlob
    return tuple(
        token if inside is None else f"${{{inside}}}"
        for token, inside in read_around(pattern, arn_tokens if arn else tokens)
    )


def _text(glob: Symbols) -> str:
    return "".join(symbol if isinstance(symbol, str) else _WRITTEN[symbol] for symbol in glob)


_WRITTEN = {Wild.ONE: "?", Wild.NEAR_ONE: "?", Wild.MANY: "*", Wild.NEAR_MANY: "*"}
