"""The exit codes of the ``liftgate`` command: one for each thing that a script may want to tell apart."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from liftgate.errors import (
    Conflict,
    Corrupt,
    Invalid,
    LiftgateError,
    NotFound,
    Refused,
    Unauthenticated,
    Unavailable,
)


class ExitCode(IntEnum):
    """What the program's end says. ``docs/cli.md`` is made from ``meaning``.

    ``liftgate exec`` ends with the exit code of the command that it ran.
    """

    OK = 0
    REFUSED = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    UNAVAILABLE = 4
    NOT_APPROVED = 5
    NOT_FOUND = 6
    CONFLICT = 7
    CORRUPT = 8
    BROKEN = 70
    CANNOT_RUN = 126
    NO_SUCH_PROGRAM = 127
    INTERRUPTED = 130
    READER_LEFT = 141

    @property
    def meaning(self) -> str:
        """The code in a sentence."""
        return _MEANINGS[self]


_MEANINGS: Final = {
    ExitCode.OK: "done; with --wait: approved",
    ExitCode.REFUSED: "the rules, or a reviewer, said no",
    ExitCode.USAGE: "what was written cannot be read: an option, a value, a file",
    ExitCode.NOT_SIGNED_IN: "nobody proved who is asking",
    ExitCode.UNAVAILABLE: "the server, or AWS, did not answer; the same command may work later",
    ExitCode.NOT_APPROVED: "--wait ended without an answer: the request lapsed or was cancelled",
    ExitCode.NOT_FOUND: "no such request, grant or entitlement that you may see",
    ExitCode.CONFLICT: "it is not in a state in which this can be done",
    ExitCode.CORRUPT: "the ledger is not what was written",
    ExitCode.BROKEN: "a fault in Liftgate itself",
    ExitCode.CANNOT_RUN: "`exec`: the command cannot be run",
    ExitCode.NO_SUCH_PROGRAM: "`exec`: no such command",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
    ExitCode.READER_LEFT: "the program that read the output went away",
}

_FAMILIES: Final[Mapping[type[LiftgateError], ExitCode]] = {
    Refused: ExitCode.REFUSED,
    Invalid: ExitCode.USAGE,
    Unauthenticated: ExitCode.NOT_SIGNED_IN,
    Unavailable: ExitCode.UNAVAILABLE,
    NotFound: ExitCode.NOT_FOUND,
    Conflict: ExitCode.CONFLICT,
    Corrupt: ExitCode.CORRUPT,
}


def exit_code_of(error: LiftgateError) -> ExitCode:
    """The exit code of an error: that of its family."""
    return next((code for family, code in _FAMILIES.items() if isinstance(error, family)), ExitCode.BROKEN)
