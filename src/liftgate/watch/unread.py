"""A batch as it came: each event once, and beside them what could not be read, or is no record that CloudTrail writes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from liftgate.watch.activity import storable
from liftgate.watch.event import OF_ANOTHER_AGE, Event
from liftgate.watch.ids import sixteen
from liftgate.watch.ports import Records, SetAside

A_RECORD: Final = "a record"  # where one that could be read stood

_LONGEST_REASON: Final = 500
_LONGEST_EXCERPT: Final = 1_000
_MOST: Final = 100  # of one file or message that are kept one by one: each has an entry in the ledger
_LONGEST_ID: Final = 64  # a GUID has 36
_ID_LETTERS: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and where its JSON is, which few are asked for."""

    event: Event
    records: Records
    place: int

    @property
    def raw(self) -> str:
        """Its JSON as it came."""
        return self.records.raw(self.place).decode(errors="backslashreplace").replace("\x00", "\ufffd")


def each_once(batch: Iterable[Records], now: datetime) -> tuple[list[Told], list[SetAside]]:
    """The events of a batch, the first of each id, and what is set aside of it; of one file or message no more than makes sense."""
    events: dict[str, Told] = {}
    unread: dict[str, SetAside] = {}
    for records in batch:
        own = list(_unread(records, events, now))
        for one in own[:_MOST]:
            unread.setdefault(one.id, one)
        if len(own) > _MOST:
            rest = _rest(own[_MOST:])
            unread.setdefault(rest.id, rest)
    return list(events.values()), list(unread.values())


def _rest(unread: list[SetAside]) -> SetAside:
    """What is left of a file or a message in which there is too much, as one; it begins where the first of it does."""
    together = sixteen("".join(one.id for one in unread))
    return replace(unread[0], id=f"sa-{together}", reason=f"{len(unread):,} more could not be read")


def _unread(records: Records, events: dict[str, Told], now: datetime) -> Iterator[SetAside]:
    """What is set aside; the rest goes to ``events``."""
    for one in records.set_aside:
        yield set_aside(one.reason, one.where, one.excerpt, now)
    for place, event in enumerate(records.events):
        fault, told = _fault(event), Told(event, records, place)
        if fault is None:
            events.setdefault(event.event_id, told)
        else:
            yield set_aside(fault, A_RECORD, told.raw, now)


def _fault(event: Event) -> str | None:
    """Why an event is no record that CloudTrail writes, though it could be read."""
    if not 0 < len(event.event_id) <= _LONGEST_ID or not _ID_LETTERS.issuperset(event.event_id):
        return "its `eventID` is not an id"
    if not event.is_of_our_age:
        return OF_ANOTHER_AGE
    return None


def set_aside(reason: str, source: str, excerpt: str, now: datetime) -> SetAside:
    """Something to keep beside the calls; its id is of all that is given here, and what is kept is cut to what makes sense."""
    return SetAside(
        id="sa-" + sixteen(f"{source}\0{reason}\0{excerpt}"),
        reason=storable(reason, _LONGEST_REASON),
        source=storable(source),
        excerpt=storable(excerpt, _LONGEST_EXCERPT),
        at=now,
    )
