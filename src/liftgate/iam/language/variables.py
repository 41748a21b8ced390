"""Policy variables: ``${aws:username}``, ``${aws:PrincipalTag/team, 'none'}``, and the escapes ``${*}`` ``${?}`` ``${$}``.

Only policies of version 2012-10-17 have them. What a request fills in is always plain text: its ``*`` matches a
star and nothing else. A variable that the request does not carry, and that has no default, matches nothing.
Source: "IAM policy elements: Variables and tags", IAM User Guide.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from liftgate.iam.language.context import Context
from liftgate.iam.patterns.automaton import Automaton, Wild
from liftgate.iam.patterns.expression import any_arn, expression, full, runs_of
from liftgate.iam.patterns.pattern import arn_tokens, matcher

Moving: TypeAlias = Callable[[str, Context], bool]
Filler: TypeAlias = Callable[[Context], str | None]

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"\s*'([^']*)'")
_IN_SEGMENT = "[^:]"


@dataclass(frozen=True, slots=True)
class Match:
    """Whether one value meets any of the policy's: ``fixed`` in every context, ``moving`` by what the context fills in."""

    fixed: Callable[[str], bool]
    moving: tuple[Moving, ...] = ()

    def __call__(self, value: str, context: Context) -> bool:
        """Whether the value meets one of them in this context."""
        return self.fixed(value) or any(match(value, context) for match in self.moving)


def has_variables(text: str) -> bool:
    """Whether IAM would fill something in."""
    return "${" in text


def fits(pattern: str, text: str, context: Context, *, arn: bool = False) -> bool:
    """Whether ``text`` matches ``pattern`` once its variables are filled in from ``context``."""
    return (resource_match if arn else glob_match)((pattern,))(text, context)


def plain(pattern: str, context: Context) -> str | None:
    """The text of a pattern without wildcards, its variables filled in; None where one cannot be."""
    values = _filled(pattern, context)
    return None if values is None else "".join(values)


def plain_match(patterns: Sequence[str], *, fold: Callable[[str], str] = str) -> Match:
    """Whether a value, folded, equals one of the patterns, folded; a star in them is a star."""
    wanted = frozenset(fold(pattern) for pattern in patterns if not has_variables(pattern))
    moving = tuple(_equal(pattern, fold) for pattern in patterns if has_variables(pattern))
    return Match(wanted.__contains__ if fold is str else lambda value: fold(value) in wanted, moving)


def _equal(pattern: str, fold: Callable[[str], str]) -> Moving:
    def match(value: str, context: Context) -> bool:
        text = plain(pattern, context)
        return text is not None and fold(value) == fold(text)

    return match


@lru_cache(maxsize=16384)
def glob_match(patterns: tuple[str, ...]) -> Match:
    """Whether a value matches one of the patterns."""
    fixed = tuple(matcher(pattern) for pattern in patterns if not has_variables(pattern))
    moving = tuple(_filling(pattern, _of_glob) for pattern in patterns if has_variables(pattern))
    return Match(_any(fixed), moving)


@lru_cache(maxsize=16384)
def resource_match(patterns: tuple[str, ...]) -> Match:
    """Whether an ARN matches one of the patterns of ``Resource``."""
    fixed = any_arn(pattern for pattern in patterns if not has_variables(pattern))
    moving = tuple(_filling(pattern, _of_resource) for pattern in patterns if has_variables(pattern))
    return Match(fixed, moving)


@lru_cache(maxsize=16384)
def arn_match(patterns: tuple[str, ...]) -> Match:
    """Whether a value matches one of the patterns of ``ArnLike``: each of the six parts by itself."""
    whole = [pattern for pattern in patterns if pattern.count(":") >= _COLONS]
    fixed = tuple(_of_segments(_pieces(pattern), ()) for pattern in whole if not has_variables(pattern))
    moving = tuple(_filling(pattern, _of_segments) for pattern in whole if has_variables(pattern))
    return Match(_any(fixed), moving)


def _any(matches: tuple[Callable[[str], bool], ...]) -> Callable[[str], bool]:
    if len(matches) == 1:
        return matches[0]
    return lambda value: any(match(value) for match in matches)


