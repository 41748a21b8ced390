"""From bytes to CloudTrail records, in whatever wrapping they come. What cannot be read is set aside, and never stops the rest.

>>> found = read(b'[{"eventID":"1","eventTime":"2026-11-02T12:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject"},7]', "a.json")
>>> found.events[0].event_name, found.set_aside[0].where, found.set_aside[0].reason
('GetObject', 'a.json, record 2', 'Expected `object`, got `int`')
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import msgspec

from liftgate.watch.event import Event, check_identities
from liftgate.watch.splitting import holds_records, is_open, records_in
from liftgate.watch.unpacking import LARGEST, Unpacked, unpack

_EXCERPT: Final = 200
_LONG: Final = 1024 * 1024  # bytes of text from which on it is read in parts
_AT_ONCE: Final = 64  # records: what is in the processor's caches is quick
_DEEPEST: Final = 4  # wrappings: a queue's message of a notification of an event of a record
_NOTHING: Final = msgspec.Raw()
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Something that could not be read."""

    reason: str  # in a few words, without a full stop
    where: str  # "a.json.gz, record 17"
    excerpt: str  # how it begins; text of others


@dataclass(frozen=True, kw_only=True)
class Read:
    """What came out of one file or message."""

    events: Sequence[Event] = ()
    set_aside: Sequence[SetAside] = ()
    insights: int = 0  # CloudTrail's own findings about rates of calls: no calls, and passed over
    is_digest: bool = False  # CloudTrail's list of what it delivered: see ``liftgate.watch.digest``
    texts: Callable[[], Sequence[bytes | msgspec.Raw]] = field(default=tuple, repr=False, compare=False)

    @cached_property
    def identities(self) -> Sequence[bytes]:
        """The JSON of each event's ``userIdentity``, in their order."""
        return [bytes(event.identity) for event in self.events]

    def raw(self, place: int) -> bytes:
        """The JSON of an event as it came, with the fields that nobody knows; ``place`` is its place in ``events``."""
        return bytes(self._texts[place])

    @cached_property
    def _texts(self) -> Sequence[bytes | msgspec.Raw]:
        return self.texts()


def read(data: bytes, where: str, *, largest: int = LARGEST) -> Read:
    """All records in a file or a message. ``where`` is its name, for what is set aside; nothing is raised for what it holds.

    Takes gzip and plain text; ``{"Records": […]}``, a list of records, one record, JSON Lines of any of these; and
    records as EventBridge, SQS, SNS and ``aws cloudtrail lookup-events`` wrap them.
    """
    return _whole(unpack(data, largest=largest), where)


def _whole(unpacked: Unpacked, where: str) -> Read:
    if unpacked.fault is None:
        return _text(unpacked.text, where, 0)
    found = _split(unpacked.text, where)
    broken = SetAside(reason=unpacked.fault, where=where, excerpt="")
    return replace(found, set_aside=(broken, *found.set_aside))


def read_in_parts(data: bytes, where: str, *, largest: int = LARGEST) -> Iterator[Read]:
    """The same, a part at a time where there is much of it, so that little is in memory beside the text."""
    unpacked = unpack(data, largest=largest)
    del data
    records = _long_list(unpacked)
    if records is None:
        yield _whole(unpacked, where)
        return
    for start in range(0, len(records), _AT_ONCE):
        part = records[start : start + _AT_ONCE]
        try:
            read = _checked([_EVENT.decode(one) for one in part], _constant(part))
        except _UNREADABLE:
            read = _each(part, where, 0, first=start + 1)
        yield read


def _checked(events: Sequence[Event], texts: Callable[[], Sequence[bytes | msgspec.Raw]]) -> Read:
    """Events whose callers are told as they should be, too. Raises msgspec.ValidationError."""
    read = Read(events=events, texts=texts)
    check_identities(read.identities)
    return read


def _constant(texts: Sequence[msgspec.Raw]) -> Callable[[], Sequence[bytes | msgspec.Raw]]:
    return lambda: texts


