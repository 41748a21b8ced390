"""The totals of a grant: a function of the set of its calls, so that order, copies and delay change nothing.

Totals of two sets that share no call are put together with ``+``, in any order and grouping. Sets that overlap
are no sum: ``totals_of`` counts each event id once.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import datetime
from heapq import nsmallest
from typing import Any, Final, TypeVar

from liftgate.watch.rules.counted import Counted, network_of
from liftgate.watch.verdict import Verdict

T = TypeVar("T", str, tuple[str, str])
# Of more distinct things than this the first in order are kept: a stranger may send as many as they like. The first of
# a union are the first of the firsts, so totals stay a function of the set.
MOST_KEPT: Final = 1_000
_DELETES: Final = frozenset({"DeleteObject", "DeleteObjects"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What all calls under a grant come to."""

    calls: int = 0
    refused: int = 0
    reads: int = 0
    writes: int = 0  # that change something, and delete nothing
    deletes: int = 0  # calls of DeleteObject and DeleteObjects that did not fail
    objects_deleted: int = 0  # whose keys the records tell
    versions_deleted: int = 0  # of those, the ones that named a version: these are gone for good
    bulk_deletes: int = 0  # calls of DeleteObjects, up to 1,000 keys each, which the records do not tell
    outside_scope: int = 0
    outside_window: int = 0
    unclear: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    addresses: frozenset[str] = frozenset()
    networks: frozenset[tuple[str, str]] = (
        frozenset()
    )  # the name of a session, and a network it was used from
    user_agents: frozenset[tuple[str, str]] = frozenset()  # likewise, and a program's name
    buckets: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()

    def __add__(self, other: "Totals") -> "Totals":
        """The totals of both sets of calls, which share none."""
        if self is NO_CALLS or other is NO_CALLS:
            return other if self is NO_CALLS else self
        return Totals(
            **{
                one.name: _both(one.name, getattr(self, one.name), getattr(other, one.name))
                for one in _FIELDS
            }
        )


_FIELDS: Final = fields(Totals)
NO_CALLS: Final = Totals()


def totals_of(calls: Iterable[Counted]) -> Totals:
    """The totals of calls, each of which counts once however often it is there."""
    once = list({call.event_id: call for call in calls}.values())
    deletes = [call for call in once if _deletes(call) and not call.failed]
    single = [call for call in deletes if call.operation == "DeleteObject"]
    by_verdict = Counter(call.verdict for call in once)
    times = [call.at for call in once]
    return Totals(
        calls=len(once),
        refused=sum(call.refused for call in once),
        reads=sum(call.reads for call in once),
        writes=sum(not call.reads and not _deletes(call) for call in once),
        deletes=len(deletes),
        objects_deleted=len(single),
        versions_deleted=sum(call.versioned for call in single),
        bulk_deletes=len(deletes) - len(single),
        outside_scope=by_verdict[Verdict.OUTSIDE_SCOPE] + by_verdict[Verdict.TAMPERING],
        outside_window=by_verdict[Verdict.OUTSIDE_WINDOW],
        unclear=by_verdict[Verdict.UNCLEAR],
        bytes_in=sum(call.bytes_in for call in once),
        bytes_out=sum(call.bytes_out for call in once),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        addresses=first_kept({call.address for call in once if call.address}),
        networks=first_kept({(session, network_of(address)) for session, address in _places(once)}),
        user_agents=first_kept({(call.session, call.user_agent) for call in once if call.user_agent}),
        buckets=first_kept({call.bucket for call in once if call.bucket}),
        services=first_kept({call.service for call in once}),
    )


def _deletes(call: Counted) -> bool:
    return call.service == "s3" and call.operation in _DELETES


def _places(calls: Iterable[Counted]) -> set[tuple[str, str]]:
    """Sessions and the addresses that they were used from."""
    return {(call.session, call.address) for call in calls if call.address}


def most_in_one_session(pairs: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    """The things of the session that has the most of them; of several such, of the first by name."""
    by_session: dict[str, set[str]] = {}
    for session, thing in pairs:
        by_session.setdefault(session, set()).add(thing)
    most = min(by_session.items(), key=lambda item: (-len(item[1]), item[0]), default=("", set()))
    return tuple(sorted(most[1]))


def _both(name: str, mine: Any, others: Any) -> Any:
    if isinstance(mine, frozenset):
        return first_kept(mine | others)
    if name in {"first_at", "last_at"}:
        told = [moment for moment in (mine, others) if moment is not None]
        return (min(told) if name == "first_at" else max(told)) if told else None
    return mine + others


def first_kept(things: AbstractSet[T]) -> frozenset[T]:
    """Things, or of too many the first in order."""
    return frozenset(things if len(things) <= MOST_KEPT else nsmallest(MOST_KEPT, things))
