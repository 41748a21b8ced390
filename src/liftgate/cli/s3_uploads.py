"""Multipart uploads as S3 lists them to whoever asks, through botocore."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.cli.errors import S3NotAnswering
from liftgate.cli.uploads import Begun, Parts, UploadsHidden

_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "403"})
_GONE: Final = "NoSuchUpload"  # completed or aborted since it was listed


class S3Uploads:
    """``s3`` is a botocore client that signs as the person who asks."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def begun(self, bucket: str, prefix: str) -> Iterator[Begun]:
        """See ``MultipartUploads``."""
        try:
            for page in self._s3.get_paginator("list_multipart_uploads").paginate(
                Bucket=bucket, Prefix=prefix
            ):
                for one in page.get("Uploads", []):
                    yield Begun(
                        bucket=bucket,
                        key=one["Key"],
                        upload_id=one["UploadId"],
                        started_at=one["Initiated"].astimezone(UTC),
                        initiator=one.get("Initiator", {}).get("ID", ""),
                    )
        except ClientError as failure:
            if _code(failure) in _REFUSED:
                raise UploadsHidden from None
            raise _not_answering(bucket, f"answered `{_code(failure)}`") from None
        except BotoCoreError as failure:
            raise _not_answering(bucket, f"did not answer: {type(failure).__name__}") from None

    def parts(self, upload: Begun) -> Parts | None:
        """See ``MultipartUploads``."""
        named = {"Bucket": upload.bucket, "Key": upload.key, "UploadId": upload.upload_id}
        try:
            pages = list(self._s3.get_paginator("list_parts").paginate(**named))
        except ClientError as failure:
            if _code(failure) in _REFUSED | {_GONE}:
                return None
            raise _not_answering(upload.bucket, f"answered `{_code(failure)}`") from None
        except BotoCoreError as failure:
            raise _not_answering(upload.bucket, f"did not answer: {type(failure).__name__}") from None
        sizes = [part["Size"] for page in pages for part in page.get("Parts", [])]
        return Parts(count=len(sizes), size=sum(sizes))


def _code(failure: ClientError) -> str:
    return str(failure.response.get("Error", {}).get("Code", ""))


def _not_answering(bucket: str, what: str) -> S3NotAnswering:
    return S3NotAnswering(
        f"S3 {what} when it was asked for the uploads in `{bucket}`",
        advice="see that the bucket exists and that your AWS profile's region and endpoint are right; then try again",
        value=bucket,
    )
