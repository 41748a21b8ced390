"""Terraform's language, as far as it is needed: values, blocks, and strings in which nothing is filled in."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeAlias

_BARE: Final = re.compile("[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Expression:
    """Terraform's own words: a reference, or the call of a function."""

    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block inside a resource; several of one name stand one below the other."""

    name: str
    body: "Body"


Body: TypeAlias = Sequence["Block | tuple[str, Any] | str"]
"""Attributes, blocks, and lines of comment that begin with ``#``, in the order in which they are written."""


def block(kind: str, labels: Sequence[str], body: Body) -> str:
    """A block at the top of a file."""
    words = " ".join([kind, *(_string(label) for label in labels)])
    return f"{words} {{\n{_body(body, 1)}}}\n"


def json_of(document: Any) -> Expression:
    """A policy as ``jsonencode`` takes it, laid out for readers.

    IAM takes no character above U+00FF as it stands, and ``jsonencode`` writes them so: such a policy is written as JSON with escapes.
    """
    if any(ord(letter) > 0xFF for letter in json.dumps(document, ensure_ascii=False, default=str)):
        return Expression(_string(json.dumps(document)))
    return Expression(f"jsonencode({_value(document, 1)})")


def _body(body: Body, depth: int) -> str:
    pad = "  " * depth
    lines: list[str | tuple[str, str]] = []
    for one in body:
        if isinstance(one, str):
            lines.append(one)
        elif isinstance(one, Block):
            lines.append(
                f"{one.name} {{\n{_body(one.body, depth + 1)}{pad}}}" if one.body else f"{one.name} {{}}"
            )
        else:
            lines.append((one[0], _value(one[1], depth)))
    return _aligned(lines, pad)


def _aligned(lines: Iterable[str | tuple[str, str]], pad: str) -> str:
    """As `terraform fmt` lays it out: the signs of neighbours that take one line each stand below one another."""
    found = ""
    for alone, run in groupby(lines, key=lambda line: isinstance(line, str) or "\n" in line[1]):
        some = list(run)
        width = 0 if alone else max(len(line[0]) for line in some)
        found += "".join(
            f"{pad}{line}\n" if isinstance(line, str) else f"{pad}{line[0]:<{width}} = {line[1]}\n"
            for line in some
        )
    return found


def _value(value: Any, depth: int) -> str:
    if isinstance(value, Mapping):
        return _object(value, depth)
    if isinstance(value, (list, tuple)):
        return _list(value, depth)
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, str):
        return _string(value)
    return str(value).lower()  # true, false, or a number


def _object(value: Mapping[str, Any], depth: int) -> str:
    lines = [(_key(key), _value(one, depth + 1)) for key, one in value.items()]
    return f"{{\n{_aligned(lines, '  ' * (depth + 1))}{'  ' * depth}}}"


def _list(value: Sequence[Any], depth: int) -> str:
    if len(value) == 1 and isinstance(value[0], (str, Expression)):
        return f"[{_value(value[0], depth)}]"
    inner = "  " * (depth + 1)
    lines = "".join(f"{inner}{_value(one, depth + 1)},\n" for one in value)
    return f"[\n{lines}{'  ' * depth}]"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _string(key)


def _string(text: str) -> str:
    """In quotes, with what Terraform would fill in taken as it stands."""
    return f'"{"".join(map(_letter, text))}"'.replace("${", "$${").replace("%{", "%%{")


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"
