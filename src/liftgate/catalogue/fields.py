"""A node read against its shape: typed values with their places, and a fault for everything that does not fit."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from liftgate.catalogue.fault import FaultKind, FaultList, Place
from liftgate.catalogue.nearest import suggest
from liftgate.catalogue.reader import Entry, Listing, Mapped, Node, Scalar
from liftgate.catalogue.shape import (
    ByName,
    Choice,
    Flag,
    Record,
    Records,
    Shape,
    Span,
    Text,
    Texts,
    Whole,
)
from liftgate.span import SpanUnreadable, in_words, parse_span

T = TypeVar("T")
S = TypeVar("S", bound=Shape)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Marked(Generic[T]):
    """A value and the place where it was written."""

    value: T
    place: Place


@dataclass(frozen=True, slots=True)
class Fields:
    """A record's values by key. Each method reads one, and answers None where it is absent or faulty."""

    record: Record
    place: Place
    entries: Mapping[str, Entry]
    faults: FaultList

    def has(self, name: str) -> bool:
        """Whether the key was written, whatever its value."""
        return name in self.entries

    def place_of(self, name: str) -> Place:
        """Where a key's value stands, or the record where it was left out."""
        return self.entries[name].value.place if name in self.entries else self.place

    def text(self, name: str) -> Marked[str] | None:
        """One text."""
        node = self._scalar(name)
        return read_text(node, self._shape(name, Text), self.faults) if node else None

    def choice(self, name: str) -> str | None:
        """One of a few words."""
        node, words = self._scalar(name), self._shape(name, Choice).words
        if node is None or node.text in words:
            return node.text if node else None
        sentence = f"`{_shown(node.text)}` is none of {_listed(words)}"
        self.faults.add(FaultKind.BAD_CHOICE, node.place, sentence, _suggest_word(node.text, words))
        return None

    def flag(self, name: str) -> bool | None:
        """True or false."""
        node, _ = self._scalar(name), self._shape(name, Flag)
        if node is None or (node.plain and node.text in {"true", "false"}):
            return node.text == "true" if node else None
        meant = "true" if node.text.lower() in {"true", "yes", "on", "y", "1"} else "false"
        sentence = f"`{_shown(node.text)}` is neither `true` nor `false`"
        self.faults.add(FaultKind.BAD_FLAG, node.place, sentence, f"write `{meant}`, without quotes")
        return None

    def whole(self, name: str) -> Marked[int] | None:
        """A whole number."""
        node, shape = self._scalar(name), self._shape(name, Whole)
        if node is None:
            return None
        if node.plain and re.fullmatch("[0-9]{1,9}", node.text):
            number = int(node.text)
            if shape.least <= number <= shape.most:
                return Marked(number, node.place)
        many = f"a whole number from {shape.least} to {shape.most}"
        bounds = f"`{shape.least}`" if shape.least == shape.most else many
        sentence = f"`{_shown(node.text)}` is not {bounds}"
        self.faults.add(FaultKind.BAD_NUMBER, node.place, sentence, f"write `{shape.least}`, without quotes")
        return None

    def span(self, name: str) -> Marked[timedelta] | None:
        """A duration."""
        node, shape = self._scalar(name), self._shape(name, Span)
        if node is None:
            return None
        try:
            span = parse_span(node.text)
        except SpanUnreadable as error:
            self.faults.add_error(FaultKind.BAD_DURATION, node.place, error)
            return None
        if shape.least <= span <= shape.most:
            return Marked(span, node.place)
        word, bound = ("longer", shape.most) if span > shape.most else ("shorter", shape.least)
        sentence = f"`{node.text}` is {word} than `{name}` may be"
        suggestion = f"at {'most' if word == 'longer' else 'least'} `{in_words(bound)}`"
        self.faults.add(FaultKind.BAD_DURATION, node.place, sentence, suggestion)
        return None

    def texts(self, name: str) -> tuple[Marked[str], ...] | None:
        """A list of texts. Faulty items are left out; None only where there is no list."""
        entry, shape = self._entry(name), self._shape(name, Texts)
        return _read_texts(entry, shape, self.faults) if entry else None

    def fields(self, name: str) -> "Fields | None":
        """A record within this one."""
        entry, shape = self._entry(name), self._shape(name, Record)
        return read_fields(entry.value, shape, self.faults) if entry else None

    def records(self, name: str) -> Iterator["Fields"]:
        """The records of a list."""
        entry, shape = self._entry(name), self._shape(name, Records)
        if entry is None:
            return
        listing = _expect_listing(entry.value, f"a list, each item {shape.item.title}", self.faults)
        for node in listing.items if listing else ():
            fields = read_fields(node, shape.item, self.faults)
            if fields is not None:
                yield fields

    def by_name(self, name: str) -> Iterator[tuple[Marked[str], Entry]]:
        """The entries of a mapping from names, of which the names that have the right form."""
        entry, shape = self._entry(name), self._shape(name, ByName)
        if entry is None:
            return
        mapped = _expect_mapped(entry.value, f"a mapping, each key {shape.name.form}", self.faults)
        for item in mapped.entries.values() if mapped else ():
            key = read_text(item.key, shape.name, self.faults)
            if key is not None:
                yield key, item

    def named_fields(self, name: str) -> Iterator[tuple[Marked[str], "Fields | None"]]:
        """The records of a mapping from names; None for one that is no record."""
        shape = self._shape(name, ByName).value
        if not isinstance(shape, Record):
            raise TypeError(f"{name} holds no records")
        for key, entry in self.by_name(name):
            yield (
                key,
                None if _is_nothing(entry, self.faults) else read_fields(entry.value, shape, self.faults),
            )

    def named_texts(self, name: str) -> Iterator[tuple[Marked[str], tuple[Marked[str], ...] | None]]:
        """The lists of a mapping from names; None for one that is no list."""
        shape = self._shape(name, ByName).value
        if not isinstance(shape, Texts):
            raise TypeError(f"{name} holds no lists")
        for key, entry in self.by_name(name):
            yield key, None if _is_nothing(entry, self.faults) else _read_texts(entry, shape, self.faults)

    def _entry(self, name: str) -> Entry | None:
        entry = self.entries.get(name)
        return None if entry is None or _is_nothing(entry, self.faults) else entry

    def _scalar(self, name: str) -> Scalar | None:
        entry = self._entry(name)
        return _expect_scalar(entry.value, f"one value for `{name}`", self.faults) if entry else None

    def _shape(self, name: str, kind: type[S]) -> S:
        shape = self.record.by_name[name].holds
        if not isinstance(shape, kind):
            raise TypeError(f"{name} is declared as {type(shape).__name__}")
        return shape


