"""Patterns with variables, read for comparison: what is fixed in them, and where a request fills something in.

A variable's value is any text, the same wherever the variable stands in one request. A pattern with variables is taken
in three ways, each as an automaton can read it: *marked*, as a pattern that a request is known to match, which
shows where the value stands; *least*, as a pattern that surely matches only where the value is shown to stand;
*most*, as anything that it could match. Source: "IAM policy elements: Variables and tags", IAM User Guide.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from liftgate.iam.patterns.around import PLACE, VARIABLE, read_around
from liftgate.iam.patterns.automaton import Filled, Mark, Token, Tokens, Wild
from liftgate.iam.patterns.folded import folded_tokens
from liftgate.iam.patterns.pattern import arn_tokens, tokens

_DEFAULT = re.compile(r"\s*'([^']*)'")
_ESCAPES = frozenset("*?$")


class Reading(Enum):
    """What a text in a policy is: it decides what its stars are."""

    RESOURCE = "resource"
    LIKE = "like"
    EQUALS = "equals"
    ARN = "arn"
    ANY_CASE = "any case"


@dataclass(frozen=True, slots=True)
class Variable:
    """A place that a request fills in. Without a key nothing ever does, so that the pattern matches nothing."""

    key: str | None
    default: str | None = None


Values: TypeAlias = Mapping[
    str, str | None
]  # what is known of variables: a value; None: the request has none
Template: TypeAlias = tuple[str | Wild | Variable, ...]


def variables_of(text: str) -> tuple[Variable, ...]:
    """The variables in a text."""
    if "${" not in text:
        return ()
    return tuple(token for token in _template(text, Reading.LIKE) if isinstance(token, Variable))


def least(text: str, how: Reading, known: Values, sources: int) -> list[Tokens]:
    """The pattern that takes only what ``sources`` are seen to have filled in; none where it matches nothing."""
    return _written(text, how, known, lambda key: Filled(key, sources))


def most(text: str, how: Reading, known: Values) -> list[Tokens]:
    """The pattern with anything in the place of its variables; none where it matches nothing."""
    return _written(text, how, known, lambda _: Wild.MANY)


def marked(
    text: str, how: Reading, known: Values, source: int, contents: Mapping[str, tuple[Tokens, ...]]
) -> list[Tokens]:
    """The pattern with marks around what stands in for its variables, which is one of their ``contents``, or anything."""
    if "${" not in text:
        return _plain(text, how)
    template = bound(text, how, known)
    if template is None:
        return []
    keys = sorted({token.key for token in template if isinstance(token, Variable) and token.key})
    choices = product(*(contents.get(key, ((Wild.MANY,),)) for key in keys))
    return [_enclosed(template, dict(zip(keys, choice, strict=True)), source) for choice in choices]


def _enclosed(template: Template, contents: Mapping[str, Tokens], source: int) -> Tokens:
    found: list[Token] = []
    for token in template:
        if isinstance(token, Variable):
            key = token.key or ""
            found += [Mark(key, True, source), *contents[key], Mark(key, False, source)]
        else:
            found.append(token)
    return tuple(found)


def _plain(text: str, how: Reading) -> list[Tokens]:
    """A text without variables."""
    return [_PLAIN[how](text)]


def _written(text: str, how: Reading, known: Values, put: Callable[[str], Token]) -> list[Tokens]:
    if "${" not in text:
        return _plain(text, how)
    template = bound(text, how, known)
    if template is None:
        return []
    found: list[Token] = []
    for token in template:
        new = put(token.key or "") if isinstance(token, Variable) else token
        if not (found and new is Wild.MANY and found[-1] is Wild.MANY):
            found.append(new)
    return [tuple(found)]


def bound(text: str, how: Reading, known: Values) -> Template | None:
    """The pattern with what is known in the place of variables; None where one of them has no value."""
    return _bound(_template(text, how), known)


def _bound(template: Template, known: Values) -> Template | None:
    found: list[str | Wild | Variable] = []
    for token in template:
        if not isinstance(token, Variable):
            found.append(token)
        elif token.key is None:
            return None
        elif token.key not in known:
            found.append(token)
        else:
            value = known[token.key]
            value = token.default if value is None else value
            if value is None:
                return None
            found += value
    together = zip(found, [None, *found], strict=False)
    return tuple(token for token, before in together if not token is before is Wild.MANY)


@lru_cache(maxsize=16384)
def _template(text: str, how: Reading) -> Template:
    if how is Reading.RESOURCE and PLACE not in text:
        return _of_resource(text)
    found: list[str | Wild | Variable] = []
    end = 0
    for match in VARIABLE.finditer(text):
        found += [*_characters(text[end : match.start()], how), _filled_in(match[1].strip())]
        end = match.end()
    return (*found, *_characters(text[end:], how))


def _of_resource(text: str) -> Template:
    """As of an ARN without variables: some wildcards may not leave their part of it."""
    return tuple(
        token if inside is None else _filled_in(inside.strip())
        for token, inside in read_around(text, arn_tokens)
    )


def _filled_in(inside: str) -> str | Variable:
    return inside if inside in _ESCAPES else _variable(inside)


def _characters(text: str, how: Reading) -> list[str | Wild]:
    if how is Reading.EQUALS:
        return list(text)
    return [Wild(character) if character in "*?" else character for character in re.sub(r"\*+", "*", text)]


def _variable(inside: str) -> Variable:
    name, comma, rest = inside.partition(",")
    key, default = name.strip().lower(), _DEFAULT.fullmatch(rest)
    if not key or "'" in key or (comma and default is None):
        return Variable(None)
    return Variable(key, default[1] if default else None)


@lru_cache(maxsize=16384)
def _of_segments(text: str) -> Tokens:
    """``ArnLike``: each of the six parts by itself; a wildcard stays inside its part, but for the last."""
    if text.count(":") < 5:
        return (Filled("", 0),)  # no ARN: matches nothing
    parts = text.split(":", 5)
    head = ":".join(parts[:5]) + ":"
    near: list[Token] = [_NEAR.get(character, character) for character in re.sub(r"\*+", "*", head)]
    return (*near, *tokens(parts[5]))


_NEAR: Mapping[str, Token] = {"*": Wild.NEAR_MANY, "?": Wild.NEAR_ONE}
_PLAIN: Mapping[Reading, Callable[[str], Tokens]] = {
    Reading.RESOURCE: arn_tokens,
    Reading.LIKE: tokens,
    Reading.EQUALS: tuple,
    Reading.ARN: _of_segments,
    Reading.ANY_CASE: folded_tokens,
}
