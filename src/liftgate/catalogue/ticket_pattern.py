"""Ticket patterns: the part of regular expressions whose matching is always quick.

Python's matcher tries again wherever two ways of reading a text are possible: ``(a+)+`` takes time exponential in the
length of the text, ``a*a*a*`` a power of it. A requester writes that text, so a pattern must leave no such choice:

- only a single character, class or dot is repeated, never a group; a group may be optional;
- what may follow a repetition begins with other characters than those it repeats, so each next character decides;
- there are at most 64 ways through the pattern's alternatives and optional parts.

Then no text is read more than once for each of those ways. Anchors, references, lookarounds and flags have no place here:
the whole ticket must match anyway.
"""

import re
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

from liftgate.catalogue.errors import TicketPatternUnsafe

MOST_WAYS: Final = 64
MOST_REPEATS: Final = 100
_DEEPEST: Final = 8
_ALL = frozenset(map(chr, range(128)))
_DIGITS = frozenset("0123456789")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") | _DIGITS
_SPECIAL = frozenset("\\.^$*+?{}[]|()")
_BOUNDS = re.compile(r"\{([0-9]{1,3})(?:(,)([0-9]{1,3})?)?\}")

# INVARIANT: sets of ASCII characters are enough to tell whether two parts can begin alike. The only parts that reach
# beyond ASCII are `\d`, `\w` and `.`, and wherever two of them share a character they share one in ASCII.


@dataclass(frozen=True, slots=True)
class _Part:
    """What a piece of the pattern can begin with, whether it can match nothing, and in how many ways it can be read."""

    first: frozenset[str]
    may_be_empty: bool = False
    ways: int = 1
    # The repetitions with which it can end, each by the characters that it repeats, and its place in the pattern.
    loose: tuple[tuple[frozenset[str], int], ...] = field(default=())


_NOTHING = _Part(frozenset(), may_be_empty=True)


def check_ticket_pattern(pattern: str) -> str:
    """The pattern, if it is one that ``re.fullmatch`` always answers quickly. Raises TicketPatternUnsafe."""
    parser = _Parser(pattern)
    part = parser.alternatives(_DEEPEST)
    if parser.at < len(pattern):
        raise parser.fault("`)` closes nothing", "remove it, or write `\\)`")
    if part.ways > MOST_WAYS:
        raise parser.fault(
            f"there are {part.ways} ways through the pattern",
            f"use fewer alternatives: at most {MOST_WAYS} ways",
        )
    try:
        re.compile(pattern)
    except re.error as error:  # pragma: no cover - the subset is part of Python's language
        raise parser.fault(str(error), "write a simpler pattern") from error
    return pattern


