"""CloudTrail's log files in a trail's bucket, by the days for which they may hold events.

    [prefix/]AWSLogs/[organisation/]account/CloudTrail/region/yyyy/mm/dd/account_CloudTrail_region_20261102T1205Z_unique.json.gz

The moment in a name is that of delivery, and events come before it, as a rule by minutes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.aws_failure import code_of
from liftgate.watch.sources.errors import TrailUnreachable

_DELIVERED: Final = re.compile(r"_CloudTrail_[a-z0-9-]+_([0-9]{8}T[0-9]{4})Z_")
_ACCOUNT: Final = re.compile(r"[0-9]{12}/")
_LATEST: Final = timedelta(
    days=1
)  # after a call, until its file is there; also where clocks and days disagree
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailBucket:
    """A trail's bucket, read with an S3 client; it may list the bucket and get its objects."""

    client: Any
    bucket: str
    prefix: str = ""  # as the trail was given, before ``AWSLogs/``

    def files(self, since: datetime, until: datetime) -> Iterator[tuple[str, bytes]]:
        """See ``LogFiles``. Raises ``TrailUnreachable``."""
        first, last = since.astimezone(UTC), until.astimezone(UTC) + _LATEST
        for folder in self._regions():
            for day in _days(first, last):
                for key in self._keys(f"{folder}{day:%Y/%m/%d}/"):
                    if _may_hold(key, first, last):
                        yield key, self._data(key)

    def _regions(self) -> Iterator[str]:
        root = f"{self.prefix.strip('/')}/AWSLogs/".removeprefix("/")
        for folder in self._folders(root):
            accounts = [folder] if _ACCOUNT.fullmatch(folder.removeprefix(root)) else self._folders(folder)
            for account in accounts:
                yield from self._folders(f"{account}CloudTrail/")

    def _folders(self, prefix: str) -> Iterator[str]:
        for page in self._pages(prefix, Delimiter="/"):
            yield from (str(one["Prefix"]) for one in page.get("CommonPrefixes", ()))

    def _keys(self, prefix: str) -> Iterator[str]:
        for page in self._pages(prefix):
            yield from (str(one["Key"]) for one in page.get("Contents", ()))

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

    def _data(self, key: str) -> bytes:
        def read() -> bytes:
            return bytes(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

        return bytes(self._ask(read))

    def _ask(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (ClientError, BotoCoreError) as failure:
            why = code_of(failure) if isinstance(failure, ClientError) else type(failure).__name__
            raise TrailUnreachable(
                f"the trail's bucket `{self.bucket}` cannot be read: {why}",
                advice="allow Liftgate s3:ListBucket on it and s3:GetObject under its AWSLogs/, and kms:Decrypt where it is sealed",
                value=self.bucket,
            ) from None


def _days(first: datetime, last: datetime) -> Iterator[datetime]:
    day = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= last:
        yield day
        day += _DAY


def _may_hold(key: str, first: datetime, last: datetime) -> bool:
    """Whether a log file was delivered late enough; a name that tells nothing is no reason to leave a file out."""
    if not key.endswith((".json.gz", ".json")):
        return False
    delivered = _DELIVERED.search(key)
    if delivered is None:
        return True
    at = datetime.strptime(delivered[1], "%Y%m%dT%H%M").replace(tzinfo=UTC)
    return first - timedelta(minutes=1) <= at <= last
