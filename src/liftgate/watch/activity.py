"""An activity: what is kept of one call that was attributed, and of one that is a finding."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from liftgate.iam.request import Request
from liftgate.watch.attribution import TakenOver, UnderGrant
from liftgate.watch.settlement import folder_of
from liftgate.watch.verdict import Judged, Verdict

_S3: Final = "s3.amazonaws.com"
_LONGEST: Final = 4_096  # characters of a text: longer than any key, name or user agent that AWS lets through
_MOST_BYTES: Final = 2**47  # no object is as large; sums of these stay whole numbers of 64 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One call. Texts are the caller's own in part: whoever shows them makes them safe."""

    event_id: str
    at: datetime
    grant_id: str | None  # None: no grant explains it
    session_name: str | None
    role_arn: str | None  # the caller's, or the one that was taken
    service: str  # "s3"
    operation: str  # "PutObject"
    bucket: str | None
    key: str | None
    folder: str  # "s3://reports/2026/"; empty where the record does not tell
    version_id: str | None  # of the object, as it was asked for
    made_version_id: str | None  # that the call made, or that a delete marker is
    requests: tuple[Request, ...]  # what it asked of IAM, as far as the record tells
    verdict: Verdict
    because: str
    refused: bool
    error_code: str | None
    source_address: str | None
    user_agent: str | None
    bytes_in: int | None  # sent to AWS; None: not told
    bytes_out: int | None
    read_only: bool | None
    record: str | None  # the JSON as it came, where the call is a finding


def activity_of(judged: Judged, record: str | None = None) -> Activity:
    """What is kept of a call; ``record`` is its JSON, where that is kept too."""
    event, asked = judged.event, judged.event.request_parameters or {}
    bucket, key = _text(asked, "bucketName"), _text(asked, "key")
    told = event.additional_event_data
    return Activity(
        event_id=event.event_id,
        at=event.event_time,
        grant_id=judged.grant.id if judged.grant else None,
        session_name=_kept(_session_name(judged)),
        role_arn=_kept(_role(judged)),
        service=storable(event.event_source.removesuffix(".amazonaws.com")),
        operation=storable(event.event_name),
        bucket=bucket,
        key=key,
        folder=folder_of(bucket, key) if event.event_source == _S3 else "",
        version_id=_text(asked, "versionId") or None,
        made_version_id=_text(event.response_elements or {}, "x-amz-version-id"),
        requests=judged.calls,
        verdict=judged.verdict,
        because=storable(judged.because),
        refused=event.was_refused,
        error_code=_kept(event.error_code),
        source_address=_kept(event.source_ip_address),
        user_agent=_kept(event.user_agent),
        bytes_in=_bytes(told.bytes_in) if told else None,
        bytes_out=_bytes(told.bytes_out) if told else None,
        read_only=event.read_only,
        record=record,
    )


def storable(text: str, longest: int = _LONGEST) -> str:
    """Text as every database keeps it: well-formed, without NUL, and not longer than what makes sense."""
    cut = text[:longest].replace("\x00", "\ufffd")
    return cut if cut.isascii() else cut.encode(errors="replace").decode()


def _session_name(judged: Judged) -> str | None:
    found = judged.attribution
    if isinstance(found, UnderGrant) and found.session is not None:
        return found.session.name
    return judged.event.session_name


def _role(judged: Judged) -> str | None:
    found = judged.attribution
    return found.role_arn if isinstance(found, TakenOver) else judged.event.role_arn


def _kept(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _text(asked: Mapping[str, Any], name: str) -> str | None:
    value = asked.get(name)
    return storable(value) if isinstance(value, str) else None


def _bytes(value: object) -> int | None:
    """CloudTrail writes counts of bytes as numbers, of some operations with a point."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_BYTES:
        return None
    return int(value)
