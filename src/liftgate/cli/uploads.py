"""Which multipart uploads under a grant's locations are not complete, and whether its sessions began them.

S3 keeps the parts of an upload until somebody completes or aborts it. AWS documents who began it, the ``Initiator``, for users
and accounts alone; other programs that speak S3 name the bucket's owner whoever it was. So an initiator counts only where it
is a session's ARN; where it says nothing, when the upload was begun is all that is known, and said.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from liftgate.cli.answers import GrantAnswer
from liftgate.elevation.session_name import read_session_name
from liftgate.iam.patterns.pattern import matches
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Location

LIST_UPLOADS: Final = "s3:ListBucketMultipartUploads"
LIST_PARTS: Final = "s3:ListMultipartUploadParts"

_SESSION: Final = re.compile(r"arn:[^:]+:sts::\d{12}:assumed-role/[^/]+/([^/]+)")
_SOMEBODY_ELSE: Final = re.compile(r"arn:[^:]+:(iam::\d{12}:(user/.+|root)|sts::\d{12}:federated-user/.+)")


class UploadsHidden(Exception):
    """S3 refuses to list the uploads of a bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An upload that is not complete, as S3 lists it."""

    bucket: str
    key: str
    upload_id: str
    started_at: datetime
    initiator: str  # an ARN, or whatever else S3 says there


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an upload holds so far."""

    count: int
    size: int  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload of the grant's, or that may be: ``session`` is None where S3 does not say who began it."""

    begun: Begun
    session: str | None
    parts: Parts | None  # None where they are not ours to see


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that could be seen, and the locations in whose buckets nothing could be."""

    uploads: tuple[Upload, ...]
    unseen: tuple[Location, ...]


class MultipartUploads(Protocol):
    """S3, as its caller may look at it."""

    def begun(self, bucket: str, prefix: str) -> Iterable[Begun]:
        """The uploads that are not complete. Raises ``UploadsHidden``, and ``Unavailable`` where S3 does not answer."""

    def parts(self, upload: Begun) -> Parts | None:
        """What it holds; None where the caller may not know."""


def find_uploads(grant: GrantAnswer, s3: MultipartUploads) -> Found:
    """The grant's uploads that are not complete, by location, key and beginning."""
    uploads: dict[tuple[str, str], Upload] = {}
    unseen: dict[str, Location] = {}
    for location in sorted({parse_location(text) for text in grant.scope.locations}):
        if location.bucket in unseen:
            continue
        try:
            for upload in _under(location, grant, s3):
                uploads.setdefault((upload.begun.bucket, upload.begun.upload_id), upload)
        except UploadsHidden:
            unseen[location.bucket] = location
    return Found(uploads=tuple(uploads.values()), unseen=tuple(unseen.values()))


def prefix_of(location: Location) -> str:
    """What the keys of a location have in common."""
    return re.split(r"[*?]", location.key, maxsplit=1)[0]


def _under(location: Location, grant: GrantAnswer, s3: MultipartUploads) -> Iterator[Upload]:
    begun = [one for one in s3.begun(location.bucket, prefix_of(location)) if matches(location.key, one.key)]
    for one in sorted(begun, key=lambda each: (each.key, each.started_at)):
        session = _session_in(one.initiator)
        if _is_of(grant, one, session):
            yield Upload(begun=one, session=session, parts=s3.parts(one))


def _is_of(grant: GrantAnswer, begun: Begun, session: str | None) -> bool:
    """Whether the grant's sessions began it, or may have."""
    in_window = grant.starts_at <= begun.started_at < grant.ends_at
    if session is None:
        return in_window and not _SOMEBODY_ELSE.fullmatch(begun.initiator)
    if grant.in_place is not None:
        return in_window and session == grant.in_place.session_name
    named = read_session_name(session)
    return named is not None and named[0] == grant.id


def _session_in(initiator: str) -> str | None:
    """The session's name, where the initiator is one."""
    found = _SESSION.fullmatch(initiator)
    return found[1] if found else None
