"""What the server's side of ``liftgate doctor`` says of one thing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from liftgate.errors import LiftgateError

State: TypeAlias = Literal["ok", "note", "unknown", "fail"]
"""``note``: it is not as it might be. ``unknown``: nobody can tell yet, or nobody tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One thing that was looked at."""

    title: str
    state: State
    found: str
    advice: str | None = None


def ok(title: str, found: str) -> Look:
    """It is as it should be."""
    return Look(title=title, state="ok", found=found)


def note(title: str, found: str, advice: str) -> Look:
    """It is not as it might be."""
    return Look(title=title, state="note", found=found, advice=advice)


def unknown(title: str, found: str, advice: str) -> Look:
    """Nobody can tell."""
    return Look(title=title, state="unknown", found=found, advice=advice)


def left_out(culprit: str, *titles: str) -> Look:
    """What cannot be told, since it needs what failed."""
    return unknown("the rest", ", ".join(titles), f"mend `{culprit}` first, then ask again")


def failed(title: str, fault: LiftgateError) -> Look:
    """A fault ended it."""
    return Look(title=title, state="fail", found=fault.sentence, advice=fault.advice)


def seen(title: str, look: Callable[[], Look]) -> Look:
    """What a look finds, or the fault that ends it."""
    try:
        return look()
    except LiftgateError as fault:
        return failed(title, fault)
