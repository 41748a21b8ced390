"""An AWS account like the demo's, made by hand: two buckets, three people on a read-only role, one elevated role, and the broker.

The demo's own roles are those that `liftgate deploy` writes: see ``deployed_account``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from liftgate.demo.embedded_aws import EmbeddedAws, Keys
from liftgate.demo.trail.log_files import BUCKET as TRAIL
from liftgate.demo.trail.recorder import QUEUE
from liftgate.iam.compile import role_policy
from liftgate.iam.scope import Location, Scope
from liftgate.watch.sources.permissions import PERMISSIONS

REPORTS: Final = "lakeside-reports"
PAYROLL: Final = "lakeside-payroll"
PEOPLE: Final = ("ada", "grace", "linus")
BASELINE_ROLE: Final = "LakesideReadOnly"
BROKER: Final = "liftgate-broker"

_OBJECTS: Final[Mapping[str, Mapping[str, str]]] = {
    REPORTS: {
        "2026/q3/summary.csv": "region,total\nnorth,1200\n",
        "2026/q4/summary.csv": "region,total\nnorth,900\n",
        "archive/2025.csv": "region,total\nnorth,4100\n",
    },
    PAYROLL: {"2026/salaries.csv": "name,salary\n"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ElevatedRole:
    """A role that only the broker may assume, and the most that it can ever do."""

    name: str
    ceiling: Scope
    max_session: timedelta = timedelta(hours=1)


REPORTS_WRITER: Final = ElevatedRole(
    name="LiftgateReportsWriter",
    ceiling=Scope(
        actions=frozenset(
            {"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:DeleteObject"}
        ),
        locations=frozenset({Location(bucket=REPORTS, key="2026/*")}),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAccount:
    """What was created, and the keys of those who use it."""

    aws: EmbeddedAws
    people: Mapping[str, Keys]  # by user name
    broker: Keys
    broker_arn: str
    baseline_role_arn: str
    elevated_role_arns: Mapping[str, str]  # by role name

    def as_baseline(self, person: str) -> Keys:
        """A person's everyday credentials: the read-only role, assumed with their own session name."""
        sts = self.aws.client("sts", self.people[person])
        answer = sts.assume_role(RoleArn=self.baseline_role_arn, RoleSessionName=person)
        return keys_from(answer["Credentials"])


def create_sample_account(
    aws: EmbeddedAws, *, elevated: Sequence[ElevatedRole] = (REPORTS_WRITER,)
) -> SampleAccount:
    """Create the account's buckets, people and roles, as its root, in an empty embedded AWS."""
    iam = aws.client("iam", aws.root)
    create_buckets(aws)
    people = {name: create_user(iam, name) for name in PEOPLE}
    broker = create_user(iam, BROKER)
    broker_arn = f"arn:aws:iam::{aws.account}:user/{BROKER}"
    baseline_role_arn = _create_baseline_role(iam, aws.account)
    roles = {role.name: create_elevated_role(iam, role, broker_arn=broker_arn) for role in elevated}
    allow_broker(iam, sorted(roles.values()), baseline_role_arn=baseline_role_arn)
    return SampleAccount(
        aws=aws,
        people=people,
        broker=broker,
        broker_arn=broker_arn,
        baseline_role_arn=baseline_role_arn,
        elevated_role_arns=roles,
    )


def create_elevated_role(iam: Any, role: ElevatedRole, *, broker_arn: str) -> str:
    """Create a role that only the broker may assume, and return its ARN.

    One managed policy is both what the role may do and its permissions boundary, so that no policy that is added later
    lets it do more. It is managed, not inline, to leave the inline room to Liftgate's denies.
    """
    ceiling = iam.create_policy(PolicyName=f"{role.name}Ceiling", PolicyDocument=role_policy(role.ceiling))
    ceiling_arn = ceiling["Policy"]["Arn"]
    created = iam.create_role(
        RoleName=role.name,
        AssumeRolePolicyDocument=_trust(broker_arn),
        PermissionsBoundary=ceiling_arn,
        MaxSessionDuration=int(role.max_session.total_seconds()),
    )
    iam.attach_role_policy(RoleName=role.name, PolicyArn=ceiling_arn)
    return str(created["Role"]["Arn"])


def allow_broker(iam: Any, role_arns: Sequence[str], *, baseline_role_arn: str) -> None:
    """Let the broker lend the elevated roles, keep its denies on them and see who may take up the role of everyday, and take
    CloudTrail's events, no more.
    """
    lend = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Resource": list(role_arns),
    }
    take_back = {
        "Effect": "Allow",
        "Action": ["iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
        "Resource": list(role_arns),
    }
    see = {"Effect": "Allow", "Action": "iam:GetRole", "Resource": baseline_role_arn}
    watch = {
        "Effect": "Allow",
        # The embedded AWS asks for the batches by their own names; AWS takes the single calls' permissions for them.
        "Action": [*PERMISSIONS, "sqs:DeleteMessageBatch", "sqs:ChangeMessageVisibilityBatch"],
        "Resource": f"arn:aws:sqs:*:*:{QUEUE}*",
    }
    read_logs = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{TRAIL}"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{TRAIL}/AWSLogs/*"},
    ]
    iam.put_user_policy(
        UserName=BROKER,
        PolicyName="LendAndTakeBack",
        PolicyDocument=_policy(lend, take_back, see, watch, *read_logs),
    )


def keys_from(credentials: Mapping[str, Any]) -> Keys:
    """The ``Credentials`` of an STS answer."""
    return Keys(
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )


def create_buckets(aws: EmbeddedAws) -> None:
    """The buckets and what is in them."""
    s3 = aws.client("s3", aws.root)
    for bucket, objects in _OBJECTS.items():
        s3.create_bucket(Bucket=bucket)
        for key, text in objects.items():
            s3.put_object(Bucket=bucket, Key=key, Body=text.encode())


def create_user(iam: Any, name: str) -> Keys:
    """A user with one pair of keys."""
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Keys(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])


def let_people_assume(iam: Any, role_arn: str) -> None:
    """Give each their own right to take up the role: the embedded AWS wants one beside the role's trust policy."""
    for name in PEOPLE:
        iam.put_user_policy(
            UserName=name,
            PolicyName="AssumeBaseline",
            PolicyDocument=_policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn}),
        )


def _create_baseline_role(iam: Any, account: str) -> str:
    """The role that people hold all day: it reads everything, and each person's session bears their own name."""
    trust = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:user/{name}"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:RoleSessionName": name}},
        }
        for name in PEOPLE
    ]
    created = iam.create_role(RoleName=BASELINE_ROLE, AssumeRolePolicyDocument=_policy(*trust))
    role_arn = str(created["Role"]["Arn"])
    iam.put_role_policy(
        RoleName=BASELINE_ROLE,
        PolicyName="ReadAll",
        PolicyDocument=_policy({"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}),
    )
    let_people_assume(iam, role_arn)
    return role_arn


def _trust(broker_arn: str) -> str:
    return _policy(
        {
            "Effect": "Allow",
            "Principal": {"AWS": broker_arn},
            "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        }
    )


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
