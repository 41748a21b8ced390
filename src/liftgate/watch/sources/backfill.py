"""Fetches what was missed from CloudTrail's log files: events that came while nobody listened, or that EventBridge dropped.

Taking is idempotent, so a span may be fetched as often as one likes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from liftgate.errors import LiftgateError, Unavailable
from liftgate.watch.sources.ports import LogFiles, Take
from liftgate.watch.sources.queue import Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """What came of it."""

    files: int  # that were taken
    left: tuple[str, ...] = ()  # names of those that were not


def backfill(
    files: LogFiles,
    take: Take,
    *,
    since: datetime,
    until: datetime,
    log: Log,
    stopping: Callable[[], bool] = lambda: False,
) -> Backfilled:
    """Take every log file that may hold events of a span, one after another; those that break taking are left out and named.

    Raises what fetching raises, and ``Unavailable`` where the store is away: then do it again, from the beginning.
    """
    taken, left = 0, list[str]()
    for name, data in files(since, until):
        if stopping():
            break
        if _took(name, data, take, log):
            taken += 1
        else:
            left.append(name)
    log.info("backfilled", files=taken, left=len(left), since=since.isoformat(), until=until.isoformat())
    return Backfilled(files=taken, left=tuple(left))


def missed_since(
    last_taken: datetime | None, now: datetime, *, longest_silence: timedelta
) -> datetime | None:
    """From when on to fetch, where nothing came for too long; None where nothing needs to be fetched.

    The silence is begun a little early: events come late, and out of order.
    """
    if last_taken is None or now - last_taken <= longest_silence:
        return None
    return last_taken - longest_silence


def _took(name: str, data: bytes, take: Take, log: Log) -> bool:
    try:
        return all(take([data]))
    except Unavailable:
        raise
    except Exception as fault:  # noqa: BLE001 - one file that nobody foresaw may not keep all others waiting
        code = fault.code if isinstance(fault, LiftgateError) else type(fault).__name__
        log.error("log file not taken", file=name, error=code)  # noqa: TRY400 - its text may quote anything
        return False
