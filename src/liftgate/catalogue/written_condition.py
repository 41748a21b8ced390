"""A condition as it stands in a file: compiled, and each fault of it at its line and column there."""

from enum import StrEnum

from liftgate.catalogue.fault import FaultList, Place
from liftgate.catalogue.fields import Marked
from liftgate.conditions.condition import Condition, compile_condition
from liftgate.conditions.errors import ConditionUnreadable
from liftgate.conditions.vocabulary import Vocabulary


def read_condition(
    text: Marked[str] | None, vocabulary: Vocabulary, kind: StrEnum, lines: list[str], faults: FaultList
) -> Condition | None:
    """A condition; None where there is none or it is faulty. ``lines`` are those of its file, ``kind`` that of a fault."""
    if text is None:
        return None
    try:
        return compile_condition(text.value, vocabulary)
    except ConditionUnreadable as error:
        faults.add(kind, _place(text.place, error, lines), error.sentence, error.advice)
        return None


def _place(start: Place, error: ConditionUnreadable, lines: list[str]) -> Place:
    """Where in the file a fault of a condition stands. In folded texts the line is near, not exact."""
    written = lines[start.line - 1][start.column - 1 :] if start.line <= len(lines) else ""
    if not written.startswith(("|", ">")):
        quotes = len(written) - len(written.lstrip("\"'")) if written.startswith(('"', "'")) else 0
        line, column = start.line, start.column + min(quotes, 1) + error.column - 1
    else:
        line = min(start.line + error.line, len(lines))
        text = lines[line - 1]
        column = len(text) - len(text.lstrip()) + error.column
    return Place(file=start.file, line=line, column=column, width=error.width, path=start.path)
