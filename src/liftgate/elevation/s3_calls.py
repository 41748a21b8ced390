"""Harmless calls to the real S3, through boto3."""

from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.aws_failure import code_of
from liftgate.elevation.errors import S3Unreachable
from liftgate.elevation.harmless import NO_SUCH_UPLOAD, HarmlessCall
from liftgate.elevation.model import Credentials

_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException", "AllAccessDisabled"})
_LET_THROUGH: Final = frozenset({"NoSuchUpload", "NoSuchKey"})


class S3Calls:
    """``client`` makes a boto3 S3 client of a lent session."""

    def __init__(self, client: Callable[[Credentials], Any]) -> None:
        self._client = client

    def is_let_through(self, call: HarmlessCall, credentials: Credentials) -> bool:
        """See ``HarmlessCalls``."""
        s3, bucket, key = self._client(credentials), call.location.bucket, call.location.key
        try:
            if call.action == "s3:AbortMultipartUpload":
                s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=NO_SUCH_UPLOAD)
            else:
                s3.list_objects_v2(Bucket=bucket, Prefix=key.removesuffix("*"), MaxKeys=1)
        except ClientError as failure:
            return self._told(failure, call)
        except BotoCoreError as failure:
            raise S3Unreachable(
                f"S3 did not answer about `{bucket}`: {type(failure).__name__}",
                advice="whoever runs Liftgate: it must reach S3 for a drill; try again",
                value=bucket,
            ) from failure
        return True

    def _told(self, failure: ClientError, call: HarmlessCall) -> bool:
        code = code_of(failure)
        if code in _REFUSED:
            return False
        if code in _LET_THROUGH:
            return True
        raise S3Unreachable(
            f"S3 answered `{code}` to {call}, which tells nothing",
            advice="see that the bucket exists, and in which region; then try again",
            value=call.location.bucket,
        ) from failure
