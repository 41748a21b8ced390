"""Condition keys: their type, how often a request carries them, and their few values."""

from dataclasses import dataclass
from enum import Enum, auto

from tests.iam.generated.vocabulary import ACCOUNT, NOW, NOW_EPOCH, OTHER_ACCOUNT, ROLE, SESSION, USER


class Type(Enum):
    """What a key's values are, which says which operators suit them."""

    STRING = auto()
    ARN = auto()
    BOOL = auto()
    NUMBER = auto()
    DATE = auto()
    ADDRESS = auto()


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key, the values that requests carry and those that policies ask for."""

    name: str
    type: Type
    carried: tuple[str, ...]
    asked: tuple[str, ...]
    often: float = 0.7  # the share of requests that carry it
    many: bool = False  # whether a request may carry several values


_DATES = (
    "2026-11-24T11:59:59Z",
    NOW,
    "2026-11-24T12:00:01Z",
    "2026-11-24",
    "2026-11-24T13:00:00+01:00",
    NOW_EPOCH,
)
_NUMBERS = ("0", "1", "1.2", "10", "10.0", "-1", "100")
_TAGS = ("env", "team", "Env", "cost", "class")
_PATHS = ("o-a/r-b/ou-c/", "o-a/r-b/ou-c/ou-d/")

# What the caller brings to any call.
GLOBAL_KEYS = (
    Key("aws:CurrentTime", Type.DATE, (NOW,), _DATES, often=1),
    Key("aws:EpochTime", Type.DATE, (NOW_EPOCH,), _DATES, often=1),
    Key("aws:SecureTransport", Type.BOOL, ("true", "true", "false"), ("true", "false", "False"), often=1),
    Key(
        "aws:RequestedRegion",
        Type.STRING,
        ("us-east-1", "eu-west-1"),
        ("us-east-1", "eu-*", "us-*", "EU-WEST-1"),
        often=1,
    ),
    Key(
        "aws:SourceIp",
        Type.ADDRESS,
        ("10.1.2.3", "192.0.2.7", "2001:db8::7", "2001:db8::8"),
        ("10.0.0.0/8", "10.1.2.3", "192.0.2.0/24", "192.0.2.7/32", "2001:db8::/32", "0.0.0.0/0", "::/0"),
        often=0.95,
    ),
    Key("aws:UserAgent", Type.STRING, ("cli/2", "boto3 1"), ("cli/*", "boto3*", "CLI/2", "cli/?"), often=0.5),
    Key(
        "aws:Referer",
        Type.STRING,
        ("https://a.example/x",),
        ("https://a.example/*", "https://b.example/*"),
        often=0.3,
    ),
    Key("aws:SourceVpce", Type.STRING, ("vpce-1a",), ("vpce-1a", "vpce-2b"), often=0.3),
    Key("aws:ViaAWSService", Type.BOOL, ("false", "true"), ("true", "false"), often=0.5),
    Key(
        "aws:CalledVia",
        Type.STRING,
        ("athena.amazonaws.com", "glue.amazonaws.com"),
        ("athena.amazonaws.com", "*.amazonaws.com"),
        often=0.3,
        many=True,
    ),
    Key(
        "aws:SourceArn",
        Type.ARN,
        ("arn:aws:s3:::alpha", f"arn:aws:sns:us-east-1:{ACCOUNT}:t"),
        ("arn:aws:s3:::*", "arn:*:sns:*:*:t", f"arn:aws:sns:us-east-1:{ACCOUNT}:*"),
        often=0.3,
    ),
)
# What a caller with credentials brings beside what its ARN says.
CALLER_KEYS = (
    Key("aws:MultiFactorAuthPresent", Type.BOOL, ("true", "false"), ("true", "false"), often=0.6),
    Key("aws:MultiFactorAuthAge", Type.NUMBER, ("10", "100"), _NUMBERS, often=0.4),
    Key("aws:TokenIssueTime", Type.DATE, (NOW, "2026-11-24T11:00:00Z"), _DATES, often=0.5),
    Key(
        "aws:PrincipalTag/team",
        Type.STRING,
        ("red", "blue", "Red"),
        ("red", "blue", "r?d", "*", "${aws:RequestTag/env}"),
        often=0.6,
    ),
    Key("aws:PrincipalOrgID", Type.STRING, ("o-a",), ("o-a", "o-b", "o-*"), often=0.7),
    Key(
        "aws:PrincipalOrgPaths",
        Type.STRING,
        _PATHS,
        ("o-a/r-b/*", "o-a/r-b/ou-c/", "o-z/*"),
        often=0.7,
        many=True,
    ),
)
# What a request carries because its principal is who it is; policies ask for it.
PRINCIPAL_KEYS = (
    Key(
        "aws:PrincipalArn",
        Type.ARN,
        (),
        (USER, ROLE, SESSION, "arn:aws:iam::*:role/*", "arn:*:iam::*:user/*", f"arn:aws:iam::{ACCOUNT}:*"),
    ),
    Key("aws:PrincipalAccount", Type.STRING, (), (ACCOUNT, "4444*", "1111*")),
    Key("aws:PrincipalType", Type.STRING, (), ("User", "AssumedRole", "Anonymous", "Account", "user")),
    Key("aws:userid", Type.STRING, (), ("AROAWORKER:s1", "AROAWORKER:*", "*:s1", "AIDAANN", "*")),
    Key("aws:username", Type.STRING, (), ("ann", "bob", "a*", "ANN", "${aws:PrincipalTag/team}")),
    Key("aws:ResourceAccount", Type.STRING, (), (ACCOUNT, OTHER_ACCOUNT, "1111*")),
    Key("aws:PrincipalIsAWSService", Type.BOOL, (), ("true", "false")),
)
SERVICE_KEYS = (
    Key("s3:ExistingObjectTag/class", Type.STRING, ("open", "secret"), ("open", "secret", "s*")),
    Key(
        "s3:RequestObjectTag/class",
        Type.STRING,
        ("open", "secret"),
        ("open", "secret", "${s3:ExistingObjectTag/class}"),
    ),
    Key("s3:RequestObjectTagKeys", Type.STRING, _TAGS, _TAGS, many=True),
    Key("s3:TlsVersion", Type.NUMBER, ("1.2", "1.3"), _NUMBERS),
    Key(
        "s3:x-amz-acl",
        Type.STRING,
        ("private", "public-read"),
        ("private", "public-*", "bucket-owner-full-control"),
    ),
    Key("s3:x-amz-storage-class", Type.STRING, ("STANDARD", "GLACIER"), ("STANDARD", "standard", "G*")),
    Key(
        "s3:prefix",
        Type.STRING,
        ("", "a/", "a/b/", "ann/", "A/"),
        ("", "a/*", "a/", "${aws:username}/*", "?/", "A/", "${aws:PrincipalTag/team, 'a'}/*"),
    ),
    Key("s3:delimiter", Type.STRING, ("/",), ("/", "")),
    Key("s3:max-keys", Type.NUMBER, ("1", "10", "100"), _NUMBERS),
    Key(
        "kms:ViaService",
        Type.STRING,
        ("s3.us-east-1.amazonaws.com",),
        ("s3.us-east-1.amazonaws.com", "s3.*.amazonaws.com", "sqs.*.amazonaws.com"),
    ),
    Key("kms:EncryptionContext:app", Type.STRING, ("pay", "Pay"), ("pay", "P*")),
    Key("kms:EncryptionContextKeys", Type.STRING, ("app", "stage", "App"), ("app", "stage", "a*"), many=True),
    Key("kms:CallerAccount", Type.STRING, (ACCOUNT,), (ACCOUNT, "444455556666"), often=1),
    Key(
        "dynamodb:LeadingKeys",
        Type.STRING,
        ("ann", "bob", "u-1"),
        ("ann", "${aws:username}", "u-*"),
        many=True,
    ),
    Key("dynamodb:Attributes", Type.STRING, ("id", "name", "salary"), ("id", "name", "s*"), many=True),
    Key("dynamodb:Select", Type.STRING, ("COUNT", "ALL_ATTRIBUTES"), ("COUNT", "SPECIFIC_ATTRIBUTES")),
    Key("iam:ResourceTag/team", Type.STRING, ("red", "blue"), ("red", "${aws:PrincipalTag/team}")),
    Key(
        "iam:PassedToService",
        Type.STRING,
        ("ec2.amazonaws.com", "lambda.amazonaws.com"),
        ("ec2.amazonaws.com", "*.amazonaws.com"),
    ),
    Key("sts:ExternalId", Type.STRING, ("x1", "x2"), ("x1", "X1", "x?")),
    Key("sts:RoleSessionName", Type.STRING, ("ann", "s1"), ("${aws:username}", "s*")),
    Key("sts:TransitiveTagKeys", Type.STRING, _TAGS, _TAGS, many=True),
    Key(
        "aws:RequestTag/env",
        Type.STRING,
        ("prod", "dev", "red"),
        ("prod", "d*", "${aws:PrincipalTag/team}", "PROD"),
    ),
    Key("aws:TagKeys", Type.STRING, _TAGS, (*_TAGS, "*"), many=True),
)
KEYS = {key.name: key for key in (*GLOBAL_KEYS, *CALLER_KEYS, *PRINCIPAL_KEYS, *SERVICE_KEYS)}
