"""What a catalogue file may hold, as values: the parser, the JSON Schema and the reference all follow them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text, whole ``pattern``; ``form`` says in words what it is."""

    form: str
    pattern: str | None = None  # a regular expression that Python and ECMAScript read alike
    most: int = 200  # characters
    lines: bool = False  # whether it may have several


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number, both ends included."""

    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """``true`` or ``false``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A duration, both ends included."""

    least: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A list of texts, none twice."""

    item: Text
    least: int = 0
    most: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ByName:
    """A mapping from names to values of one shape."""

    name: Text
    value: "Record | Texts | Text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A list of records."""

    item: "Record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A mapping with known keys. ``title`` names it, as a noun with its article."""

    title: str
    keys: "tuple[Key, ...]"

    @property
    def by_name(self) -> "dict[str, Key]":
        """Its keys by their names."""
        return {key.name: key for key in self.keys}


Shape: TypeAlias = Text | Whole | Flag | Span | Choice | Texts | ByName | Records | Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a record: what it says, what it holds, and what holds where it is left out."""

    name: str
    says: str
    holds: Shape
    required: bool = False
    default: str | None = None  # in words or as it would be written
