"""What time it is for STS, and whether it answers at all."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from liftgate.elevation.aws_failure import UNREADABLE
from liftgate.elevation.errors import LendingUnavailable


def sts_time(client: Any) -> datetime | None:
    """By the head of its answer, though that be a refusal; None where it does not say. Raises ``LendingUnavailable``.

    ``client``: a boto3 STS client.
    """
    try:
        answer = client.get_caller_identity()
    except ClientError as refusal:
        answer = refusal.response
    except UNREADABLE:
        answer = {}
    except BotoCoreError as failure:
        raise LendingUnavailable(
            f"STS does not answer at {client.meta.endpoint_url}: {type(failure).__name__}",
            advice="see that this machine reaches it: name server, firewall, `aws_region` and `aws_sts_endpoint`",
        ) from failure
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except (TypeError, ValueError):
        return None
