"""What the writers share: comments that nothing in a catalogue can break out of, names, and a file's first lines."""

import hashlib
import re
import textwrap
from collections.abc import Iterable
from typing import Final

from liftgate.plain_text import plain

MARK: Final = "Written by `liftgate deploy"
"""In the first line of each file that is ours to write again."""

WIDTH: Final = 110


def comment(text: str, indent: str = "") -> str:
    """Lines that begin with ``#``; what others wrote is one line of plain text first."""
    width = WIDTH - len(indent) - 2
    lines = textwrap.wrap(
        " ".join(plain(text).split()), width, break_long_words=False, break_on_hyphens=False
    )
    return "".join(f"{indent}# {line}\n" for line in lines)


def head(tool: str, what: str) -> str:
    """A file's first lines."""
    return f"# {MARK} {tool}` from the catalogue: change that, or the options, and run it again.\n{comment(what)}"


def logical_ids(names: Iterable[str]) -> dict[str, str]:
    """Letters and digits for each name, the same at each run; names that would be one are told apart by a digest."""
    spelled = {name: _letters(name) for name in names}
    taken = list(spelled.values())
    return {
        name: short if taken.count(short) == 1 or short == name else f"{short}{_digest(name)}"
        for name, short in spelled.items()
    }


def _letters(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split("[^A-Za-z0-9]+", name)) or "Role"


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]
