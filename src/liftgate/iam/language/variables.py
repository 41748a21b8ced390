"""Policy variables: ``${aws:username}``, ``${aws:PrincipalTag/team, 'none'}``, and the escapes ``${*}`` ``${?}`` ``${$}``.

Only policies of version 2012-10-17 have them. What a request fills in is always plain text: its ``*`` matches a
star and nothing else. Source: "IAM policy elements: Variables and tags", IAM User Guide.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

from liftgate.iam.patterns.pattern import Automaton, Token, Tokens, Wild, arn_matcher, matcher

Context: TypeAlias = Mapping[
    str, tuple[str, ...]
]  # condition key in lower case, to its values in the request

_VARIABLE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_NAMED = re.compile(r"([^,']+?)\s*(?:,\s*'([^']*)')?")


def has_variables(text: str) -> bool:
    """Whether IAM would fill something in."""
    return "${" in text


def fits(pattern: str, text: str, context: Context, *, arn: bool = False) -> bool:
    """Whether ``text`` matches ``pattern`` once its variables are filled in from ``context``.

    A variable that the request does not carry, and that has no default, matches nothing.
    """
    if "${" not in pattern:
        return (arn_matcher if arn else matcher)(pattern)(text)
    filled = _filled(pattern, context)
    return filled is not None and Automaton((filled,)).accepts(text)


def plain(pattern: str, context: Context) -> str | None:
    """The text of a pattern without wildcards, its variables filled in; None where one cannot be."""
    if "${" not in pattern:
        return pattern
    filled = _filled(pattern, context, wildcards=False)
    return None if filled is None else "".join(str(token) for token in filled)


def _filled(pattern: str, context: Context, *, wildcards: bool = True) -> Tokens | None:
    found: list[Token] = []
    for piece in _pieces(pattern):
        if isinstance(piece, str):
            found.extend(Wild(c) if wildcards and c in "*?" else c for c in piece)
            continue
        value = piece(context)
        if value is None:
            return None
        found.extend(value)
    return tuple(found)


@lru_cache(maxsize=4096)
def _pieces(pattern: str) -> tuple[str | Callable[[Context], str | None], ...]:
    """The pattern as plain text and what fills in the variables between."""
    pieces: list[str | Callable[[Context], str | None]] = []
    end = 0
    for match in _VARIABLE.finditer(pattern):
        pieces += [pattern[end : match.start()], _filler(match[1])]
        end = match.end()
    pieces.append(pattern[end:])
    return tuple(pieces)


def _filler(inside: str) -> Callable[[Context], str | None]:
    if inside in {"*", "?", "$"}:
        return lambda _: inside
    named = _NAMED.fullmatch(inside)
    if named is None:
        return lambda _: None
    key, default = named[1].lower(), named[2]

    def fill(context: Context) -> str | None:
        values = context.get(key, ())
        return values[0] if len(values) == 1 else default

    return fill