def _long_list(unpacked: Unpacked) -> Sequence[msgspec.Raw] | None:
    text = unpacked.text
    if unpacked.fault is not None or len(text) < _LONG:
        return None
    try:
        return _RAW_FILE.decode(text).records if _is_file(text) else _RAW_LIST.decode(text)
    except _UNREADABLE:
        return None


class _File(msgspec.Struct, gc=False):
    records: list[Event] = msgspec.field(name="Records")


class _RawFile(msgspec.Struct, gc=False):
    records: list[msgspec.Raw] = msgspec.field(name="Records")


class _Message(msgspec.Struct, gc=False):
    """A message of a queue, as Lambda, as ReceiveMessage, or as lookup-events writes it."""

    body: str | None = None
    received: str | None = msgspec.field(default=None, name="Body")
    looked_up: str | None = msgspec.field(default=None, name="CloudTrailEvent")


class _Wrapping(msgspec.Struct, gc=False):
    """What an object may be that is no record itself."""

    records: msgspec.Raw = msgspec.field(default=_NOTHING, name="Records")
    messages: list[_Message] = msgspec.field(default_factory=list, name="Messages")
    looked_up: list[_Message] = msgspec.field(default_factory=list, name="Events")
    detail: msgspec.Raw = _NOTHING
    message: str | None = msgspec.field(default=None, name="Message")
    body: str | None = None
    received: str | None = msgspec.field(default=None, name="Body")
    digest_end: str | None = msgspec.field(default=None, name="digestEndTime")
    insight: msgspec.Raw = msgspec.field(default=_NOTHING, name="insightDetails")
    log_keys: list[str] | None = msgspec.field(default=None, name="s3ObjectKey")


_FILE: Final = msgspec.json.Decoder(_File)
_RAW_FILE: Final = msgspec.json.Decoder(_RawFile)
_LIST: Final = msgspec.json.Decoder(list[Event])
_RAW_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_MESSAGES: Final = msgspec.json.Decoder(list[_Message])
_EVENT: Final = msgspec.json.Decoder(Event)
_WRAPPING: Final = msgspec.json.Decoder(_Wrapping)


def _text(text: bytes, where: str, depth: int) -> Read:
    """One document, or several, a line each."""
    start = text[:64].lstrip()[:1]
    try:
        if start == b"[":  # the two that must be quick
            return _checked(_LIST.decode(text), lambda: _RAW_LIST.decode(text))
        if _is_file(text):
            return _checked(_FILE.decode(text).records, lambda: _RAW_FILE.decode(text).records)
    except _UNREADABLE:
        pass  # something in it is no record: each by itself
    if not text.strip():
        return Read()
    if start not in {b"{", b"["}:
        return _aside("this is neither JSON nor gzip", where, text)
    return _document(text, where, depth)


def _is_file(text: bytes) -> bool:
    return text[:64].lstrip().startswith(b'{"Records"')


def _document(text: bytes, where: str, depth: int) -> Read:
    try:
        if text.lstrip().startswith(b"["):
            return _each(_RAW_LIST.decode(text), where, depth)
        return _object(text, where, depth)
    except _UNREADABLE as error:
        lines = text.splitlines() if b"\n" in text.strip() else []
        if len(lines) > 1 and _stands_alone(lines):
            return _joined(
                _text(line, f"{where}, line {number}", depth)
                for number, line in enumerate(lines, start=1)
                if line.strip()
            )
        if holds_records(text):
            found = _split(text, where)
            if not isinstance(error, RecursionError) or is_open(text):
                return replace(found, set_aside=(*found.set_aside, _broken(error, where, text)))
            return found
        return Read(set_aside=(_broken(error, where, text),))


def _stands_alone(lines: Iterable[bytes]) -> bool:
    """Whether the first line is JSON by itself, or begins a record and the next one too: then each line is one."""
    first, second = [line.lstrip() for line in lines if line.strip()][:2]
    if first[:1] != b"{":
        return False
    try:
        msgspec.json.decode(first, type=msgspec.Raw)
    except _UNREADABLE:
        return second[:1] == b"{"
    return True


