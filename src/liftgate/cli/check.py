"""What ``liftgate doctor`` says of one thing."""

from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from liftgate.cli.exit_code import ExitCode, exit_code_of
from liftgate.cli.fields import JsonObject
from liftgate.errors import LiftgateError

State: TypeAlias = Literal["ok", "note", "unknown", "fail"]
"""``note``: it is not as it might be. ``unknown``: nobody can tell, or nobody tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. A failed one has an exit code and advice."""

    title: str
    state: State
    found: str
    advice: str | None = None
    exit_code: ExitCode = ExitCode.OK

    def as_json(self) -> JsonObject:
        """For programs."""
        return asdict(self)


def ok(title: str, found: str) -> Check:
    """It is as it should be."""
    return Check(title=title, state="ok", found=found)


def note(title: str, found: str, advice: str) -> Check:
    """It is not as it might be."""
    return Check(title=title, state="note", found=found, advice=advice)


def unknown(title: str, found: str, advice: str) -> Check:
    """Nobody can tell."""
    return Check(title=title, state="unknown", found=found, advice=advice)


def failed(title: str, error: LiftgateError) -> Check:
    """A fault ended it."""
    return Check(
        title=title, state="fail", found=str(error), advice=error.advice, exit_code=exit_code_of(error)
    )