class _Parser:
    """Recursive descent over the pattern, one method a rule."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self, depth: int) -> _Part:
        """One or more sequences with ``|`` between them."""
        found = [self._sequence(depth)]
        while self._take("|"):
            found.append(self._sequence(depth))
        return _Part(
            frozenset().union(*(part.first for part in found)),
            any(part.may_be_empty for part in found),
            sum(part.ways for part in found),
            tuple(loose for part in found for loose in part.loose),
        )

    def fault(self, sentence: str, advice: str) -> TicketPatternUnsafe:
        """What is wrong at the current character."""
        return TicketPatternUnsafe(
            f"{sentence}, at character {self.at + 1} of the pattern", advice=advice, value=self.pattern
        )

    def _sequence(self, depth: int) -> _Part:
        parts: list[_Part] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            parts.append(self._repeated(depth))
        return reduce(self._join, parts, _NOTHING)

    def _join(self, before: _Part, after: _Part) -> _Part:
        for repeats, place in before.loose:
            if repeats & after.first:
                self.at = place
                raise self.fault(
                    "what follows the repetition can begin with a character that it repeats",
                    "let a character that the repetition does not contain end it, or give it a fixed count `{n}`",
                )
        return _Part(
            before.first | after.first if before.may_be_empty else before.first,
            before.may_be_empty and after.may_be_empty,
            before.ways * after.ways,
            after.loose + before.loose if after.may_be_empty else after.loose,
        )

    def _repeated(self, depth: int) -> _Part:
        start = self.at
        if self._take("("):
            return self._optional(self._group(depth), start)
        single = _Part(self._single())
        least, most = self._bounds()
        self._refuse_another_repetition()
        if (least, most) == (1, 1):
            return single
        loose = () if least == most else ((single.first, start),)
        return _Part(single.first if most != 0 else frozenset(), least == 0, 1, loose)

    def _group(self, depth: int) -> _Part:
        if depth == 0:
            raise self.fault(f"groups are nested more than {_DEEPEST} deep", "write a simpler pattern")
        if self._take("?") and not self._take(":"):
            raise self.fault("`(?` begins something that tickets do not need", "use `(…)` or `(?:…)`")
        part = self.alternatives(depth - 1)
        if not self._take(")"):
            raise self.fault("a `(` is never closed", "add `)`")
        return part

    def _optional(self, group: _Part, start: int) -> _Part:
        if self._take("?"):
            self._refuse_another_repetition()
            if group.may_be_empty:
                self.at = start
                raise self.fault("an optional group can match nothing by itself", "remove one of the two")
            return _Part(group.first, may_be_empty=True, ways=group.ways + 1, loose=group.loose)
        if self.pattern[self.at : self.at + 1] in {"*", "+", "{"}:
            raise self.fault(
                "a group is repeated, and matching could take very long",
                "repeat a single character or `[class]`, and write the group out as often as it can occur",
            )
        return group

    def _bounds(self) -> tuple[int, int | None]:
        for sign, bounds in (("?", (0, 1)), ("*", (0, None)), ("+", (1, None))):
            if self._take(sign):
                return bounds
        if self.pattern[self.at : self.at + 1] != "{":
            return 1, 1
        match = _BOUNDS.match(self.pattern, self.at)
        if match is None:
            raise self.fault(
                "`{` begins no repetition", "write `{2}`, `{2,}`, `{2,5}`, or `\\{` for the character"
            )
        least = int(match[1])
        most = least if not match[2] else int(match[3]) if match[3] else None
        if least > MOST_REPEATS or (most is not None and not least <= most <= MOST_REPEATS):
            raise self.fault(
                "the repetition's bounds are out of order or too large", f"count up to {MOST_REPEATS}"
            )
        self.at = match.end()
        return least, most

    def _refuse_another_repetition(self) -> None:
        if self.pattern[self.at : self.at + 1] in {"?", "*", "+", "{"}:
            raise self.fault("a repetition is repeated", "write one repetition for each character")

    def _single(self) -> frozenset[str]:
        character = self._next()
        if character == ".":
            return _ALL
        if character == "\\":
            return self._escaped()
        if character == "[":
            return self._class()
        if character in _SPECIAL:
            self.at -= 1
            advice = (
                "leave `^` and `$` out: the whole ticket must match anyway"
                if character in "^$"
                else f"write `\\{character}` for the character itself"
            )
            raise self.fault(f"`{character}` cannot stand here", advice)
        return frozenset(character)

    def _escaped(self) -> frozenset[str]:
        character = self._next()
        if character == "d":
            return _DIGITS
        if character == "w":
            return _WORD
        if character.isalnum():
            self.at -= 1
            raise self.fault(f"`\\{character}` is not known here", "use `\\d`, `\\w` or a `[class]`")
        return frozenset(character)

    def _class(self) -> frozenset[str]:
        if self.pattern[self.at : self.at + 1] in {"^", "]"}:
            raise self.fault("a class names what it holds", "list the characters: `[A-Z0-9]`")
        found: set[str] = set()
        while not self._take("]"):
            found |= self._class_item()
        return frozenset(found)

    def _class_item(self) -> frozenset[str]:
        first = self._class_character()
        after = self.pattern[self.at + 1 : self.at + 2]
        if len(first) > 1 or self.pattern[self.at : self.at + 1] != "-" or after == "]":
            return first
        self.at += 1
        last = self._class_character()
        low, high = min(first), min(last)
        if len(last) > 1 or low > high:
            raise self.fault("a range in a class runs backwards or to no single character", "write `a-z`")
        return frozenset(map(chr, range(ord(low), ord(high) + 1)))

    def _class_character(self) -> frozenset[str]:
        doubled = self.pattern[self.at - 1 : self.at + 1] == "--"
        character = self._next()
        if character == "\\":
            return self._escaped()
        if character in "[&~|" or doubled:  # Python warns that doubled ones may become operators
            self.at -= 1
            raise self.fault(f"`{character}` cannot stand in a class", f"write `\\{character}`")
        return frozenset(character)

    def _next(self) -> str:
        if self.at >= len(self.pattern):
            raise self.fault("the pattern ends too early", "complete it")
        character = self.pattern[self.at]
        if not " " <= character <= "~":
            raise self.fault("only ASCII characters that can be seen are allowed", "write an ASCII character")
        self.at += 1
        return character

    def _take(self, character: str) -> bool:
        if self.pattern[self.at : self.at + 1] != character:
            return False
        self.at += 1
        return True