def _object(text: bytes, where: str, depth: int) -> Read:
    """A record, or one wrapped."""
    try:
        return _checked((_EVENT.decode(text),), lambda: (text,))
    except msgspec.ValidationError as error:
        fault = error
    if depth > _DEEPEST:
        return _aside("it is wrapped too many times", where, text)
    try:
        wrapping = _WRAPPING.decode(text)
    except msgspec.ValidationError:
        return Read(set_aside=(_broken(fault, where, text),))
    inner = _unwrapped(wrapping, where, depth)
    return inner or Read(set_aside=(_broken(fault, where, text),))


def _unwrapped(found: _Wrapping, where: str, depth: int) -> Read | None:
    if found.records:
        return _records(found.records, where, depth)
    if found.insight:
        return Read(insights=1)
    if found.digest_end is not None:
        return Read(is_digest=True)
    if found.log_keys is not None:
        return _aside("it announces log files in S3, and holds no record", where, b"")
    return _of_records(found, where, depth)


def _of_records(found: _Wrapping, where: str, depth: int) -> Read | None:
    if found.detail:
        return _text(bytes(found.detail), where, depth + 1)
    if found.messages or found.looked_up:
        return _messages([*found.messages, *found.looked_up], where, depth)
    body = found.message or found.body or found.received
    return None if body is None else _text(body.encode(), where, depth + 1)


def _records(records: msgspec.Raw, where: str, depth: int) -> Read:
    """What stands under ``Records``: records, or messages as a Lambda function gets them."""
    try:
        messages = _MESSAGES.decode(records)
    except _UNREADABLE:
        messages = []
    if messages and all(one.body is not None for one in messages):
        return _messages(messages, where, depth)
    return _each(_RAW_LIST.decode(records), where, depth)


def _messages(messages: Iterable[_Message], where: str, depth: int) -> Read:
    bodies = [one.body or one.received or one.looked_up or "" for one in messages]
    return _joined(
        _text(body.encode(), f"{where}, message {number}", depth + 1) for number, body in enumerate(bodies, 1)
    )


def _each(records: Iterable[bytes | msgspec.Raw], where: str, depth: int, *, first: int = 1) -> Read:
    """Each record by itself, because something in the list is none."""
    return _joined(
        _alone(bytes(one), f"{where}, record {number}", depth) for number, one in enumerate(records, first)
    )


def _alone(text: bytes, where: str, depth: int) -> Read:
    try:
        return _object(text, where, depth + 1)
    except _UNREADABLE as error:
        return Read(set_aside=(_broken(error, where, text),))


def _split(text: bytes, where: str) -> Read:
    """The records that stand whole in text that is not."""
    return _joined(_alone(one, f"{where}, record {number}", 0) for number, one in records_in(text))


def _joined(reads: Iterable[Read]) -> Read:
    parts = list(reads)
    return Read(
        events=[event for part in parts for event in part.events],
        set_aside=[one for part in parts for one in part.set_aside],
        insights=sum(part.insights for part in parts),
        texts=lambda: list(_texts(parts)),
    )


def _texts(parts: Iterable[Read]) -> Iterator[bytes | msgspec.Raw]:
    for part in parts:
        yield from part.texts()


def _aside(reason: str, where: str, text: bytes) -> Read:
    return Read(set_aside=(SetAside(reason=reason, where=where, excerpt=_excerpt(text)),))


def _broken(error: Exception, where: str, text: bytes) -> SetAside:
    if isinstance(error, RecursionError):
        reason = "it is nested too deeply"
    elif isinstance(error, UnicodeDecodeError):
        reason = "it is not UTF-8"
    else:
        reason = str(error)[:_EXCERPT]
    return SetAside(reason=reason, where=where, excerpt=_excerpt(text))


def _excerpt(text: bytes) -> str:
    return text[:_EXCERPT].decode(errors="backslashreplace")
