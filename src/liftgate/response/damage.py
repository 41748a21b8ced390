"""What calls under a grant wrote over or deleted, and how each can be put back, as far as CloudTrail's records tell.

Liftgate takes access back; it never touches objects. What it can say is which versions to bring back, so that a person does.
Sources: "Deleting object versions from a versioning-enabled bucket" and "Restoring previous versions", Amazon S3 User Guide.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from liftgate.watch.event import Event

_WRITING = frozenset({"PutObject", "PostObject", "CopyObject", "CompleteMultipartUpload"})
_DELETING = frozenset({"DeleteObject", "DeleteObjects"})


class Harm(StrEnum):
    """What was done to an object."""

    WRITTEN = "written"  # new, or over what was there: the record does not tell which
    DELETED = "deleted"  # a delete marker hides it, or, without versions, it is gone
    DESTROYED = "destroyed"  # a version was deleted for good
    KEYS_UNTOLD = "keys_untold"  # many were deleted, and the record does not say which


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One object, or one call that hides which objects."""

    event_id: str
    at: datetime
    harm: Harm
    bucket: str
    key: str | None
    version_id: str | None  # of the version that the call made, or destroyed
    can_be_undone: bool | None  # None: it is not known
    how: str  # the command, or why there is none


def damage(events: Iterable[Event]) -> tuple[Damage, ...]:
    """What the calls did to objects, each once, in the order of time. What AWS refused did nothing."""
    found = {event.event_id: one for event in events for one in _damage_of(event)}
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.event_id)))


def _damage_of(event: Event) -> Iterator[Damage]:
    if event.event_source != "s3.amazonaws.com" or event.error_code is not None:
        return
    if event.event_name not in _WRITING | _DELETING:
        return
    asked: Mapping[str, Any] = event.request_parameters or {}
    bucket, key = asked.get("bucketName"), asked.get("key")
    if not isinstance(bucket, str):
        return
    version = _text((event.response_elements or {}).get("x-amz-version-id"))
    named = _text(asked.get("versionId"))
    key = _text(key)
    harm = _harm(event.event_name, key, named)
    can, how = _undoing(harm, event, bucket, key, version)
    yield Damage(
        event_id=event.event_id,
        at=event.event_time,
        harm=harm,
        bucket=bucket,
        key=key,
        version_id=named or version,
        can_be_undone=can,
        how=how,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value not in {"", "null"} else None


def _harm(operation: str, key: str | None, named: str | None) -> Harm:
    if operation in _WRITING:
        return Harm.WRITTEN
    if key is None:
        return Harm.KEYS_UNTOLD
    return Harm.DESTROYED if named else Harm.DELETED


def _undoing(
    harm: Harm, event: Event, bucket: str, key: str | None, version: str | None
) -> tuple[bool | None, str]:
    at = f"--bucket {shlex.quote(bucket)}"
    if harm is Harm.DESTROYED:
        return False, "the version is gone for good"
    if harm is Harm.KEYS_UNTOLD or key is None:
        since = event.event_time.strftime("%Y-%m-%dT%H:%M:%SZ")
        return None, f"look for delete markers since {since}: aws s3api list-object-versions {at}"
    if version is None:
        return False, "the bucket keeps no versions of it: what was there is gone"
    what = "what was there before" if harm is Harm.WRITTEN else "it"
    command = f"aws s3api delete-object {at} --key {shlex.quote(key)} --version-id {shlex.quote(version)}"
    return True, f"brings {what} back: {command}"
