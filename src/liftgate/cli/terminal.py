"""What reaches the terminal: lines on stdout, warnings and faults on stderr, colours only where they are wanted."""

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping
from typing import Final, TextIO

from liftgate.cli.fields import JsonObject
from liftgate.cli.problem import FromServer
from liftgate.errors import LiftgateError
from liftgate.plain_text import plain, plain_json

_COLOURS: Final[Mapping[str, str]] = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
}
_STATE_COLOURS: Final[Mapping[str, str]] = {
    "active": "green",
    "approved": "green",
    "pending": "yellow",
    "scheduled": "yellow",
    "denied": "red",
    "revoked": "red",
    "medium": "yellow",
    "high": "red",
    "critical": "red",
}
_LABEL_WIDTH: Final = 13  # with two spaces before it


def say(line: str = "") -> None:
    """One line of a result. Text of others goes through ``plain`` first."""
    print(line)


def say_json(value: JsonObject) -> None:
    """An object of the API, exactly, on one line."""
    print(plain_json(json.dumps(value)))


def warn(sentence: str, next_step: str | None = None) -> None:
    """Something that the user should know, but that is no fault."""
    print(f"{paint('liftgate:', 'yellow', sys.stderr)} {plain(sentence)}", file=sys.stderr)
    if next_step:
        print(f"{paint('next:', 'bold', sys.stderr)} {plain(next_step)}", file=sys.stderr)


def say_error(error: LiftgateError, *, as_json: bool = False, exit_code: int = 1) -> None:
    """The one place where a fault is told: the sentence, what to do, and the id for those who run the server."""
    if as_json:
        print(plain_json(json.dumps(_document(error, exit_code))), file=sys.stderr)
        return
    lines = []
    for fault in (error, *error.also):
        lines.append(f"{paint('liftgate:', 'red', sys.stderr)} {_folded(_sentence(fault))}")
        lines.append(f"{paint('next:', 'bold', sys.stderr)} {plain(fault.advice)}")
    if isinstance(error, FromServer) and error.request_id:
        lines.append(paint(f"request id: {plain(error.request_id)}", "dim", sys.stderr))
    print("\n".join(lines), file=sys.stderr)


def say_fields(fields: Iterable[tuple[str, str]]) -> None:
    """Labels and texts in two columns, folded at the terminal's edge."""
    for label, text in fields:
        say_folded(f"  {paint(label.ljust(_LABEL_WIDTH - 2), 'dim')}", text, indent=_LABEL_WIDTH)


def say_folded(head: str, text: str, *, indent: int) -> None:
    """A head that takes ``indent`` columns, and beside it a text, folded at the terminal's edge."""
    width = max(20, terminal_width() - indent)
    first, *others = textwrap.wrap(plain(text), width, break_on_hyphens=False) or [""]
    say(f"{head}{first}")
    for line in others:
        # Wherever others' text is folded, no line of it may pass for the step that we name next.
        mark = "… " if line.startswith("next:") else ""
        say(" " * indent + mark + line)


def say_next(*commands: str) -> None:
    """The command or commands to go on with."""
    say()
    for number, command in enumerate(commands):
        say(f"{paint('next:', 'bold') if number == 0 else '     '} {plain(command)}")


def paint(text: str, colour: str, stream: TextIO | None = None) -> str:
    """Text in a colour, where the stream (stdout) is a terminal that wants them (no-color.org)."""
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if has_colours(stream or sys.stdout) else text


def paint_state(state: str) -> str:
    """A state's name in its colour."""
    shown = plain(state)
    return paint(shown, _STATE_COLOURS[state]) if state in _STATE_COLOURS else shown


def has_colours(stream: TextIO) -> bool:
    """Whether colours may be written to a stream."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def terminal_width() -> int:
    """The columns there are; 100 where nobody looks at it."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def _sentence(error: LiftgateError) -> str:
    is_named = error.where is None or error.where in error.sentence
    return plain(error.sentence if is_named else str(error))


def _folded(text: str) -> str:
    """Folded between words on a terminal; whole for a program, and for whoever searches a log."""
    if not sys.stderr.isatty():
        return text
    hanging = " " * len("liftgate: ")
    return textwrap.fill(
        text,
        terminal_width(),
        initial_indent=hanging,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    ).lstrip()


def _document(error: LiftgateError, exit_code: int) -> JsonObject:
    return {
        **_fault(error),
        "also": [_fault(other) for other in error.also],
        "request_id": error.request_id if isinstance(error, FromServer) else None,
        "exit_code": exit_code,
    }


def _fault(error: LiftgateError) -> JsonObject:
    return {
        "code": (error.server_code if isinstance(error, FromServer) else None) or error.code,
        "detail": error.sentence,
        "advice": error.advice,
        "value": error.value,
        "where": error.where,
    }
