"""How long reading a policy takes, as a multiple of what Python's own JSON reader takes for the same text."""

import json
from typing import Any

from bench.effort import Effort
from bench.figure import Figure, compared, plain
from bench.measure import interleave, timed
from liftgate.iam.parse import Kind, parse_policy

_BAR = 12.0


def run(effort: Effort) -> Figure:
    """Both readers turn by turn."""
    text = policy_text()
    samples = interleave(
        {
            "json": timed(lambda: json.loads(text)),
            "policy": timed(lambda: parse_policy(text, Kind.IDENTITY)),
        },
        rounds=effort.rounds(2000),
        warm_up=50,
    )
    bare = plain("`json.loads`", samples["json"])
    return Figure(
        title="Reading a policy",
        how=f"A role's policy of {len(text):,} characters, with several services, conditions and lists of resources.",
        rows=(bare, compared("`parse_policy`", samples["policy"], bare, bar=_BAR)),
    )


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
