"""How long reading a policy takes, as a multiple of what Python's own JSON reader takes for the same text."""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from liftgate.iam.parse import Kind, parse_policy

ROUNDS = 25
CALLS = 20  # in a row, in each round


def parse_ratio() -> float:
    """The time of ``parse_policy`` over that of ``json.loads``, for a policy of 6 kB: the median of interleaved rounds."""
    text = policy_text()
    ratios = []
    for _ in range(ROUNDS):
        plain = _seconds(lambda: json.loads(text))
        ours = _seconds(lambda: parse_policy(text, Kind.IDENTITY))
        ratios.append(ours / plain)
    return statistics.median(ratios)


def policy_text() -> str:
    """A role's policy of 6 kB, as people write them: several services, every third statement with a condition."""
    statements = [statement for team in _TEAMS for statement in _of_team(team)]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


_TEAMS = ("billing", "search", "media", "fraud", "ledger", "ads")


def _of_team(team: str) -> list[dict[str, Any]]:
    bucket = f"arn:aws:s3:::{team}-reports"
    name = team.capitalize()
    return [
        {
            "Sid": f"{name}Objects",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:AbortMultipartUpload"],
            "Resource": [f"{bucket}/in/*", f"{bucket}/out/${{aws:username}}/*"],
        },
        {
            "Sid": f"{name}List",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": bucket,
            "Condition": {"StringLike": {"s3:prefix": ["in/*", "out/${aws:username}/*"]}},
        },
        {
            "Sid": f"{name}Keys",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": f"arn:aws:kms:eu-west-1:111122223333:key/{team}",
        },
        {
            "Sid": f"{name}Queue",
            "Effect": "Allow",
            "Action": [
                "sqs:SendMessage",
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
            ],
            "Resource": f"arn:aws:sqs:eu-west-1:111122223333:{team}-*",
        },
        {
            "Sid": f"{name}Elsewhere",
            "Effect": "Deny",
            "NotAction": ["s3:*", "kms:*", "sqs:*", "logs:*"],
            "Resource": "*",
            "Condition": {
                "StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
                "Bool": {"aws:ViaAWSService": "false"},
            },
        },
    ]


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(CALLS):
        call()
    return time.perf_counter() - start
