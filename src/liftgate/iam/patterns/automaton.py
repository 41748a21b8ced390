"""The automaton of several patterns at once, and the tokens that patterns are made of.

A pattern may hold variables. What stands in for a variable in a text is then enclosed in two marks, which are letters
beside the characters: ``home/⟨bob⟩/a`` is ``home/bob/a`` in which ``bob`` came from the variable. A pattern with the
same variable in the same place (``Filled``) takes the whole enclosed part, whatever it is; every other pattern
reads the characters inside, and passes over the marks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import chain, repeat
from typing import TypeAlias


class Wild(Enum):
    """A wildcard's place in a pattern. The near ones do not match a colon."""

    ONE = "?"
    MANY = "*"
    NEAR_ONE = "near ?"
    NEAR_MANY = "near *"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the value of a variable begins or ends. ``source`` numbers the pattern that put it there."""

    key: str
    opens: bool
    source: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A variable's place in a pattern: it takes what the marks of any source enclose for its key."""

    key: str
    sources: int  # how many there are


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some characters."""

    letters: frozenset[str]


Letter: TypeAlias = str | Mark
Token: TypeAlias = Letter | Wild | Filled | OneOf  # a letter stands for itself
Tokens: TypeAlias = tuple[Token, ...]

MANY = frozenset({Wild.MANY, Wild.NEAR_MANY})


class BudgetSpent(Exception):
    """A question about patterns took more steps than it was given."""


class Budget:
    """Steps that one question may take, so that no pattern can hold a server up."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def take(self, steps: int = 1) -> bool:
        """Spend steps; False when there are none left."""
        self.left -= steps
        return self.left >= 0

    def spend(self, steps: int = 1) -> None:
        """Spend steps; raises ``BudgetSpent`` when there are none left."""
        if not self.take(steps):
            raise BudgetSpent


class Automaton:
    """The automaton of several patterns at once. A state is an integer: one bit for each place in each pattern."""

    __slots__ = (
        "_filled",
        "_held",
        "_inside",
        "_own",
        "any_",
        "ends",
        "final",
        "fresh",
        "literal",
        "many",
        "near",
        "near_many",
        "start",
        "weight",
    )

    def __init__(self, patterns: tuple[Tokens, ...], sources: tuple[int | None, ...] | None = None) -> None:
        """``sources`` says of each pattern which marks it must read: those that it, or its alternatives, put."""
        self.literal: dict[Letter, int] = {}  # places that one letter moves on
        self.any_ = self.near = 0  # places that any character, or any but a colon, moves on
        self.many = self.near_many = 0  # places at a `*`
        self.ends: list[int] = []  # the accepting bit of each pattern
        self._filled: dict[str, int] = {}  # places before what a variable's marks enclose
        self._inside: dict[tuple[str, int], tuple[int, int]] = {}  # places inside it, and how far its end is
        self._held = 0  # all places inside
        self._own: dict[int, int] = {}  # all places of the patterns that put the marks of a source
        start, bit = 0, 1
        for pattern, source in zip(patterns, sources or repeat(None), strict=False):
            first = bit
            start |= bit
            for token in pattern:
                bit = self._add(token, bit)
            self.ends.append(bit)
            bit <<= 1
            if source is not None:
                self._own[source] = self._own.get(source, 0) | (bit - first)
        self.start = self._open(start)
        self.final = sum(self.ends)
        self.weight = 1 + (bit.bit_length() >> 11)  # what a step costs: long integers take longer
        self.fresh = _fresh(self.literal)

    def _add(self, token: Token, bit: int) -> int:
        """Adds a token at a place; gives the place after it."""
        match token:
            case Wild.ONE:
                self.any_ |= bit
            case Wild.NEAR_ONE:
                self.near |= bit
            case Wild.MANY:
                self.many |= bit
            case Wild.NEAR_MANY:
                self.near_many |= bit
            case Filled():
                return self._fill(token, bit)
            case OneOf():
                for letter in token.letters:
                    self.literal[letter] = self.literal.get(letter, 0) | bit
            case _:
                self.literal[token] = self.literal.get(token, 0) | bit
        return bit << 1

    def _fill(self, token: Filled, bit: int) -> int:
        """One place before the marks, and one inside the marks of each source."""
        self._filled[token.key] = self._filled.get(token.key, 0) | bit
        for source in range(token.sources):
            place = bit << 1 + source
            known, _ = self._inside.get((token.key, source), (0, 0))
            self._inside[token.key, source] = known | place, token.sources - source
            self._held |= place
        return bit << 1 + token.sources

    def _open(self, state: int) -> int:
        return state | (state & (self.many | self.near_many)) << 1

    def step(self, state: int, character: str) -> int:
        """Where ``character`` leads."""
        moves, stays = self.literal.get(character, 0) | self.any_, self.many | self._held
        if character != ":":
            moves |= self.near
            stays |= self.near_many
        return self._open((state & moves) << 1 | state & stays)

    def step_over(self, state: int, mark: Mark) -> int:
        """Where a mark leads: all patterns but the one that put it there pass over it."""
        moved = (state & self.literal.get(mark, 0)) << 1
        passing = state & ~self._own.get(mark.source, 0)
        if mark.opens:
            moved |= (passing & self._filled.get(mark.key, 0)) << 1 + mark.source
        else:
            inside, to_end = self._inside.get((mark.key, mark.source), (0, 0))
            moved |= (passing & inside) << to_end
            passing &= ~inside
        return self._open(moved | passing)

    def follow(self, state: int, letter: Letter) -> int:
        """Where a letter leads."""
        return self.step(state, letter) if isinstance(letter, str) else self.step_over(state, letter)

    def accepts(self, text: str) -> bool:
        """Whether any of the patterns matches."""
        state = self.start
        for character in text:
            state = self.step(state, character)
            if not state:
                return False
        return bool(state & self.final)


@lru_cache(maxsize=4096)
def automaton_of(patterns: tuple[Tokens, ...], sources: tuple[int | None, ...] | None = None) -> Automaton:
    """The automaton of these patterns; made once."""
    return Automaton(patterns, sources)


def _fresh(taken: Iterable[Letter]) -> str:
    """A character that no pattern names: it stands for all of those."""
    return next(unnamed(taken))


def unnamed(taken: Iterable[Letter]) -> Iterator[str]:
    """All characters that are not taken, those that read well first."""
    named = set(taken)
    for character in chain(_READABLE, map(chr, range(0x4E00, 0xD800))):
        if character not in named:
            yield character


_READABLE = "xyzwvutsrqponmlkjihgfedcba0123456789_~XYZWVUTSRQPONMLKJIHGFEDCBA"
