"""A CloudTrail record as AWS would write it of one call, and the envelope in which EventBridge hands it on.

Sources: "CloudTrail record contents for management, data, and network activity events" and "CloudTrail userIdentity
element", CloudTrail User Guide; "Amazon S3 CloudTrail events", Amazon S3 User Guide; "AWS service events delivered via AWS
CloudTrail", EventBridge User Guide.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from liftgate.demo.trail.operations import s3_operation
from liftgate.demo.trail.parameters import query_parameters, s3_parameters
from liftgate.demo.trail.seen import SeenAnswer, SeenCall, action_of

SERVICES: Final = frozenset({"s3", "sts", "iam"})

_VERSION: Final = "1.11"
_REGION_OF_IAM: Final = "us-east-1"  # IAM is one for the world, and stands there
_FAILED: Final = 400
_READS: Final = ("Get", "Head", "List", "Select")
_READS_OF_IAM: Final = ("Get", "List", "Simulate", "Generate")
# Of the calls that are about a bucket, those that CloudTrail counts among the data events.
_DATA: Final = frozenset({"HeadBucket", "ListObjects", "ListObjectVersions", "DeleteObjects", "PostObject"})
_CODE: Final = re.compile(rb"<Code>([^<]{1,200})</Code>")
_MESSAGE: Final = re.compile(rb"<Message>([^<]{0,2000})</Message>")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
# A HEAD has no body that could say what was wrong.
_OF_STATUS: Final[Mapping[int, tuple[str, str]]] = {
    403: ("AccessDenied", "Access Denied"),
    404: ("NoSuchKey", "The specified key does not exist."),
}
# With these nobody has proved to be whom the key id names: such a call is on nobody's record.
UNPROVED: Final = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "MissingAuthenticationToken",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)


def trail_record(
    call: SeenCall,
    answer: SeenAnswer,
    identity: Mapping[str, Any],
    *,
    vhost: str | None,
    account: str,
    event_id: str,
) -> dict[str, Any] | None:
    """The record of a call; None where CloudTrail writes none.

    ``vhost`` is the bucket that the host names, where it names one, and ``account`` the account that was called.
    """
    code, message = _fault(call, answer)
    if code in UNPROVED:
        return None
    of_call = _of_s3(call, answer, vhost, account) if call.service == "s3" else _of_query(call, answer)
    if of_call is None:
        return None
    fault = {"errorCode": code, "errorMessage": message} if code else {}
    return {
        "eventVersion": _VERSION,
        "userIdentity": dict(identity),
        "eventTime": _moment(call.at),
        "eventSource": f"{call.service}.amazonaws.com",
        "awsRegion": _REGION_OF_IAM if call.service == "iam" else call.region,
        "sourceIPAddress": call.client_address,
        "userAgent": f"[{call.headers.get('user-agent', '')}]",
        **fault,
        "requestID": answer.headers.get("x-amz-request-id")
        or answer.headers.get("x-amzn-requestid")
        or event_id,
        "eventID": event_id,
        "eventType": "AwsApiCall",
        "recipientAccountId": account,
        **of_call,
    }


def envelope(record: Mapping[str, Any], new_id: Callable[[], str]) -> dict[str, Any]:
    """The record as EventBridge hands it to a queue."""
    return {
        "version": "0",
        "id": new_id(),
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws." + str(record["eventSource"]).removesuffix(".amazonaws.com"),
        "account": record["recipientAccountId"],
        "time": record["eventTime"],
        "region": record["awsRegion"],
        "resources": [],
        "detail": record,
    }


def _of_s3(call: SeenCall, answer: SeenAnswer, vhost: str | None, account: str) -> dict[str, Any] | None:
    bucket, key = _target(call, vhost)
    operation = s3_operation(call, has_bucket=bucket is not None, has_key=key is not None)
    if operation is None:
        return None
    is_data = key is not None or operation in _DATA
    return {
        "eventName": operation,
        "requestParameters": s3_parameters(call, operation, bucket=bucket, key=key, body=answer.body),
        "responseElements": None,
        "additionalEventData": {
            "SignatureVersion": "SigV4",
            "AuthenticationMethod": "QueryString" if call.is_presigned else "AuthHeader",
            "bytesTransferredIn": answer.received_bytes,
            "bytesTransferredOut": answer.sent_bytes,
            "x-amz-id-2": answer.headers.get("x-amz-id-2", ""),
        },
        "readOnly": operation.startswith(_READS),
        "resources": _resources(operation, bucket, key, account),
        "managementEvent": not is_data,
        "eventCategory": "Data" if is_data else "Management",
    }


def _target(call: SeenCall, vhost: str | None) -> tuple[str | None, str | None]:
    if vhost is not None:
        return vhost, call.resource or None
    bucket, _, key = call.resource.partition("/")
    return bucket or None, key or None


def _resources(operation: str, bucket: str | None, key: str | None, account: str) -> list[dict[str, str]]:
    if bucket is None:
        return []
    whole = {"accountId": account, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}
    if key is not None:
        return [{"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"}, whole]
    if operation in {"ListObjects", "ListObjectVersions", "DeleteObjects"}:
        return [{"type": "AWS::S3::Object", "ARNPrefix": f"arn:aws:s3:::{bucket}/"}, whole]
    return [whole]


def _of_query(call: SeenCall, answer: SeenAnswer) -> dict[str, Any] | None:
    action, said = action_of(call, answer)
    if not action:
        return None
    assumed = action == "AssumeRole" and answer.status < _FAILED
    of_role = {"resources": _role(said)} if action == "AssumeRole" else {}
    reads = call.service == "sts" or action.startswith(_READS_OF_IAM)
    return {
        "eventName": action,
        "requestParameters": query_parameters(said),
        "responseElements": _assumed(answer.start) if assumed else None,
        **of_role,
        "readOnly": reads,
        "managementEvent": True,
        "eventCategory": "Management",
    }


def _role(said: Mapping[str, Any]) -> list[dict[str, str]]:
    arn = str(said.get("RoleArn", ""))
    account = arn.split(":")[4] if arn.count(":") > 4 else ""
    return [{"accountId": account, "type": "AWS::IAM::Role", "ARN": arn}]


def _assumed(body: bytes) -> dict[str, Any]:
    """AWS writes the session token here as well. It is left out: no test and no demo needs it, and it opens doors."""
    return {
        "credentials": {
            "accessKeyId": told(body, "AccessKeyId"),
            "expiration": told(body, "Expiration"),
        },
        "assumedRoleUser": {
            "assumedRoleId": told(body, "AssumedRoleId"),
            "arn": told(body, "Arn"),
        },
    }


def told(body: bytes, name: str) -> str | None:
    """The text of the first element of a name, in XML or JSON without nesting of that name."""
    found = re.search(rf'(?:<{name}>|"{name}": ?"?)([^<"]{{1,400}})'.encode(), body)
    return found[1].decode("utf-8", "replace") if found else None


def _fault(call: SeenCall, answer: SeenAnswer) -> tuple[str | None, str | None]:
    if answer.status < _FAILED:
        return None, None
    code, message = _CODE.search(answer.start), _MESSAGE.search(answer.start)
    if code:
        return _unescaped(code[1]), _unescaped(message[1]) if message else ""
    if call.method == "HEAD":
        return _OF_STATUS.get(answer.status, ("BadRequest", "Bad Request"))
    named = told(answer.start, "__type") or told(answer.start, "code")
    return named or "InternalError", told(answer.start, "message") or ""


def _unescaped(text: bytes) -> str:
    said = text.decode("utf-8", "replace")
    for entity, character in _ENTITIES:
        said = said.replace(entity, character)
    return said


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