_COLONS = 5  # between the six parts of an ARN; the last may hold more


Pieces: TypeAlias = tuple[str | Filler, ...]


def _filling(pattern: str, make: Callable[[Pieces, tuple[str, ...]], Callable[[str], bool]]) -> Moving:
    """A match that is made anew for what a context fills in, and remembered."""
    pieces = _pieces(pattern)
    made = lru_cache(maxsize=1024)(lambda values: make(pieces, values))

    def match(value: str, context: Context) -> bool:
        values = _values(pieces, context)
        return values is not None and made(values)(value)

    return match


def _of_glob(pieces: Pieces, values: tuple[str, ...]) -> Callable[[str], bool]:
    return full(expression(_runs(pieces, list(values), ".")))


def _of_resource(pieces: Pieces, values: tuple[str, ...]) -> Callable[[str], bool]:
    """As of a glob, but for wildcards that may not leave their part of the ARN: those are followed place by place."""
    around = "".join(piece if isinstance(piece, str) else _HOLE for piece in pieces)
    tokens, left = arn_tokens(around), iter(values)
    if _NEAR.isdisjoint(tokens) or _HOLE in "".join(piece for piece in pieces if isinstance(piece, str)):
        return _of_glob(pieces, values)
    return Automaton(
        (tuple(one for token in tokens for one in (next(left) if token == _HOLE else (token,))),)
    ).accepts


_HOLE = "\0"
_NEAR = frozenset({Wild.NEAR_ONE, Wild.NEAR_MANY})


def _of_segments(pieces: Pieces, values: tuple[str, ...]) -> Callable[[str], bool]:
    """Six expressions in one; what a request fills into one of the first five parts may not reach into the next."""
    left = list(values)
    segments: list[list[str | Filler]] = [[]]
    for piece in pieces:
        if not isinstance(piece, str):
            segments[-1].append(piece)
            continue
        first, *others = piece.split(":", _COLONS + 1 - len(segments))
        segments[-1].append(first)
        segments += [[other] for other in others]
    *heads, last = segments
    written = []
    for head in heads:
        mine = [left.pop(0) for piece in head if not isinstance(piece, str)]
        if any(":" in value for value in mine):
            return lambda _: False
        written.append(expression(_runs(tuple(head), mine, _IN_SEGMENT), one=_IN_SEGMENT))
    written.append(expression(_runs(tuple(last), left, ".")))
    return full(":".join(written))


def _runs(pieces: Pieces, values: list[str], one: str) -> list[str]:
    """The runs between stars, with the values, which are plain text, in their places."""
    runs, left = [""], iter(values)
    for piece in pieces:
        if isinstance(piece, str):
            first, *others = runs_of(piece, one=one)
            runs[-1] += first
            runs += others
        else:
            runs[-1] += re.escape(next(left))
    return runs


def _filled(pattern: str, context: Context) -> list[str] | None:
    pieces = _pieces(pattern)
    values = _values(pieces, context)
    if values is None:
        return None
    left = iter(values)
    return [piece if isinstance(piece, str) else next(left) for piece in pieces]


def _values(pieces: Pieces, context: Context) -> tuple[str, ...] | None:
    found = []
    for piece in pieces:
        if not isinstance(piece, str):
            value = piece(context)
            if value is None:
                return None
            found.append(value)
    return tuple(found)


@lru_cache(maxsize=4096)
def _pieces(pattern: str) -> Pieces:
    """The pattern as plain text and what fills in the variables between."""
    pieces: list[str | Filler] = []
    end = 0
    for match in _VARIABLE.finditer(pattern):
        pieces += [pattern[end : match.start()], _filler(match[1].strip())]
        end = match.end()
    pieces.append(pattern[end:])
    return tuple(pieces)


def _filler(inside: str) -> Filler:
    if inside in {"*", "?", "$"}:
        return lambda _: inside
    name, comma, rest = inside.partition(",")
    key, default = name.strip().lower(), _DEFAULT.fullmatch(rest)
    if not key or "'" in key or (comma and default is None):
        return lambda _: None

    def fill(context: Context) -> str | None:
        values = context.get(key, ())
        return values[0] if len(values) == 1 else default[1] if default else None

    return fill
