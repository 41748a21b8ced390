"""Log files in S3 that are read without a server: what lies at a place such as ``s3://bucket/AWSLogs/…``, and the digests of it.

A place may be a whole bucket, or any prefix in it, down to a day or to one file. Where it is laid out as CloudTrail does it,
only the days that are asked for are listed; else all of it is.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

from liftgate.watch.digest import Stored
from liftgate.watch.errors import NoSuchLogs
from liftgate.watch.log_files import refuse_too_large
from liftgate.watch.log_kinds import DIGESTS, ENDINGS, LOGS, Span
from liftgate.watch.sources.errors import NoTrailBucket, TrailRefused
from liftgate.watch.sources.fetch_ahead import Ahead, fetching_ahead
from liftgate.watch.sources.trail_bucket import TrailBucket, day_folders

T = TypeVar("T")

_DAYS: Final = re.compile(
    r"/CloudTrail(?:-Digest)?/[a-z0-9-]+/([0-9]{4})(?:/([0-9]{2}))?(?:/([0-9]{2}))?(?:/|$)"
)
_LATER: Final = timedelta(minutes=59)  # a digest comes at the end of the hour of which it tells
_OTHER_NAME: Final = "compare the name with those of `aws s3 ls`, or ask where the trail delivers: aws cloudtrail describe-trails"
_ADVICE: Final = (
    "sign in to AWS as somebody with s3:ListBucket on it and s3:GetObject under its AWSLogs/ (kms:Decrypt where it is "
    "sealed), or choose them: AWS_PROFILE=NAME liftgate replay …"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class S3File:
    """A log file in a bucket; fulfils ``LogFile``."""

    name: str  # s3://bucket/key
    size: int
    fetch: Callable[[str], bytes | None] = field(repr=False)

    def data(self) -> bytes:
        """See ``LogFile``."""
        refuse_too_large(self)
        data = _allowed(lambda: self.fetch(self.name.split("/", 3)[3]))
        if data is None:
            raise NoSuchLogs(f"`{self.name}` is gone", advice="start again", where=self.name)
        return data


class ReplayedBucket:
    """The log files of one place; fulfils ``liftgate.watch.digest.Store`` too."""

    def __init__(self, trail: TrailBucket, span: Span) -> None:
        """``trail``'s prefix is the place. Lists it: raises ``NoSuchLogs`` and ``TrailUnreachable``."""
        self._trail = trail
        self._span = span
        self._ahead: Ahead[bytes | None] | None = None
        self._named: set[str] = set()
        found = _allowed(lambda: sorted(dict(self._listed()).items()))
        self.files = [
            S3File(name=f"s3://{trail.bucket}/{key}", size=size, fetch=self._fetched) for key, size in found
        ]
        self._keys = [key for key, _ in found]
        self._by_name = {key.rpartition("/")[2]: key for key in self._keys}

    @contextmanager
    def fetching(self) -> Iterator[None]:
        """While this lasts, what is read next is fetched ahead."""
        with fetching_ahead(self._trail.data_if_there, self._keys) as ahead:
            self._ahead = ahead
            try:
                yield
            finally:
                self._ahead = None

    def digests(self) -> Iterator[Stored]:
        """The digests of what is read, with the signatures from their metadata. Raises as the beginning does."""
        trail = replace(self._trail, prefix=_of_digests(self._trail.prefix))
        span = _whole(self._trail.prefix, self._span)
        until = None if span.until is None else span.until + _LATER
        of_span = Span(since=span.since, until=until)
        keys = _allowed(lambda: [key for key, _ in _below_regions(trail, DIGESTS, of_span)])
        for key in keys:
            data, metadata = _allowed(partial(trail.stored, key))
            yield Stored(
                where=f"s3://{trail.bucket}/{key}",
                name=key.rpartition("/")[2],
                data=data,
                signature=metadata.get("signature"),
            )

    def log_file(self, bucket: str, key: str) -> bytes | None:  # noqa: ARG002 - see below
        """A log file that a digest names; None where it is not here.

        It is looked for here, also where the digest names another bucket, of which this one holds a copy: what is verified
        is what is read.
        """
        key = self._by_name.get(key.rpartition("/")[2], key)
        self._named.add(key)
        return _allowed(lambda: self._fetched(key))

    def unlisted(self) -> int:
        """How many log files no digest named so far."""
        return len(set(self._keys) - self._named)

    def _fetched(self, key: str) -> bytes | None:
        return self._trail.data_if_there(key) if self._ahead is None else self._ahead.get(key)

    def _listed(self) -> Iterator[tuple[str, int]]:
        trail, found = self._trail, False
        if not _DAYS.search(trail.prefix) and not trail.prefix.endswith(ENDINGS):
            for one in _below_regions(trail, LOGS, self._span):
                found = True
                yield one
        if not found:
            for key, size in trail.objects(trail.prefix):
                if key.endswith(ENDINGS) and DIGESTS not in key and self._span.holds(key):
                    yield key, size


def trail_at(place: str, client: Any) -> TrailBucket:
    """The bucket and the prefix that ``s3://bucket/prefix`` names. Raises ``NoSuchLogs``."""
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    if not re.fullmatch(r"[A-Za-z0-9._-]{3,255}", bucket):
        raise NoSuchLogs(
            f"`{place[:200]}` names no bucket", advice="write it as s3://BUCKET/AWSLogs/…", where=place[:200]
        )
    return TrailBucket(client=client, bucket=bucket, prefix=prefix)


def _below_regions(trail: TrailBucket, kind: str, span: Span) -> Iterator[tuple[str, int]]:
    for region in trail.regions(kind):
        for prefix in _prefixes(region, span):
            for key, size in trail.objects(prefix):
                if key.endswith(ENDINGS) and span.holds(key):
                    yield key, size


def _prefixes(region: str, span: Span) -> Iterator[str]:
    """A day each, where it is known from when to when; else the whole."""
    if span.since is None or span.until is None:
        yield region
        return
    yield from day_folders(region, span.since.astimezone(UTC), span.until)


def _of_digests(prefix: str) -> str:
    """Where the digests lie of the logs at a prefix: down to a Region, since those of a day's end lie in the next day's folder."""
    days = _DAYS.search(prefix)
    if days is not None:
        prefix = prefix[: days.start(1)]
    return f"{prefix}/".replace(f"/{LOGS}/", f"/{DIGESTS}/").rstrip("/")


def _whole(prefix: str, span: Span) -> Span:
    """The span, and what of it the prefix leaves over."""
    days = _DAYS.search(prefix)
    if days is None:
        return span
    year, month, day = (int(part) if part else None for part in days.groups())
    try:
        first = datetime(year or 1, month or 1, day or 1, tzinfo=UTC)
    except ValueError:  # no such day
        return span
    if day is not None:
        last = first + timedelta(days=1)
    elif month is not None:
        last = (first + timedelta(days=31)).replace(day=1)
    else:
        last = first.replace(year=first.year + 1)
    return Span(since=max(first, span.since or first), until=min(last, span.until or last))


def _allowed(ask: Callable[[], T]) -> T:
    """What S3 answers. Its no is one to the person at the terminal: raises ``NoSuchLogs``."""
    try:
        return ask()
    except TrailRefused as refusal:
        raise NoSuchLogs(
            refusal.sentence.replace("the trail's bucket", "the bucket"),
            advice=_OTHER_NAME if isinstance(refusal, NoTrailBucket) else _ADVICE,
            value=refusal.value,
        ) from None
