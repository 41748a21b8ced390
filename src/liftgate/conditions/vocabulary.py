"""What a condition may name: facts, each with its kind. What is not declared here is refused when a condition is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeAlias

Value: TypeAlias = str | bool | int | datetime | tuple[str, ...]
# The value of the fact of a name; None where it is missing, which only an optional fact may be.
Facts: TypeAlias = Callable[[str], Value | None]

LONGEST_TEXT: Final = (
    4_096  # characters of one text, and items of a list: what an evaluation costs is bounded
)
MOST_ITEMS: Final = 100


class Kind(StrEnum):
    """What a fact holds."""

    TEXT = "text"
    FLAG = "true or false"
    WHOLE = "whole number"
    MOMENT = "time"
    TEXTS = "list of texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that a condition may name."""

    kind: Kind
    says: str
    optional: bool = False  # it may be missing: then a condition asks ``has(…)`` before it uses it


# By name: "duration", or with a root, "call.operation".
Vocabulary: TypeAlias = Mapping[str, Fact]

EMPTY: Final[Mapping[Kind, Value]] = {
    Kind.TEXT: "",
    Kind.FLAG: False,
    Kind.WHOLE: 0,
    Kind.MOMENT: datetime(1970, 1, 1, tzinfo=UTC),
    Kind.TEXTS: (),
}
FILLED: Final[Mapping[Kind, Value]] = {
    Kind.TEXT: "a",
    Kind.FLAG: True,
    Kind.WHOLE: 1,
    Kind.MOMENT: datetime(2026, 1, 1, tzinfo=UTC),
    Kind.TEXTS: ("a",),
}
