"""Reads log files again: whose each call was, what is thought of it, and what the rules find, without a store.

The same files give the same, in whatever order, however often an event stands in them, and with one process or two. Files
are read one at a time; what grows with their number is ``seen`` alone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from liftgate.watch.known import Known
from liftgate.watch.log_files import LogFile
from liftgate.watch.look import Hit, Judge, Looked
from liftgate.watch.reading import SetAside
from liftgate.watch.rules.adding import Adding
from liftgate.watch.rules.rulebook import Rulebook
from liftgate.watch.seen_events import SeenEvents, SeenInMemory
from liftgate.watch.verdict import Verdict
from liftgate.without_collection import without_collection


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


class LookAt(Protocol):
    """Looks at files, perhaps with other processes, and gives what each showed, in their order."""

    def __call__(
        self,
        files: Sequence[LogFile],
        judging: Judge,
        rulebook: Callable[[], Rulebook],
        seen: SeenEvents,
    ) -> Iterator[Looked]:
        """``judging`` is for this process; ``rulebook`` makes one in another. ``seen`` grows: the events of files that were given."""
        ...


def in_turn(
    files: Sequence[LogFile],
    judging: Judge,
    rulebook: Callable[[], Rulebook],  # noqa: ARG001 - for others
    seen: SeenEvents,
) -> Iterator[Looked]:
    """One file after another, in this process; what calls came to stays with ``judging``, to be asked for once."""
    for file in files:
        yield judging.look(file, without=seen)


def replay(
    files: Sequence[LogFile],
    known: Known,
    rulebook: Callable[[], Rulebook],
    summary: Summary,
    *,
    look_at: LookAt = in_turn,
    seen: SeenEvents | None = None,
    on_file: Callable[[LogFile], object] = lambda _: None,
) -> Iterator[Hit]:
    """Each finding once, in the order of the files; then those about whole grants. ``summary`` is filled meanwhile.

    ``seen`` remembers which events were there before; left out, in memory.
    """
    rules = rulebook()
    judging = Judge(known, rules)
    seen = SeenInMemory() if seen is None else seen
    found, totals = set[str](), dict[str, Adding]()
    with without_collection():  # events have no cycles
        for file, first_look in zip(files, look_at(files, judging, rulebook, seen), strict=True):
            has_copies = bool(seen.among(first_look.keys))
            looked = judging.look_alone(file, without=seen) if has_copies else first_look
            seen.add(looked.keys)
            _add(summary, file, looked)
            _merge(totals, looked.totals)
            on_file(file)
            yield from _new(looked.hits, found, summary)
    _merge(totals, judging.totals())
    for grant_id in sorted(totals):
        grant = known.grant(grant_id)
        if grant is not None:
            hits = [Hit(finding=one, event=None) for one in rules.of_grant(grant, totals[grant_id].totals())]
            yield from _new(hits, found, summary)


def _merge(totals: dict[str, Adding], others: Mapping[str, Adding]) -> None:
    for grant_id, other in others.items():
        if grant_id in totals:
            totals[grant_id].merge(other)
        else:
            totals[grant_id] = other


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
