"""Log files where CloudTrail puts them: in an S3 bucket, by account, Region and day.

Source: "Finding your CloudTrail log files", AWS CloudTrail User Guide:
``prefix/AWSLogs/[organization/]account/CloudTrail/region/yyyy/mm/dd/name.json.gz``, with digests under ``CloudTrail-Digest``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from liftgate.watch.digest import MARK, Stored

_LOGS: Final = "CloudTrail"
_LATE: Final = timedelta(days=1)  # a call at midnight may be delivered on the next day
_ROOT: Final = "AWSLogs"
_DEEPEST: Final = 2  # folders between AWSLogs and CloudTrail: organization and account


@dataclass(frozen=True, slots=True, kw_only=True)
class LogBucket:
    """What of CloudTrail lies under a prefix of a bucket, for a span of time."""

    client: Any  # boto3's, for S3
    bucket: str
    since: datetime
    until: datetime
    prefix: str = ""  # before AWSLogs/; or further down, to an account or a Region

    def log_files(self) -> Iterator[str]:
        """The keys of log files that may hold calls of the span, day by day in each account and Region."""
        for key in self._keys(_LOGS):
            if key.endswith((".json.gz", ".json")):
                yield key

    def digests(self) -> Iterator[Stored]:
        """The digests of the span, with the signatures from their metadata."""
        for key in self._keys(MARK):
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
            yield Stored(
                where=f"s3://{self.bucket}/{key}",
                name=key.rpartition("/")[2],
                data=answer["Body"].read(),
                signature=answer.get("Metadata", {}).get("signature"),
            )

    def data(self, key: str) -> bytes:
        """What is in a log file."""
        body: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def log_file(self, bucket: str, key: str) -> bytes | None:
        """A log file that a digest names; None where it is gone."""
        try:
            body: bytes = self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "404"}:
                return None
            raise
        return body

    def _keys(self, kind: str) -> Iterator[str]:
        for region in self._regions(kind):
            for day in self._days():
                yield from self._objects(f"{region}{day:%Y/%m/%d}/")

    def _days(self) -> Iterator[datetime]:
        day = self.since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        while day < self.until + _LATE:
            yield day
            day += timedelta(days=1)

    def _regions(self, kind: str) -> Iterator[str]:
        """The prefixes that hold years, of all accounts: found by going down, so that no day is listed in vain."""
        parts = self.prefix.strip("/").split("/") if self.prefix.strip("/") else []
        if kind in parts:
            below = parts[parts.index(kind) + 1 :]
            start = "/".join(parts[: parts.index(kind) + 2]) + "/"
            yield from [start] if below else self._folders(start)
            return
        if {_LOGS, MARK} & {*parts}:
            return  # the prefix is of the other kind
        above = parts if _ROOT in parts else [*parts, _ROOT]
        yield from self._below("/".join(above) + "/", kind, _DEEPEST)

    def _below(self, prefix: str, kind: str, deepest: int) -> Iterator[str]:
        for folder in self._folders(prefix):
            if folder.split("/")[-2] == kind:
                yield from self._folders(folder)
            elif deepest:
                yield from self._below(folder, kind, deepest - 1)

    def _folders(self, prefix: str) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix, Delimiter="/"
        )
        return [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]

    def _objects(self, prefix: str) -> Iterator[str]:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for one in page.get("Contents", []):
                yield one["Key"]
