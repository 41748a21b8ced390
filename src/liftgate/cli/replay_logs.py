"""What ``liftgate replay`` is told to read: files and folders on this machine, and places in S3 with the caller's own credentials."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from liftgate.cli.errors import BadValue
from liftgate.cli.moments import read_moment
from liftgate.span import SpanUnreadable, parse_span
from liftgate.watch.errors import NoSuchLogs
from liftgate.watch.log_files import LogFile, log_files
from liftgate.watch.log_folder import LogFolder
from liftgate.watch.log_kinds import Span

if TYPE_CHECKING:
    from liftgate.watch.sources.replayed_bucket import ReplayedBucket

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FETCHERS: Final = 10  # connections: as many as are asked for at once, and one more to list


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """All that was found, in the order in which it was named."""

    files: Sequence[LogFile]
    places: Sequence["LogFolder | ReplayedBucket"]  # in which digests are verified
    buckets: Sequence["ReplayedBucket"]

    @contextmanager
    def fetching(self) -> Iterator[None]:
        """While this lasts, what lies in S3 is fetched ahead of who reads it."""
        with ExitStack() as stack:
            for bucket in self.buckets:
                stack.enter_context(bucket.fetching())
            yield


def find_logs(paths: Sequence[Path | str], span: Span) -> Logs:
    """What lies at paths and ``s3://`` places, and was delivered in a span. Raises ``NoSuchLogs`` and ``TrailUnreachable``."""
    places = [path for path in paths if isinstance(path, str)]
    local = [
        file for file in log_files(path for path in paths if isinstance(path, Path)) if span.holds(file.name)
    ]
    buckets = _buckets(places, span) if places else []
    files: list[LogFile] = [*local, *(file for bucket in buckets for file in bucket.files)]
    if not files:
        raise NoSuchLogs(
            "there are no log files in " + " ".join(f"`{path}`" for path in paths),
            advice="name a folder, or a place in S3, that holds .json or .json.gz files of CloudTrail"
            + (", or leave --since and --until out" if span != Span() else ""),
        )
    return Logs(files=files, places=[*([LogFolder(local)] if local else []), *buckets], buckets=buckets)


def read_span(since: str | None, until: str | None, now: datetime) -> Span:
    """From what was written behind ``--since`` and ``--until``. Raises ``BadValue``."""
    span = Span(
        since=None if since is None else _moment(since, now, where="--since"),
        until=None if until is None else _moment(until, now, where="--until", day_ends=True),
    )
    if span.since is not None and (span.until or now) < span.since:
        raise BadValue(
            "--since is later than --until, or than now",
            advice="write the earlier moment behind --since",
            where="--since",
        )
    return span


def _moment(text: str, now: datetime, *, where: str, day_ends: bool = False) -> datetime:
    """A day of UTC, by which CloudTrail names its folders; a span before now; or a moment with its zone."""
    if _DAY.fullmatch(text):
        begin = read_moment(f"{text}T00:00Z", where=where)
        return begin + timedelta(days=1, minutes=-1) if day_ends else begin
    try:
        return (now - parse_span(text)).astimezone(UTC)
    except SpanUnreadable:
        return read_moment(text, where=where)


def _buckets(places: Sequence[str], span: Span) -> list["ReplayedBucket"]:
    from liftgate.watch.sources.replayed_bucket import (  # noqa: PLC0415 - only who reads from S3 waits for AWS's SDK
        ReplayedBucket,
        trail_at,
    )

    client = _client()
    return [ReplayedBucket(trail_at(place, client), span) for place in places]


def _client() -> Any:
    """An S3 client of the caller's own: profile, Region and endpoint are found as AWS's SDKs find them."""
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    from botocore.session import Session  # noqa: PLC0415

    patience = Config(
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=_FETCHERS,
        retries={"mode": "standard", "total_max_attempts": 5},
    )
    try:
        return Session().create_client("s3", config=patience)
    except BotoCoreError as failure:
        raise NoSuchLogs(
            f"AWS cannot be called: {failure}", advice="correct it, or choose another: AWS_PROFILE=NAME"
        ) from None
