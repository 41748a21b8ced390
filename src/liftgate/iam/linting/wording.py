"""How lints name things: short, safe to print, with the nearest right name."""

import difflib
import re
from collections.abc import Collection, Sequence

from liftgate.iam.patterns.pattern import Budget

_LONGEST = 60
_COST = 40  # steps for one comparison of names
_SLIP = 2  # characters
_VERSION = re.compile(r"v?\d+$")


def quoted(text: str) -> str:
    """What a person wrote, in backticks, cut short, with nothing that a terminal would obey."""
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return f"`{''.join(c if c.isprintable() else f'<U+{ord(c):04X}>' for c in short)}`"


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def nearest(name: str, known: Collection[str], budget: Budget) -> str | None:
    """The known name that is most like this one; None where none is, or where the steps are spent."""
    if not budget.take(_COST * len(known)):
        return None
    near = difflib.get_close_matches(name[:80], sorted(known), n=1, cutoff=0.7)
    return near[0] if near else None


def is_slip(name: str, known: str | None) -> bool:
    """Whether ``name`` is misspelt rather than new: two characters away, and not by the number of a version."""
    if known is None or len(name) > 80 or _VERSION.sub("", name) == _VERSION.sub("", known):
        return False
    changes = difflib.SequenceMatcher(None, name, known, autojunk=False).get_opcodes()
    return (
        sum(max(end - start, stop - at) for kind, start, end, at, stop in changes if kind != "equal") <= _SLIP
    )
