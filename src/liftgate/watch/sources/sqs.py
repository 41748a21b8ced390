"""Amazon SQS as a ``Queue``: one boto3 client, which may be used from many threads.

What Liftgate needs on the queue is in ``permissions``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.aws_clients import AwsEndpoints
from liftgate.elevation.aws_failure import NOT_SENT, UNREADABLE, code_of, is_the_callers_fault, may_pass
from liftgate.errors import LiftgateError
from liftgate.watch.sources.errors import QueueElsewhere, QueueForbidden, QueueMissing, QueueUnavailable
from liftgate.watch.sources.permissions import PERMISSIONS
from liftgate.watch.sources.ports import Message

LONGEST_WAIT: Final = timedelta(seconds=20)  # that ReceiveMessage takes

_AT_ONCE: Final = 10  # messages in one call of SQS
_TRIES: Final = 2  # of deleting what AWS itself failed to delete
_REGION: Final = re.compile(r"(?:^|\.)([a-z]{2}(?:-[a-z]+)+-[0-9])\.")
_OF_AWS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
_MISSING: Final = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
_FORBIDDEN: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "InvalidSecurity", "AuthorizationError"}
)
_ELSEWHERE: Final = frozenset({"InvalidAddress", "UnsupportedOperation"})
_ACTIONS: Final[Mapping[str, str]] = {  # batches need the permission of the single call
    "DeleteMessageBatch": "sqs:DeleteMessage",
    "ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
# A receipt waits for up to twenty seconds by itself; all else is answered at once or tried again.
_PATIENCE: Final = Config(
    connect_timeout=3,
    read_timeout=int(LONGEST_WAIT.total_seconds()) + 10,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=50,
    user_agent_extra="liftgate",
)


def sqs_client(at: AwsEndpoints, url: str, endpoint: str | None) -> Any:
    """A client for the region that a queue's address names, or else for the broker's own."""
    region = region_of(url) or at.region
    here = AwsEndpoints(region=region, fips=at.fips, dual_stack=at.dual_stack)
    return here.client("sqs", endpoint, _PATIENCE)


def region_of(url: str) -> str | None:
    """The region that the address of a queue of AWS names; None where it names none, or is not of AWS."""
    host = urlsplit(url).hostname or ""
    found = _REGION.search(host) if host.endswith(_OF_AWS) else None
    return found[1] if found else None


class SqsQueue:
    """See ``Queue``."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def receive(self, *, wait: timedelta, hold: timedelta, limit: int = _AT_ONCE) -> Sequence[Message]:
        """See ``Queue``."""
        with self._said("ReceiveMessage"):
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=limit,
                WaitTimeSeconds=_seconds(min(wait, LONGEST_WAIT)),
                VisibilityTimeout=_seconds(hold),
                AttributeNames=[
                    "ApproximateReceiveCount",
                    "SentTimestamp",
                    "ApproximateFirstReceiveTimestamp",
                ],
            )
            return [_message(one) for one in answer.get("Messages", ())]

    def hold(self, messages: Sequence[Message], span: timedelta) -> None:
        """See ``Queue``."""
        for part in _parts(messages):
            with self._said("ChangeMessageVisibilityBatch"):
                self._client.change_message_visibility_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {
                            "Id": str(number),
                            "ReceiptHandle": one.receipt,
                            "VisibilityTimeout": _seconds(span),
                        }
                        for number, one in enumerate(part)
                    ],
                )

    def delete(self, messages: Sequence[Message]) -> Sequence[Message]:
        """See ``Queue``."""
        return [one for part in _parts(messages) for one in self._delete(part)]

    def send(self, body: bytes) -> None:
        """See ``Queue``."""
        with self._said("SendMessage"):
            self._client.send_message(QueueUrl=self._url, MessageBody=body.decode())

    def length(self) -> int:
        """See ``Queue``."""
        with self._said("GetQueueAttributes"):
            answer = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
            )
            return int(answer.get("Attributes", {}).get("ApproximateNumberOfMessages", 0))

    def _delete(self, part: Sequence[Message]) -> Sequence[Message]:
        """SQS says of each message whether it is gone. What was at fault itself may work at once; an old receipt never will."""
        again, final = list(part), list[Message]()
        for _ in range(_TRIES):
            with self._said("DeleteMessageBatch"):
                answer = self._client.delete_message_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": one.receipt} for number, one in enumerate(again)
                    ],
                )
                failed = [(again[int(one["Id"])], one.get("SenderFault")) for one in answer.get("Failed", ())]
            final += [message for message, of_sender in failed if of_sender]
            again = [message for message, of_sender in failed if not of_sender]
            if not again:
                break
        return [*final, *again]

    @contextmanager
    def _said(self, operation: str) -> Iterator[None]:
        try:
            yield
        except ClientError as refusal:
            raise self._refused(operation, refusal) from None
        except NOT_SENT as fault:
            raise QueueForbidden(
                f"SQS was not called: {type(fault).__name__}",
                advice="give Liftgate credentials where AWS's SDKs look for them",
                where=self._url,
            ) from None
        except (BotoCoreError, *UNREADABLE) as fault:
            raise QueueUnavailable(
                f"SQS did not answer: {type(fault).__name__}",
                advice="the queue keeps what it holds; it is asked again",
                where=self._url,
            ) from None

    def _refused(self, operation: str, refusal: ClientError) -> LiftgateError:
        code, action = code_of(refusal), _ACTIONS.get(operation, f"sqs:{operation}")
        if code in _MISSING:
            return QueueMissing(
                "there is no such queue",
                advice="compare `watch_queue_url` and `watch_dead_letter_queue_url` with the addresses that SQS shows",
                where=self._url,
            )
        if code in _ELSEWHERE:
            return QueueElsewhere(
                "the queue is in another region than the one that was asked",
                advice="write the address as SQS shows it, with its region, or set `aws_sqs_endpoint`",
                where=self._url,
            )
        if code in _FORBIDDEN or is_the_callers_fault(refusal):
            return QueueForbidden(
                f"AWS does not let Liftgate call {action} on the queue: {code}",
                advice=f"allow it {', '.join(PERMISSIONS)} on the queue, and in the queue's own policy",
                where=self._url,
            )
        if may_pass(refusal):
            return QueueUnavailable(
                f"SQS is too busy or at fault: {code}",
                advice="the queue keeps what it holds; it is asked again",
                where=self._url,
            )
        return QueueUnavailable(
            f"SQS refused {operation}: {code}",
            advice="look at the queue in AWS; it is asked again",
            where=self._url,
        )


def _message(said: Mapping[str, Any]) -> Message:
    attributes = said.get("Attributes", {})
    first = attributes.get("ApproximateFirstReceiveTimestamp")
    return Message(
        id=str(said["MessageId"]),
        receipt=str(said["ReceiptHandle"]),
        body=str(said["Body"]).encode("utf-8", "surrogatepass"),
        receives=int(attributes.get("ApproximateReceiveCount", 1)),
        sent_at=_moment(attributes.get("SentTimestamp", 0)),
        first_received_at=_moment(first) if first else None,
    )


def _moment(milliseconds: str | int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _seconds(span: timedelta) -> int:
    """Rounded up: to hold a message for less than was meant would hand it out twice."""
    return -(-span // timedelta(seconds=1))


def _parts(messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    for start in range(0, len(messages), _AT_ONCE):
        yield messages[start : start + _AT_ONCE]
