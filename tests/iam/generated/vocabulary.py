"""The small world of the generated cases: few names, so that policies and requests meet about half the time.

Actions, resource types and condition keys are AWS's own: iam-simulate refuses or drops any other.
"""

from dataclasses import dataclass

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
NOW = "2026-11-24T12:00:00Z"
NOW_EPOCH = "1795521600"

USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
USER_IN_PATH = f"arn:aws:iam::{ACCOUNT}:user/team/bob"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/s1"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/kim"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
SERVICE = "cloudtrail.amazonaws.com"
ANONYMOUS = "*"
PRINCIPALS = {
    USER: 5,
    USER_IN_PATH: 2,
    ROLE: 1,
    SESSION: 6,
    FEDERATED: 1,
    ROOT: 1,
    SERVICE: 2,
    ANONYMOUS: 2,
}


@dataclass(frozen=True, slots=True)
class Action:
    """An action, the resources that it takes, and the condition keys of its service that a request may carry."""

    name: str
    resources: tuple[str, ...]
    keys: tuple[str, ...] = ()

    @property
    def service(self) -> str:
        return self.name.partition(":")[0]


_OBJECTS = tuple(
    f"arn:aws:s3:::{path}"
    for path in (
        "alpha/a/x",
        "alpha/a/b/y",
        "alpha/A/x",
        "alpha/ann/x",
        "alpha/b",
        "beta-logs/a/x",
        "beta-logs/x:y",
    )
)
_BUCKETS = ("arn:aws:s3:::alpha", "arn:aws:s3:::beta-logs")
_KEYS = (f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0a", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0b")
_QUEUES = (f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs", f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs-late")
_TABLES = (
    f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders",
    f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/users",
)
_USERS = (USER, USER_IN_PATH)
_ROLES = (ROLE, f"arn:aws:iam::{ACCOUNT}:role/path/reader")

_STORED = ("s3:ExistingObjectTag/class", "s3:TlsVersion")
_SENT = ("s3:RequestObjectTag/class", "s3:RequestObjectTagKeys", "s3:x-amz-acl", "s3:x-amz-storage-class")
_CRYPTO = ("kms:ViaService", "kms:EncryptionContext:app", "kms:EncryptionContextKeys", "kms:CallerAccount")
_TAGS = ("aws:RequestTag/env", "aws:TagKeys")

ACTIONS = (
    Action("s3:GetObject", _OBJECTS, _STORED),
    Action("s3:GetObjectTagging", _OBJECTS, _STORED),
    Action("s3:PutObject", _OBJECTS, ("s3:TlsVersion", *_SENT)),
    Action("s3:PutObjectTagging", _OBJECTS, ("s3:ExistingObjectTag/class", *_SENT[:2])),
    Action("s3:DeleteObject", _OBJECTS, ("s3:TlsVersion",)),
    Action("s3:ListBucket", _BUCKETS, ("s3:prefix", "s3:delimiter", "s3:max-keys")),
    Action("s3:GetBucketLocation", _BUCKETS, ("s3:TlsVersion",)),
    Action("s3:ListAllMyBuckets", ("*",), ("s3:TlsVersion",)),
    Action("kms:Decrypt", _KEYS, _CRYPTO),
    Action("kms:GenerateDataKey", _KEYS, _CRYPTO),
    Action("kms:DescribeKey", _KEYS, ("kms:ViaService", "kms:CallerAccount")),
    Action("sqs:SendMessage", _QUEUES),
    Action("sqs:ReceiveMessage", _QUEUES),
    Action("dynamodb:GetItem", _TABLES, ("dynamodb:LeadingKeys", "dynamodb:Attributes", "dynamodb:Select")),
    Action("dynamodb:PutItem", _TABLES, ("dynamodb:LeadingKeys", "dynamodb:Attributes")),
    Action("iam:GetUser", _USERS, ("iam:ResourceTag/team",)),
    Action("iam:CreateUser", _USERS, _TAGS),
    Action("iam:PassRole", _ROLES, ("iam:PassedToService",)),
    Action("iam:ListUsers", ("*",)),
    Action("sts:AssumeRole", _ROLES, ("sts:ExternalId", "sts:RoleSessionName", *_TAGS)),
    Action("sts:TagSession", _ROLES, ("sts:TransitiveTagKeys", *_TAGS)),
)
SERVICES = {"s3": 10.0, "kms": 3.0, "sqs": 2.0, "dynamodb": 2.0, "iam": 2.0, "sts": 2.0}
WITH_RESOURCE_POLICIES = {
    "s3": 0.5,
    "kms": 0.95,
    "sqs": 0.5,
    "sts": 0.95,
    "dynamodb": 0.5,
}  # how many have one
UNDER_RCPS = ("s3", "kms", "sqs", "sts", "dynamodb")


def actions_of(service: str) -> tuple[Action, ...]:
    return tuple(action for action in ACTIONS if action.service == service)
