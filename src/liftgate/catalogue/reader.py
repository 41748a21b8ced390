"""Catalogue YAML, read into a tree of texts that know their places.

YAML's traps are shut here. Every scalar stays the text that stands in the file, so an account id keeps its zeros and
``no`` stays a word. Anchors, aliases, tags, a second document, a key said twice, and characters that hide from a
reviewer's eye are faults. The tree is built from PyYAML's events rather than its composed nodes: only they show
anchors and tags, and they come one at a time, so a file nested too deeply is left before it costs anything.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import yaml

from liftgate.catalogue.fault import FaultKind, FaultList, Place, place_at

LARGEST_FILE: Final = 1 << 20  # bytes
DEEPEST: Final = 16  # the catalogue itself nests to seven
FAST_LOADER: Final = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

# Controls, and what can make a text look like another one: directional marks (CVE-2021-42574), invisible and
# unassigned characters, line breaks that only YAML knows. Joiners stay, because names need them.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_FORBIDDEN_BY_ESCAPE = re.compile(f"{_FORBIDDEN.pattern}|\r")
_PLAIN_KEY = re.compile("[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. ``plain`` tells ``true`` from ``"true"``."""

    place: Place
    text: str
    plain: bool

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was written where a value belongs."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of nodes."""

    place: Place
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping, by the text of each key."""

    place: Place
    entries: Mapping[str, Entry]


Node: TypeAlias = Scalar | Listing | Mapped
Loader: TypeAlias = type[yaml.CSafeLoader] | type[yaml.SafeLoader]


def read_document(
    file: str, content: bytes, faults: FaultList, *, loader: Loader = FAST_LOADER
) -> Node | None:
    """The one document in a file, or None where the file could not be read; ``faults`` then says why."""
    text = _decode(file, content, faults)
    if text is None:
        return None
    faults.add_text(file, text)
    hidden = _FORBIDDEN.search(text)
    if hidden:
        _forbid(hidden[0], place_at(file, text, hidden.start()), faults)
        return None
    reader = _Reader(file, faults)
    try:
        node = reader.document(yaml.parse(text, Loader=loader))
    except _Unreadable:
        return None
    except yaml.MarkedYAMLError as error:
        faults.add(FaultKind.SYNTAX, _error_place(file, error), _problem(error), _SYNTAX_ADVICE)
        return None
    # The pure loader lets more than its own errors through, on numbers and depths beyond sense.
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        faults.add(FaultKind.SYNTAX, Place(file=file), f"not YAML: {_one_line(str(error))}", _SYNTAX_ADVICE)
        return None
    return None if reader.spoiled else node


_SYNTAX_ADVICE: Final = "indent with spaces, close quotes and brackets, and put a space after each `:`"


class _Unreadable(Exception):
    """Nothing more can be learnt from this file; its fault is recorded."""


class _Reader:
    """Builds the tree of one file from its events."""

    def __init__(self, file: str, faults: FaultList) -> None:
        self._file = file
        self._faults = faults
        self.spoiled = False  # something was refused: the tree is not what was meant

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        """The tree of the only document."""
        next(events)  # the start of the stream
        start = next(events)
        if isinstance(start, yaml.StreamEndEvent):
            self._refuse(FaultKind.EMPTY, Place(file=self._file), "the file is empty", "write `version: 1`")
            return None
        node = self._node(next(events), events, "", DEEPEST)
        next(events)  # the end of the document
        second = next(events)
        if isinstance(second, yaml.DocumentStartEvent):
            self._refuse(
                FaultKind.SEVERAL_DOCUMENTS,
                self._place(second, ""),
                "a second document begins here",
                "remove `---`, or put each document into a file of its own",
            )
        return node

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], path: str, depth: int) -> Node:
        place = self._place(event, path)
        self._refuse_extras(event, place)
        match event:
            case yaml.SequenceStartEvent():
                self._check_depth(place, depth)
                return Listing(place, tuple(self._items(events, path, depth)))
            case yaml.MappingStartEvent():
                self._check_depth(place, depth)
                return Mapped(place, self._entries(events, path, depth))
            case _:
                return self._scalar(event, place)

    def _items(self, events: Iterator[yaml.Event], path: str, depth: int) -> Iterator[Node]:
        for index, event in enumerate(events):
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, events, f"{path}[{index}]", depth - 1)

    def _entries(self, events: Iterator[yaml.Event], path: str, depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, events, path, depth)
            value = self._node(next(events), events, key.place.path, depth - 1)
            if key.text in entries:
                self._refuse(
                    FaultKind.DUPLICATE_KEY,
                    key.place,
                    f"`{key.text}` is said twice",
                    f"remove it here or at {entries[key.text].key.place}",
                )
            else:
                entries[key.text] = Entry(key, value)
        return entries

    def _key(self, event: yaml.Event, events: Iterator[yaml.Event], path: str, depth: int) -> Scalar:
        node = self._node(event, events, path, depth - 1)
        if isinstance(node, Scalar):
            return replace(node, place=replace(node.place, path=_join(path, node.text)))
        self._refuse(FaultKind.BAD_KEY, node.place, "a key is a word, not a list or mapping", "write a word")
        return Scalar(node.place, "", plain=True)

    def _scalar(self, event: yaml.Event, place: Place) -> Scalar:
        if not isinstance(event, yaml.ScalarEvent):  # an alias, already refused
            return Scalar(place, "", plain=True)
        hidden = _FORBIDDEN_BY_ESCAPE.search(event.value)  # by an escape: "\u202e"
        if hidden:
            self.spoiled = True
            _forbid(hidden[0], place, self._faults)
        # A scalar without a style was resolved from what it looks like: it was not quoted.
        return Scalar(place, event.value, plain=event.implicit[0])

    def _refuse_extras(self, event: yaml.Event, place: Place) -> None:
        if getattr(event, "anchor", None) is not None:
            self._refuse(
                FaultKind.ANCHOR,
                place,
                "anchors and aliases are not allowed: what a reviewer reads must be all that there is",
                "write the value out, or declare a group",
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse(FaultKind.TAG, place, f"the tag `{_one_line(tag)}` is not allowed", "remove the tag")

    def _check_depth(self, place: Place, depth: int) -> None:
        if depth <= 0:
            self._refuse(
                FaultKind.TOO_DEEP, place, f"nested more than {DEEPEST} deep", "close what was opened"
            )
            raise _Unreadable

    def _place(self, event: yaml.Event, path: str) -> Place:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:  # PyYAML's parsers mark every event
            return Place(file=self._file, path=path)
        width = end.column - start.column if end.line == start.line else 1
        return Place(
            file=self._file, line=start.line + 1, column=start.column + 1, width=max(width, 1), path=path
        )

    def _refuse(self, kind: FaultKind, place: Place, sentence: str, suggestion: str) -> None:
        self.spoiled = True
        self._faults.add(kind, place, sentence, suggestion)


def _decode(file: str, content: bytes, faults: FaultList) -> str | None:
    if len(content) > LARGEST_FILE:
        sentence = f"the file is larger than {LARGEST_FILE:,} bytes"
        faults.add(
            FaultKind.TOO_LARGE, Place(file=file), sentence, "split it: a folder of files is one catalogue"
        )
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", errors="replace")
        faults.add_text(file, content.decode("utf-8-sig", errors="replace"))
        place = place_at(file, before, len(before))
        faults.add(FaultKind.NOT_UTF8, place, "this byte is not UTF-8", "save the file as UTF-8")
        return None


def _forbid(character: str, place: Place, faults: FaultList) -> None:
    sentence = f"the character U+{ord(character):04X} is not allowed: it does not show, or reorders what does"
    faults.add(FaultKind.FORBIDDEN_CHARACTER, place, sentence, "remove it")


def _error_place(file: str, error: yaml.MarkedYAMLError) -> Place:
    mark = error.problem_mark or error.context_mark
    return Place(file=file, line=mark.line + 1, column=mark.column + 1) if mark else Place(file=file)


def _problem(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return f"not YAML: {_one_line(' '.join(parts))}"


def _one_line(text: str) -> str:
    return " ".join(_FORBIDDEN.sub("?", text[:200]).split())


def _join(path: str, key: str) -> str:
    if not _PLAIN_KEY.fullmatch(key):
        shown = key[:40].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{path}["{shown}"]'
    return f"{path}.{key}" if path else key
