"""Looks at one log file: whose each call was, what is thought of it, and what the rules find."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from liftgate.watch.callers import Caller, Callers
from liftgate.watch.errors import NoSuchLogs
from liftgate.watch.event import OF_ANOTHER_AGE, Event
from liftgate.watch.event_keys import EventKey, event_keys
from liftgate.watch.finding import Finding
from liftgate.watch.judging import judged_of
from liftgate.watch.known import Known
from liftgate.watch.log_files import LogFile
from liftgate.watch.reading import Read, SetAside, read_in_parts
from liftgate.watch.rules.adding import Adding
from liftgate.watch.rules.rulebook import Rulebook
from liftgate.watch.seen_events import SeenEvents
from liftgate.watch.tampering import tampers_with
from liftgate.watch.verdict import Judged, Verdict, judge

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
    totals: dict[str, Adding] = field(
        default_factory=dict
    )  # by the id of the grant; where it was looked at alone


class Judge:
    """Looks at files: what is known and the rules, ready to be asked about many calls."""

    def __init__(self, known: Known, rules: Rulebook) -> None:
        """What is known must stay as it is meanwhile."""
        self.known = known
        self.rules = rules
        self._callers = Callers(known)

    def look(self, file: LogFile, *, without: SeenEvents | None = None) -> Looked:
        """What a file shows, but for events that ``without`` has seen; each of its events counts once."""
        looked, own = Looked(), set[EventKey]()
        try:
            for part in read_in_parts(file.data(), file.name):
                _count(part, looked)
                self._take(_once(part, own, without, looked), looked)
            self._callers.put_together()
        except NoSuchLogs as error:
            _count(Read(set_aside=[SetAside(reason=error.sentence, where=file.name, excerpt="")]), looked)
        looked.keys = list(own)
        return looked

    def look_alone(self, file: LogFile, *, without: SeenEvents | None = None) -> Looked:
        """The same, with what the file's calls under grants came to."""
        looked = self.look(file, without=without)
        looked.totals = self.totals()
        return looked

    def totals(self) -> dict[str, Adding]:
        """What calls under grants came to since this was asked before, by the ids of the grants."""
        return self._callers.totals()

    def _take(self, calls: Iterable[tuple[Event, bytes]], looked: Looked) -> None:
        caller_of, expected, unrelated = self._callers.of, 0, 0
        for event, identity in calls:
            caller = caller_of(event, identity)
            if caller is None:
                self._judge(event, None, looked)
            elif caller.is_unrelated and tampers_with(event) is None:
                unrelated += 1  # most calls: no rule is asked about them
            elif caller.expects(event):
                expected += 1
            else:
                self._judge(event, caller, looked)
        looked.verdicts[Verdict.EXPECTED] += expected
        looked.verdicts[Verdict.UNRELATED] += unrelated

    def _judge(self, event: Event, caller: Caller | None, looked: Looked) -> None:
        if not event.is_of_our_age:
            _set_aside(OF_ANOTHER_AGE, event, looked)
            return
        try:
            judged = judge(event, caller.attribution) if caller else judged_of(event, self.known)
            findings = self.rules.of_call(judged) if _is_looked_at(judged) else ()
        except Exception as fault:  # noqa: BLE001 - one record that nobody foresaw may not end the rest
            _set_aside(f"it could not be judged: {type(fault).__name__}", event, looked)
            return
        looked.verdicts[judged.verdict] += 1
        looked.hits += [Hit(finding=one, event=event.by_itself()) for one in findings]
        if caller is not None and judged.verdict is Verdict.EXPECTED and not self.rules.looks_at(judged):
            caller.learn(event)
        self._callers.count(judged)


def _set_aside(reason: str, event: Event, looked: Looked) -> None:
    aside = SetAside(reason=reason, where=f"event {event.event_id[:64]}", excerpt="")
    _count(Read(set_aside=[aside]), looked)


def _is_looked_at(judged: Judged) -> bool:
    return judged.verdict is not Verdict.UNRELATED or judged.tampers is not None


def _once(
    part: Read, own: set[EventKey], without: SeenEvents | None, looked: Looked
) -> Iterable[tuple[Event, bytes]]:
    """Events that were not there before, each once, and who made them; ``own`` takes them in."""
    keys = event_keys([event.event_id for event in part.events])
    distinct, calls = set(keys), zip(part.events, part.identities, strict=True)
    before = set() if without is None else without.among(distinct)
    if len(distinct) == len(keys) and own.isdisjoint(distinct) and not before:
        own |= distinct
        return calls
    kept = []
    for key, call in zip(keys, calls, strict=True):
        if key in own or key in before:
            looked.repeated += 1
        else:
            own.add(key)
            kept.append(call)
    return kept


def _count(part: Read, looked: Looked) -> None:
    looked.set_aside += part.set_aside[: max(0, _MOST_TOLD - len(looked.set_aside))]
    looked.set_aside_count += len(part.set_aside)
    looked.insights += part.insights
    looked.digests += part.is_digest
