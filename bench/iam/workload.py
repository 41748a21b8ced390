"""An organisation's roles as people write them: a team's own role, a session policy, a boundary, SCPs, and its calls.

Each team's role has some fifteen statements over S3, KMS, DynamoDB, SQS, logs and IAM, with conditions on tags, transport
and network, and one deny. A third of the callers hold a session with a session policy, a third have a boundary, all have
two levels of SCPs. Half of the calls are allowed.
"""

import random
from typing import Any

from tests.iam.generated.cases import World

ACCOUNT = "111122223333"
_TEAMS = ("billing", "search", "media", "fraud", "ledger", "ads", "maps", "mail")
_SECURE = {"Bool": {"aws:SecureTransport": "true"}}


def workload(seed: int, count: int, *, requests: int) -> list[World]:
    """``count`` callers with all policies that apply to each, and so many requests of each."""
    draw = random.Random(seed)
    return [_world(number, draw, requests) for number in range(count)]


def _world(number: int, draw: random.Random, requests: int) -> World:
    team, other = draw.sample(_TEAMS, 2)
    stage = draw.choice(("prod", "test", "dev"))
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{team}/{team}-{number}"
    policies = {
        "identity": [_objects(team, stage), _services(team, stage), _guard()],
        "session": [_narrow(team, stage)] if number % 3 == 0 else None,
        "boundary": _boundary() if number % 3 == 1 else None,
        "resource_policy": None,
        "scps": [[_everything()], [_everything(), _limits()]],
        "rcps": [],
        "resource_account": None,
    }
    return World(
        number, policies, tuple(_request(draw, team, other, stage, session) for _ in range(requests))
    )


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | one for one in statements]}


def _objects(team: str, stage: str) -> dict[str, Any]:
    data, shared = f"arn:aws:s3:::{team}-data-{stage}", "arn:aws:s3:::company-shared"
    return _policy(
        {"Action": ["s3:GetObject*", "s3:PutObject", "s3:DeleteObject"], "Resource": f"{data}/*"},
        {
            "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
            "Resource": data,
            "Condition": {"StringLike": {"s3:prefix": ["", "reports/*", f"{team}/*"]}},
        },
        {"Action": "s3:GetBucketLocation", "Resource": "arn:aws:s3:::*"},
        {"Action": "s3:GetObject", "Resource": [f"{shared}/public/*", f"{shared}/{team}/*"]},
        {
            "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
            "Resource": f"{shared}/inbox/{team}/${{aws:PrincipalTag/cost-center}}/*",
            "Condition": _SECURE,
        },
        {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/{team}",
            "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
        },
    )


def _services(team: str, stage: str) -> dict[str, Any]:
    table = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{team}-{stage}"
    return _policy(
        {
            "Action": ["dynamodb:Get*", "dynamodb:Query", "dynamodb:BatchGetItem"],
            "Resource": [table, f"{table}/index/*"],
        },
        {
            "Action": ["dynamodb:PutItem", "dynamodb:UpdateItem"],
            "Resource": table,
            "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id", "state", "owner"]}},
        },
        {"Action": "sqs:*", "Resource": f"arn:aws:sqs:*:{ACCOUNT}:{team}-*"},
        {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:*:{ACCOUNT}:log-group:/{team}/*",
        },
        {"Action": ["cloudwatch:PutMetricData", "xray:Put*"], "Resource": "*"},
        {
            "Action": "ssm:GetParameter*",
            "Resource": f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/{team}/{stage}/*",
            "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
        },
        {
            "Action": ["ec2:StartInstances", "ec2:StopInstances"],
            "Resource": f"arn:aws:ec2:*:{ACCOUNT}:instance/*",
            "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
        },
    )


def _guard() -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "NoPermissions",
                "Effect": "Deny",
                "Action": ["iam:*", "organizations:*", "s3:PutBucketPolicy", "s3:PutBucketAcl"],
                "Resource": "*",
            },
            {
                "Sid": "OnlyTls",
                "Effect": "Deny",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }


def _narrow(team: str, stage: str) -> dict[str, Any]:
    window = {
        "DateGreaterThanEquals": {"aws:CurrentTime": "2026-11-24T09:00:00Z"},
        "DateLessThan": {"aws:CurrentTime": "2026-11-24T13:00:00Z"},
    }
    data = f"arn:aws:s3:::{team}-data-{stage}"
    return _policy(
        {"Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"{data}/reports/*", "Condition": window},
        {
            "Action": "s3:ListBucket",
            "Resource": data,
            "Condition": {"StringLike": {"s3:prefix": "reports/*"}, **window},
        },
    )


def _boundary() -> dict[str, Any]:
    return _policy(
        {"Action": ["s3:*", "kms:*", "dynamodb:*"], "Resource": "*"},
        {"Action": ["sqs:*", "logs:*", "cloudwatch:*", "ssm:Get*"], "Resource": "*"},
    )


def _everything() -> dict[str, Any]:
    return _policy({"Action": "*", "Resource": "*"})


def _limits() -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Action": ["organizations:LeaveOrganization", "account:*"], "Resource": "*"},
            {
                "Effect": "Deny",
                "NotAction": ["iam:*", "sts:*", "s3:*", "support:*"],
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
            },
        ],
    }


def _request(draw: random.Random, team: str, other: str, stage: str, session: str) -> dict[str, Any]:
    owner = draw.choice((team, team, team, other))
    action, resource, more = draw.choice(_calls(owner, stage))
    return {
        "action": action,
        "resource": resource,
        "principal": session,
        "context": {
            "aws:CurrentTime": draw.choice(("2026-11-24T12:00:00Z", "2026-11-24T13:00:00Z")),
            "aws:SecureTransport": draw.choice(("true", "true", "true", "false")),
            "aws:SourceIp": draw.choice(("10.1.2.3", "203.0.113.7")),
            "aws:RequestedRegion": draw.choice(("eu-west-1", "eu-west-1", "us-east-1")),
            "aws:PrincipalTag/team": team,
            "aws:PrincipalTag/cost-center": "cc-17",
            "aws:userid": f"AROAEXAMPLE:{session.rpartition('/')[2]}",
            **more,
        },
    }


def _calls(team: str, stage: str) -> list[tuple[str, str, dict[str, Any]]]:
    data, at = f"arn:aws:s3:::{team}-data-{stage}", f"eu-west-1:{ACCOUNT}"
    return [
        ("s3:GetObject", f"{data}/reports/2026/11/24.csv", {}),
        ("s3:PutObject", f"{data}/reports/2026/11/24.csv", {}),
        ("s3:DeleteObject", f"{data}/raw/part-0001", {}),
        ("s3:ListBucket", data, {"s3:prefix": "reports/2026/"}),
        ("s3:ListBucket", data, {"s3:prefix": "raw/"}),
        ("s3:PutObject", f"arn:aws:s3:::company-shared/inbox/{team}/cc-17/a.csv", {}),
        ("s3:PutBucketPolicy", data, {}),
        ("dynamodb:GetItem", f"arn:aws:dynamodb:{at}:table/{team}-{stage}", {}),
        (
            "dynamodb:PutItem",
            f"arn:aws:dynamodb:{at}:table/{team}-{stage}",
            {"dynamodb:Attributes": ["id", "state"]},
        ),
        ("sqs:SendMessage", f"arn:aws:sqs:{at}:{team}-jobs", {}),
        ("ssm:GetParameter", f"arn:aws:ssm:{at}:parameter/{team}/{stage}/db", {}),
        ("ec2:StopInstances", f"arn:aws:ec2:{at}:instance/i-0abc", {"aws:ResourceTag/team": team}),
    ]