def read_fields(node: Node, record: Record, faults: FaultList) -> Fields | None:
    """A record's fields, after a look for keys that it does not know and keys that it lacks."""
    mapped = _expect_mapped(node, f"{record.title}, a mapping", faults)
    if mapped is None:
        return None
    known = record.by_name
    for name, entry in mapped.entries.items():
        if name not in known:
            faults.add(
                FaultKind.UNKNOWN_KEY,
                entry.key.place,
                f"{record.title} has no key `{_shown(name)}`",
                suggest(name, known, f"its keys are {_listed(known)}"),
            )
    for key in record.keys:
        if key.required and key.name not in mapped.entries:
            sentence = f"{record.title} needs the key `{key.name}`"
            faults.add(FaultKind.MISSING_KEY, mapped.place, sentence, f"add `{key.name}`: {key.says}")
    return Fields(record, mapped.place, mapped.entries, faults)


def read_text(node: Scalar, shape: Text, faults: FaultList) -> Marked[str] | None:
    """A text of the right form, without white space at its ends."""
    text = node.text.strip()
    if not text:
        problem = "is empty"
    elif len(text) > shape.most:
        problem = f"is longer than {shape.most} characters"
    elif "\n" in text and not shape.lines:
        problem = "has several lines"
    elif shape.pattern is not None and not re.fullmatch(shape.pattern, node.text):
        problem = f"is not {shape.form}"
    else:
        return Marked(text, node.place)
    faults.add(FaultKind.BAD_TEXT, node.place, f"`{_shown(text)}` {problem}", f"write {shape.form}")
    return None


def _read_texts(entry: Entry, shape: Texts, faults: FaultList) -> tuple[Marked[str], ...] | None:
    listing = _expect_listing(entry.value, f"a list, each item {shape.item.form}", faults)
    if listing is None:
        return None
    if len(listing.items) < shape.least:
        sentence = f"`{entry.key.text}` lists nothing"
        faults.add(FaultKind.EMPTY_LIST, listing.place, sentence, f"list {shape.item.form}")
    if len(listing.items) > shape.most:
        sentence = f"`{entry.key.text}` lists {len(listing.items):,} items"
        faults.add(FaultKind.LONG_LIST, listing.place, sentence, f"list at most {shape.most:,}")
        return None
    texts: dict[str, Marked[str]] = {}
    for item in listing.items:
        scalar = _expect_scalar(item, shape.item.form, faults)
        text = read_text(scalar, shape.item, faults) if scalar else None
        if text is None:
            continue
        first = texts.setdefault(text.value, text)
        if first is not text:
            sentence = f"`{_shown(text.value)}` is listed twice"
            faults.add(FaultKind.LISTED_TWICE, text.place, sentence, f"remove it here or at {first.place}")
    return tuple(texts.values())


def _is_nothing(entry: Entry, faults: FaultList) -> bool:
    if not (isinstance(entry.value, Scalar) and entry.value.is_nothing):
        return False
    sentence = f"`{_shown(entry.key.text)}` has no value"
    faults.add(FaultKind.NO_VALUE, entry.key.place, sentence, "write a value, or remove the key")
    return True


def _expect_scalar(node: Node, wanted: str, faults: FaultList) -> Scalar | None:
    if isinstance(node, Scalar):
        return node
    _add_wrong_shape(node, wanted, faults)
    return None


def _expect_listing(node: Node, wanted: str, faults: FaultList) -> Listing | None:
    if isinstance(node, Listing):
        return node
    _add_wrong_shape(node, wanted, faults)
    return None


def _expect_mapped(node: Node, wanted: str, faults: FaultList) -> Mapped | None:
    if isinstance(node, Mapped):
        return node
    _add_wrong_shape(node, wanted, faults)
    return None


def _add_wrong_shape(node: Node, wanted: str, faults: FaultList) -> None:
    suggestion = "write it as the reference shows"
    if isinstance(node, Scalar):
        found = f"`{_shown(node.text)}`"
        if wanted.startswith("a list") and re.fullmatch(r"[^\s,]{1,60}", node.text):
            suggestion = f"write `[{node.text}]`"
    else:
        found = "a list" if isinstance(node, Listing) else "a mapping"
    faults.add(FaultKind.WRONG_SHAPE, node.place, f"expected {wanted}, not {found}", suggestion)


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _listed(words: "Mapping[str, object] | tuple[str, ...]") -> str:
    return ", ".join(f"`{word}`" for word in words)


def _suggest_word(text: str, words: tuple[str, ...]) -> str:
    return f"write `{words[0]}`" if len(words) == 1 else suggest(text, words, f"write {_listed(words)}")
