"""Where things stand in a JSON text. Slow and only used once something is wrong; the text must be valid JSON."""

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]  # ("Statement", 0, "Action")

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def line_and_column(text: str, path: Path) -> tuple[int, int]:
    """The place of the value at ``path``, or of the nearest thing around it that is there; both count from 1."""
    starts = {at: offset for at, offset, is_key in _walk(text) if not is_key}
    while path and path not in starts:
        path = path[:-1]
    return _line_and_column(text, starts.get(path, 0))


def duplicate_key(text: str) -> tuple[Path, int, int] | None:
    """The first key that its object already has: its path, line and column."""
    seen: set[Path] = set()
    for path, offset, is_key in _walk(text):
        if is_key and path in seen:
            return (path, *_line_and_column(text, offset))
        if is_key:
            seen.add(path)
    return None


def written(path: Path) -> str:
    """A path as people write it: ``$.Statement[0].Action``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _walk(text: str) -> Iterator[tuple[Path, int, bool]]:
    """Every key and every value with its path and offset, in the order of the text."""
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
            yield _steps(path), match.start(), True
        else:
            yield _steps(path), match.start(), False
            if piece in {"{", "["}:
                path.append(None if piece == "{" else 0)


def _steps(path: list[str | int | None]) -> Path:
    return tuple(step for step in path if step is not None)
