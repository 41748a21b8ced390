"""CloudTrail's log files in a trail's bucket, by the days for which they may hold events.

    [prefix/]AWSLogs/[organisation/]account/CloudTrail/region/yyyy/mm/dd/account_CloudTrail_region_20261102T1205Z_unique.json.gz

The moment in a name is that of delivery, and events come before it, as a rule by minutes.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, ResponseStreamingError

from liftgate.elevation.aws_failure import code_of, may_pass
from liftgate.watch.log_kinds import DIGESTS, LOGS, delivered_at
from liftgate.watch.sources.errors import NoTrailBucket, TrailRefused, TrailUnreachable
from liftgate.watch.sources.ports import Delivered

_NAME: Final = re.compile(r"[0-9]{12}_CloudTrail_[a-z0-9-]+_[0-9]{8}T[0-9]{4}Z_[A-Za-z0-9]+\.json\.gz")
_KINDS: Final = frozenset({LOGS, DIGESTS})
_ROOT: Final = "AWSLogs"
_DEEPEST: Final = 2  # folders between AWSLogs and CloudTrail: organization and account
_GONE: Final = frozenset({"NoSuchKey", "404"})
_NO_BUCKET: Final = frozenset({"NoSuchBucket"})
_LATEST: Final = timedelta(
    days=1
)  # after a call, until its file is there; also where clocks and days disagree
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailBucket:
    """A trail's bucket, read with an S3 client; it may list the bucket and get its objects. All raise ``TrailUnreachable``."""

    client: Any
    bucket: str
    prefix: str = ""  # as the trail was given, before ``AWSLogs/``; or down to an account or a Region

    @property
    def place(self) -> str:
        """See ``LogBucket``, as of all here that have no other word."""
        return f"s3://{self.bucket}/{self.prefix.strip('/')}".rstrip("/")

    def files(self, since: datetime, until: datetime) -> Iterator[tuple[str, bytes]]:
        """See ``LogBucket``."""
        return ((key, self.data(key)) for key in self.log_files(since, until))

    def delivered(self, since: datetime, until: datetime) -> Iterator[Delivered]:
        """See ``LogBucket``. Of a day that was read to noon, S3 is asked only for names from noon on."""
        first = since.astimezone(UTC)
        for region in filter(_is_plain, self.regions(LOGS)):
            account, _, name = region.strip("/").split("/")[-3:]
            for day in _days(first, until.astimezone(UTC)):
                folder = _folder(region, day)
                start = f"{folder}{account}_CloudTrail_{name}_{max(day, first):%Y%m%dT%H%M}"
                for key in self._keys(folder, StartAfter=start):
                    at = delivered_at(key)
                    if at is not None and at <= until and _NAME.fullmatch(key.rpartition("/")[2]):
                        yield Delivered(key=key, at=at)

    def log_files(self, since: datetime, until: datetime) -> Iterator[str]:
        """The keys of log files that may hold events of the span, day by day in each account and Region."""
        first, last = since.astimezone(UTC), until.astimezone(UTC) + _LATEST
        return (key for key in self.keys(LOGS, since, until) if _may_hold(key, first, last))

    def keys(self, kind: str, since: datetime, until: datetime) -> Iterator[str]:
        """All keys in the folders of a kind, for the days on which what tells of the span is delivered."""
        first, last = since.astimezone(UTC), until.astimezone(UTC) + _LATEST
        for region in self.regions(kind):
            for folder in day_folders(region, first, last):
                yield from self._keys(folder)

    def objects(self, prefix: str, **also: str) -> Iterator[tuple[str, int]]:
        """All keys under a prefix, and how many bytes lie there."""
        for page in self._pages(prefix, **also):
            yield from ((str(one["Key"]), int(one.get("Size", 0))) for one in page.get("Contents", ()))

    def data(self, key: str) -> bytes:
        """What is in an object."""
        return self.stored(key)[0]

    def stored(self, key: str) -> tuple[bytes, Mapping[str, str]]:
        """What is in an object, and its metadata."""
        found = self._ask(lambda: self._get(key))
        return bytes(found[0]), found[1]

    def data_if_there(self, key: str) -> bytes | None:
        """What is in an object; None where it is gone."""
        found = self._ask(lambda: self._get(key), gone=_GONE)
        return None if found is None else bytes(found[0])

    def regions(self, kind: str) -> Iterator[str]:
        """The prefixes that hold years, of all accounts: found by going down, so that no day is listed in vain."""
        parts = [part for part in self.prefix.split("/") if part]
        if _ROOT not in parts:
            parts.append(_ROOT)
        root = parts.index(_ROOT)
        if kind in parts[root:]:
            place = parts.index(kind, root)
            start = "/".join(parts[: place + 2]) + "/"
            yield from [start] if parts[place + 1 :] else self._folders(start)
        elif _KINDS.isdisjoint(parts[root:]):  # else it is a prefix of the other kind
            yield from self._below("/".join(parts) + "/", kind, _DEEPEST)

    def _below(self, prefix: str, kind: str, deepest: int) -> Iterator[str]:
        for folder in self._folders(prefix):
            if folder.split("/")[-2] == kind:
                yield from self._folders(folder)
            elif deepest:
                yield from self._below(folder, kind, deepest - 1)

    def _folders(self, prefix: str) -> Iterator[str]:
        for page in self._pages(prefix, Delimiter="/"):
            yield from (str(one["Prefix"]) for one in page.get("CommonPrefixes", ()))

    def _keys(self, prefix: str, **also: str) -> Iterator[str]:
        return (key for key, _ in self.objects(prefix, **also))

    def _pages(self, prefix: str, **also: str) -> Iterator[Any]:
        token: dict[str, str] = {}
        while True:
            page = self._ask(
                lambda token=token: self.client.list_objects_v2(  # type: ignore[misc]  # a lambda with a default
                    Bucket=self.bucket, Prefix=prefix, **also, **token
                )
            )
            yield page
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": str(page["NextContinuationToken"])}

    def _get(self, key: str) -> tuple[bytes, Mapping[str, str]]:
        answer = self.client.get_object(Bucket=self.bucket, Key=key)
        return answer["Body"].read(), answer.get("Metadata", {})

    def _ask(self, call: Callable[[], Any], *, gone: Collection[str] = ()) -> Any:
        """The answer; None where AWS says that it is gone."""
        try:
            return call()
        except (ClientError, BotoCoreError) as failure:
            why = code_of(failure) if isinstance(failure, ClientError) else type(failure).__name__
            if why in gone:
                return None
            if why in _NO_BUCKET:
                raise NoTrailBucket(
                    f"there is no bucket `{self.bucket}`",
                    advice="compare `watch_trail_bucket` with where the trail delivers: aws cloudtrail describe-trails",
                    value=self.bucket,
                ) from None
            kind = TrailUnreachable if _may_pass(failure) else TrailRefused
            raise kind(
                f"the trail's bucket `{self.bucket}` cannot be read: {why}",
                advice="allow Liftgate s3:ListBucket on it and s3:GetObject under its AWSLogs/, and kms:Decrypt where it is sealed",
                value=self.bucket,
            ) from None


def _may_pass(failure: ClientError | BotoCoreError) -> bool:
    if isinstance(failure, ClientError):
        return may_pass(failure)
    return isinstance(failure, HTTPClientError | ResponseStreamingError)


def day_folders(region: str, first: datetime, last: datetime) -> Iterator[str]:
    """Where a Region's files of some days lie; ``region`` is what ``regions`` found, and the moments are of UTC."""
    return (_folder(region, day) for day in _days(first, last))


def _folder(region: str, day: datetime) -> str:
    return f"{region}{day:%Y/%m/%d}/"


def _days(first: datetime, last: datetime) -> Iterator[datetime]:
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= last:
        yield day
        day += _DAY


def _may_hold(key: str, first: datetime, last: datetime) -> bool:
    """Whether a log file was delivered late enough; a name that tells nothing is no reason to leave a file out."""
    if not key.endswith((".json.gz", ".json")):
        return False
    at = delivered_at(key)
    return at is None or first - timedelta(minutes=1) <= at <= last


def _is_plain(folder: str) -> bool:
    """Whether it may be CloudTrail's: the store keeps such names, and people are told them."""
    return folder.isascii() and folder.isprintable()
