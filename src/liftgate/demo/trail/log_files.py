"""The log files of the embedded AWS's trail: what was recorded, in its bucket, named and packed as CloudTrail does.

CloudTrail delivers every five minutes or so; here a file is written half a second after the first record that it holds.
"""

import asyncio
import gzip
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final, TypeAlias

from liftgate.clock import Clock

Record: TypeAlias = Mapping[str, Any]
Put: TypeAlias = Callable[[str, bytes], None]

BUCKET: Final = "lakeside-cloudtrail"
_DELIVERED_AFTER: Final = 0.5  # seconds


class LogFiles:
    """Gathers records, and puts them into the bucket a moment later. For one thread, in which an event loop runs."""

    def __init__(self, put: Put, clock: Clock, new_id: Callable[[], str]) -> None:
        self._put = put
        self._clock = clock
        self._new_id = new_id
        self._records: list[Record] = []

    def add(self, record: Record) -> None:
        """One more; it is in the bucket soon."""
        if not self._records:
            asyncio.get_running_loop().call_later(_DELIVERED_AFTER, self._deliver)
        self._records.append(record)

    def _deliver(self) -> None:
        records, self._records = self._records, []
        try:
            for (account, region), of_one in groupby(sorted(records, key=_whose), _whose):
                key = _key(account, region, self._clock(), self._new_id())
                self._put(key, log_file(list(of_one)))
        except Exception as fault:  # noqa: BLE001 - what is recorded is never worth a call that worked
            print(f"a log file was not written: {type(fault).__name__}: {fault}", file=sys.stderr)  # noqa: T201 - into its log


def log_file(records: Sequence[Record]) -> bytes:
    """What is in a file."""
    return gzip.compress(json.dumps({"Records": records}, separators=(",", ":")).encode(), mtime=0)


def is_of_trail(record: Record) -> bool:
    """Whether it tells of an object in the trail's own bucket. It is in no file: reading files would fill further ones for ever."""
    bucket = (record["requestParameters"] or {}).get("bucketName")
    return bucket == BUCKET and not record["managementEvent"]


def create_bucket(*, account: str, region: str) -> Put:
    """Create the trail's bucket; the answer puts an object into it."""
    from ministack.core.responses import request_scope  # noqa: PLC0415  # belongs to the demo extra
    from ministack.services import s3  # noqa: PLC0415

    def put(key: str, data: bytes) -> None:
        with request_scope(account, region):
            s3._put_object(BUCKET, key, data, {})  # noqa: SLF001 - as its own replication does

    with request_scope(account, region):
        s3._create_bucket(BUCKET, b"")  # noqa: SLF001
    return put


def _whose(record: Record) -> tuple[str, str]:
    return str(record["recipientAccountId"]), str(record["awsRegion"])


def _key(account: str, region: str, at: datetime, unique: str) -> str:
    unique = unique.replace("-", "")[:16]
    name = f"{account}_CloudTrail_{region}_{at:%Y%m%dT%H%MZ}_{unique}.json.gz"
    return f"AWSLogs/{account}/CloudTrail/{region}/{at:%Y/%m/%d}/{name}"
