"""Whether CloudTrail's events could be taken, and whether they are: the queues, the trail's bucket, and what came of them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from liftgate.server.look import Look, note, ok, seen, unknown
from liftgate.server.parts import Parts
from liftgate.span import in_words
from liftgate.watch.reading import read
from liftgate.watch.sources.ports import Delivered, LogBucket

_SOURCES: Final = "docs/watch-sources.md"
_QUIET: Final = timedelta(hours=1)
_LONG_AGO: Final = timedelta(days=2)
_MOST: Final = 5_000  # files of an hour that are listed
_LATE: Final = 3  # rounds of the reader


def look_at_sources(parts: Parts, accounts: Collection[str]) -> Iterator[Look]:
    """The queue and the bucket: can they be reached, and are they what they should be? ``accounts``: whose events are needed."""
    yield seen("queue", lambda: _queue(parts))
    yield seen("trail", lambda: _trail(parts, accounts))


def look_at_dead_letters(parts: Parts) -> Iterator[Look]:
    """What could not be taken, where there is a queue at all. A running server is asked for it apart: by auditors too."""
    if parts.sources.queue is not None:
        yield seen("dead letters", lambda: _dead_letters(parts))


def look_at_arrivals(parts: Parts) -> Iterator[Look]:
    """What the store knows: when events last came, and how far log files were taken."""
    yield seen("events", lambda: _events(parts))
    if parts.sources.trail is not None:
        yield seen("log files", lambda: _log_files(parts))


def _queue(parts: Parts) -> Look:
    if parts.sources.queue is None:
        return note(
            "queue",
            "the settings name no queue of CloudTrail's events",
            f"set `watch_queue_url` on the server: {_SOURCES}",
        )
    waiting = parts.sources.queue.length()
    return ok("queue", f"reached; about {waiting:,} message(s) wait")


def _dead_letters(parts: Parts) -> Look:
    if parts.sources.dead_letters is None:
        return note(
            "dead letters",
            "the settings name no queue of events that could not be taken",
            f"set `watch_dead_letter_queue_url` on the server: {_SOURCES}",
        )
    waiting = parts.sources.dead_letters.length()
    if waiting:
        return note(
            "dead letters",
            f"about {waiting:,} event(s) could not be taken",
            "as a guard, see why: liftgate dead-letters list",
        )
    return ok("dead letters", "reached; none wait")


def _trail(parts: Parts, accounts: Collection[str]) -> Look:
    """Lists the trail's bucket and reads one of its log files, as the watch does."""
    bucket = parts.sources.trail
    if bucket is None:
        return note(
            "trail",
            "the settings name no bucket of the trail's log files: what the queue misses is never seen",
            f"set `watch_trail_bucket` on the server: {_SOURCES}",
        )
    now = parts.clock()
    recent = list(islice(bucket.delivered(now - _QUIET, now), _MOST))
    newest = max(recent, key=lambda one: one.at, default=None) or _any(bucket, now)
    if newest is None:
        return unknown(
            "trail",
            f"{bucket.place} can be listed, and holds no log file of the last two days",
            "does the trail deliver there, and is `watch_trail_prefix` what stands before AWSLogs/? A new trail takes some 15 minutes",
        )
    ago = in_words(now - newest.at)
    data = bucket.data_if_there(newest.key)
    told = read(data or b"", newest.key)
    if not told.events:
        because = told.set_aside[0].reason if told.set_aside else "it holds no call"
        return Look(
            title="trail",
            state="fail",
            found=f"{newest.key} in {bucket.place} is no log file of CloudTrail: {because}",
            advice="see who else writes to the bucket: nobody but CloudTrail should",
        )
    if now - newest.at >= _QUIET:
        return unknown(
            "trail",
            f"{bucket.place} can be listed and read, and nothing was delivered for an hour",
            "does the trail still log? aws cloudtrail get-trail-status --name NAME",
        )
    if missing := _missing(recent, accounts):
        return unknown(
            "trail",
            f"{bucket.place} can be listed and read, and nothing of account {' and '.join(missing)} was delivered for an hour",
            "is there a multi-Region or organization trail of it that delivers there? Where nobody calls AWS, nothing comes",
        )
    return ok("trail", f"{bucket.place} can be listed and read; CloudTrail delivered {ago} ago")


def _any(bucket: LogBucket, now: datetime) -> Delivered | None:
    return next(iter(bucket.delivered(now - _LONG_AGO, now)), None)


def _missing(recent: Sequence[Delivered], accounts: Collection[str]) -> list[str]:
    """The accounts of which there is none among the files, whose names begin with their account's number."""
    whose = {one.key.rpartition("/")[2].partition("_")[0] for one in recent}
    return sorted(set(accounts) - whose) if len(recent) < _MOST else []


def _events(parts: Parts) -> Look:
    with parts.store.read() as view:
        last = view.events_last_came()
    advice = f"does a process with the role `watch` run, and does EventBridge deliver? {_SOURCES}"
    if last is None:
        return unknown(
            "events",
            "none ever came",
            f"a drill makes some, within 15 minutes: liftgate doctor --all. Where none come: {advice}",
        )
    ago = parts.clock() - last
    found = f"last came {in_words(ago)} ago"
    if ago >= _QUIET:
        return unknown("events", found, f"if S3 was used since: {advice}")
    return ok("events", found)


def _log_files(parts: Parts) -> Look:
    until, is_late = log_files_taken(parts)
    advice = "does a process with the role `watch` run? Its log says `log files not read`, and why"
    if until is None:
        return unknown("log files", "none were ever taken", advice)
    found = f"taken up to {in_words(parts.clock() - until)} ago"
    return note("log files", found, advice) if is_late else ok("log files", found)


def log_files_taken(parts: Parts) -> tuple[datetime | None, bool]:
    """Up to when log files were taken by any process, and whether that is longer ago than it should be; None: none ever were."""
    if parts.sources.trail is None:
        return None, False
    with parts.store.read() as view:
        until = view.log_reading.until(parts.sources.trail.place)
    return until, until is not None and parts.clock() - until >= parts.settings.watch_trail_every * _LATE
