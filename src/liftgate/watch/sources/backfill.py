"""Fetches what a span's log files of CloudTrail hold, when told to; ``catch_up`` does it by itself.

Taking is idempotent, so a span may be fetched as often as one likes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from liftgate.errors import LiftgateError, Unavailable
from liftgate.watch.sources.ports import LogBucket, Take
from liftgate.watch.sources.queue import Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """What came of it."""

    files: int  # that were taken
    left: tuple[str, ...] = ()  # names of those that were not


def backfill(
    bucket: LogBucket,
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
    for name, data in bucket.files(since, until):
        if stopping():
            break
        if took(name, data, take, log):
            taken += 1
        else:
            left.append(name)
    log.info("backfilled", files=taken, left=len(left), since=since.isoformat(), until=until.isoformat())
    return Backfilled(files=taken, left=tuple(left))


def took(name: str, data: bytes, take: Take, log: Log) -> bool:
    """Whether a log file was taken; where it breaks taking, the log names it. Raises ``Unavailable`` where the store is away."""
    try:
        return all(take([data]))
    except Unavailable:
        raise
    except Exception as fault:  # noqa: BLE001 - one file that nobody foresaw may not keep all others waiting
        code = fault.code if isinstance(fault, LiftgateError) else type(fault).__name__
        log.error("log file not taken", file=name, error=code)  # noqa: TRY400 - its text may quote anything
        return False
