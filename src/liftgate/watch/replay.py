"""Reads log files again: whose each call was, what is thought of it, and what the rules find, without a store.

The same files give the same, in whatever order, however often an event stands in them, and with one process or two. Files
are read one at a time, so memory does not grow with their number, but for the ids of their events.
"""

import gc
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from liftgate.watch.attribution import UNRELATED, Attributor
from liftgate.watch.errors import NoSuchLogs
from liftgate.watch.event import Event
from liftgate.watch.finding import Finding
from liftgate.watch.known import Known
from liftgate.watch.log_files import LogFile
from liftgate.watch.reading import Read, SetAside, read_in_parts
from liftgate.watch.rules.adding import Adding
from liftgate.watch.rules.rulebook import Rulebook
from liftgate.watch.tampering import tampers_with
from liftgate.watch.verdict import Verdict, judge

EventKey: TypeAlias = int | str
"""An event's id, small: most are UUIDs."""

_UUID: Final = 36  # characters
_MOST_TOLD: Final = 100  # of one file's records that were set aside; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A finding, and the event that shows it; None where a whole grant does."""

    finding: Finding
    event: Event | None


@dataclass(slots=True, kw_only=True)
class Looked:
    """What one file showed."""

    keys: list[EventKey] = field(default_factory=list)
    repeated: int = 0
    hits: list[Hit] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    set_aside_count: int = 0
    insights: int = 0
    digests: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    totals: dict[str, Adding] = field(default_factory=dict)  # by the id of the grant


@dataclass(slots=True, kw_only=True)
class Summary:
    """What all files showed together; complete when all hits were taken."""

    files: int = 0
    bytes: int = 0  # as they lie there
    events: int = 0  # each once
    repeated: int = 0  # copies of events, passed over
    set_aside: list[SetAside] = field(default_factory=list)  # the first of each file
    set_aside_count: int = 0
    insights: int = 0
    digests: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)

    @property
    def findings(self) -> int:
        """How many there are."""
        return sum(self.severities.values())


class Judge:
    """Looks at files: what is known and the rules, ready to be asked about many calls."""

    def __init__(self, known: Known, rules: Rulebook) -> None:
        """What is known must stay as it is meanwhile."""
        self.known = known
        self._attribute = Attributor(known)
        self.rules = rules

    def look(self, file: LogFile, *, without: Container[EventKey] = ()) -> Looked:
        """What a file shows, but for events that are in ``without``; each of its events counts once."""
        looked, own = Looked(), set[EventKey]()
        try:
            for part in read_in_parts(file.data(), file.name):
                _count(part, looked)
                for event in part.events:
                    key = _key(event.event_id)
                    if key in own or key in without:
                        looked.repeated += 1
                        continue
                    own.add(key)
                    self._take(event, looked)
        except NoSuchLogs as error:
            _count(Read(set_aside=[SetAside(reason=error.sentence, where=file.name, excerpt="")]), looked)
        looked.keys = list(own)
        return looked

    def _take(self, event: Event, looked: Looked) -> None:
        attribution = self._attribute(event)
        if (
            attribution is UNRELATED and tampers_with(event) is None
        ):  # most calls: nobody asks for more of them
            looked.verdicts[Verdict.UNRELATED] += 1
            return
        judged = judge(event, attribution)
        verdict = judged.verdict
        looked.verdicts[verdict] += 1
        for finding in self.rules.of_call(judged):
            looked.hits.append(Hit(finding=finding, event=event))
        grant = judged.grant
        if grant is not None:
            added = looked.totals.get(grant.id)
            if added is None:
                added = looked.totals[grant.id] = Adding()
            added.add(judged)


class LookAt(Protocol):
    """Looks at files, perhaps with other processes, and gives what each showed, in their order."""

    def __call__(
        self, files: Sequence[LogFile], judging: Judge, rulebook: Callable[[], Rulebook]
    ) -> Iterator[Looked]:
        """``judging`` is for this process; ``rulebook`` makes one in another."""
        ...


def in_turn(
    files: Sequence[LogFile],
    judging: Judge,
    rulebook: Callable[[], Rulebook],  # noqa: ARG001 - for others
) -> Iterator[Looked]:
    """One file after another, in this process."""
    return map(judging.look, files)


def replay(
    files: Sequence[LogFile],
    known: Known,
    rulebook: Callable[[], Rulebook],
    summary: Summary,
    *,
    look_at: LookAt = in_turn,
    on_file: Callable[[LogFile], object] = lambda _: None,
) -> Iterator[Hit]:
    """Each finding once, in the order of the files; then those about whole grants. ``summary`` is filled meanwhile."""
    rules = rulebook()
    judging = Judge(known, rules)
    seen, found, totals = set[EventKey](), set[str](), dict[str, Adding]()
    with _without_collection():
        for file, first_look in zip(files, look_at(files, judging, rulebook), strict=True):
            has_copies = not seen.isdisjoint(first_look.keys)
            looked = judging.look(file, without=seen) if has_copies else first_look
            seen.update(looked.keys)
            _add(summary, file, looked)
            for grant_id, one in looked.totals.items():
                totals.setdefault(grant_id, Adding()).merge(one)
            on_file(file)
            yield from _new(looked.hits, found, summary)
    for grant_id in sorted(totals):
        grant = known.grant(grant_id)
        if grant is not None:
            hits = [Hit(finding=one, event=None) for one in rules.of_grant(grant, totals[grant_id].totals())]
            yield from _new(hits, found, summary)


def _key(event_id: str) -> EventKey:
    if len(event_id) == _UUID:
        try:
            return int(event_id.replace("-", ""), 16)
        except ValueError:
            pass
    return event_id


def _count(part: Read, looked: Looked) -> None:
    looked.set_aside += part.set_aside[: max(0, _MOST_TOLD - len(looked.set_aside))]
    looked.set_aside_count += len(part.set_aside)
    looked.insights += part.insights
    looked.digests += part.is_digest


def _add(summary: Summary, file: LogFile, looked: Looked) -> None:
    summary.files += 1
    summary.bytes += file.size
    summary.events += len(looked.keys)
    summary.repeated += looked.repeated
    summary.set_aside += looked.set_aside
    summary.set_aside_count += looked.set_aside_count
    summary.insights += looked.insights
    summary.digests += looked.digests
    summary.verdicts += looked.verdicts


def _new(hits: Iterable[Hit], found: set[str], summary: Summary) -> Iterator[Hit]:
    for hit in hits:
        if hit.finding.id not in found:
            found.add(hit.finding.id)
            summary.severities[hit.finding.severity] += 1
            yield hit


@contextmanager
def _without_collection() -> Iterator[None]:
    """Python's search for cycles looks through all events again and again, and they have none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
