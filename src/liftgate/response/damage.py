"""What calls under a grant wrote over or deleted, and how each can be put back, as far as CloudTrail's records tell.

Liftgate takes access back; it never touches objects. What it can say is which versions to bring back, so that a person does.
Sources: "Deleting object versions from a versioning-enabled bucket" and "Restoring previous versions", Amazon S3 User Guide.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from liftgate.pasted import s3api_arguments
from liftgate.watch.activity import Activity

WRITING: Final = frozenset({"PutObject", "PostObject", "CopyObject", "CompleteMultipartUpload"})
DELETING: Final = frozenset({"DeleteObject", "DeleteObjects"})


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


def damage(calls: Iterable[Activity]) -> tuple[Damage, ...]:
    """What the calls did to objects, each once, in the order of time. What AWS refused did nothing."""
    found = {call.event_id: one for call in calls for one in _damage_of(call)}
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.event_id)))


def _damage_of(call: Activity) -> Iterator[Damage]:
    if call.service != "s3" or call.error_code is not None or call.bucket is None:
        return
    if call.operation not in WRITING | DELETING:
        return
    made, named, key = _text(call.made_version_id), _text(call.version_id), _text(call.key)
    harm = _harm(call.operation, key, named)
    can, how = _undoing(harm, call.at, call.bucket, key, made)
    yield Damage(
        event_id=call.event_id,
        at=call.at,
        harm=harm,
        bucket=call.bucket,
        key=key,
        version_id=named or made,
        can_be_undone=can,
        how=how,
    )


def _text(value: str | None) -> str | None:
    return None if value in {"", "null"} else value


def _harm(operation: str, key: str | None, named: str | None) -> Harm:
    if operation in WRITING:
        return Harm.WRITTEN
    if key is None:
        return Harm.KEYS_UNTOLD
    return Harm.DESTROYED if named else Harm.DELETED


def _undoing(
    harm: Harm, since: datetime, bucket: str, key: str | None, version: str | None
) -> tuple[bool | None, str]:
    if harm is Harm.DESTROYED:
        return False, "the version is gone for good"
    if harm is Harm.KEYS_UNTOLD or key is None:
        return (
            None,
            f"look for delete markers since {since:%Y-%m-%dT%H:%M:%SZ}: aws s3api list-object-versions {s3api_arguments(bucket=bucket)}",
        )
    if version is None:
        return False, "the bucket keeps no versions of it: what was there is gone"
    what = "what was there before" if harm is Harm.WRITTEN else "it"
    named = s3api_arguments(bucket=bucket, key=key, version_id=version)
    return True, f"brings {what} back: aws s3api delete-object {named}"
