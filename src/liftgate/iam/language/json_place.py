"""Where things stand in a JSON text. Slow and only used once something is wrong; the text must be valid JSON.

Each walk looks at each piece of the text once, however deep it is nested.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]  # ("Statement", 0, "Action")

_PIECE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|[^\s{}\[\],:"]++')
_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]')
_LONGEST_STEP = 80
_PLAIN_STEP = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")


class _Piece(NamedTuple):
    """A key, or the start of a value."""

    path: list[str | int | None]  # the walk's own, which changes as it goes on
    offset: int
    text: str
    is_key: bool


def line_and_column(text: str, path: Path) -> tuple[int, int]:
    """The place of the value at ``path``, or of the nearest thing around it that is there; both count from 1."""
    offset, depth = 0, -1
    for piece in _walk(text):
        reached = len(piece.path)
        if piece.is_key or not depth < reached <= len(path):
            continue
        if tuple(piece.path) == path[:reached]:
            offset, depth = piece.offset, reached
            if reached == len(path):
                break
    return at_offset(text, offset)


def duplicate_key(text: str) -> tuple[Path, int, int] | None:
    """The first key that its object already has: its path, line and column."""
    seen: list[set[str]] = []
    for piece in _walk(text):
        depth = len(piece.path)
        if not piece.is_key:
            del seen[depth:]  # what comes next at this depth is another object
            continue
        seen += [set() for _ in range(depth - len(seen))]
        key = str(piece.path[-1])
        if key in seen[-1]:
            return (_steps(piece.path), *at_offset(text, piece.offset))
        seen[-1].add(key)
    return None


def lone_surrogate(text: str) -> tuple[Path, int, int] | None:
    """The first key or string with half of a surrogate pair: its path, line and column."""
    for piece in _walk(text):
        if piece.text.startswith('"'):
            try:
                json.loads(piece.text).encode()
            except UnicodeEncodeError:
                return (_steps(piece.path), *at_offset(text, piece.offset))
    return None


def literal(text: str, word: str) -> tuple[Path, int, int] | None:
    """The first value that is spelled like this, without quotes: its path, line and column.

    The text need be JSON only up to there; where it is not, as in ``NaNo``, the place alone is told.
    """
    try:
        for piece in _walk(text):
            if piece.text == word and not piece.is_key:
                return (_steps(piece.path), *at_offset(text, piece.offset))
    except (ValueError, IndexError):
        return ((), *at_offset(text, text.index(word)))
    return None


def too_deep(text: str, depth: int) -> tuple[int, int] | None:
    """The line and column of the first bracket that is nested deeper than ``depth``; the text need not be JSON."""
    now = 0
    for match in _BRACKET.finditer(text):
        if match[0] in {"{", "["}:
            now += 1
            if now > depth:
                return at_offset(text, match.start())
        elif match[0] in {"}", "]"}:
            now -= 1
    return None


def written(path: Path) -> str:
    """A path as people write it: ``$.Statement[0].Action``; a name with other characters stands in quotes."""
    return "$" + "".join(map(_step, path))


def at_offset(text: str, offset: int) -> tuple[int, int]:
    """The line and column of a place in the text."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if _PLAIN_STEP.fullmatch(step):
        return f".{step}"
    return f"[{json.dumps(step if len(step) <= _LONGEST_STEP else step[: _LONGEST_STEP - 1] + '…')}]"


def _walk(text: str) -> Iterator[_Piece]:
    """Every key and every value, in the order of the text."""
    path: list[str | int | None] = []  # None: an object that waits for its next key
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece in {"}", "]"}:
            path.pop()
        elif piece == ",":
            step = path[-1]
            path[-1] = step + 1 if isinstance(step, int) else None
        elif piece == ":":
            continue
        elif path and path[-1] is None:
            path[-1] = json.loads(piece)
            yield _Piece(path, match.start(), piece, is_key=True)
        else:
            yield _Piece(path, match.start(), piece, is_key=False)
            if piece in {"{", "["}:
                path.append(None if piece == "{" else 0)


def _steps(path: list[str | int | None]) -> Path:
    return tuple(step for step in path if step is not None)
