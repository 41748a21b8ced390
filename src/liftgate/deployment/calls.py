"""Every call that Liftgate makes to AWS, on what, and why: the one table from which its policies are made.

A test holds it against the calls in the source. What S3 is asked for under a grant is not here: it is asked as the lent session.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from liftgate.watch.sources.permissions import PERMISSIONS


class On(StrEnum):
    """What a call is made on. The first three stand for each of their kind."""

    ELEVATED = "elevated roles"
    HELD = "roles that are opened in place"
    SIGNED_IN = "roles that people sign in with"
    REVOKERS = "revoker roles of other accounts"
    AUDITORS = "auditor roles"
    POLICIES = "policies of roles that are opened in place"
    ANY_ROLE = "roles of the account"
    ANY_POLICY = "policies of the account, and AWS's own"
    ANYTHING = "nothing that has an ARN"
    QUEUES = "the queue of events, and that of dead letters"
    LOG_BUCKET = "the bucket of the trail's log files"
    LOG_FILES = "the trail's log files"
    LOG_KEY = "the key of the trail's log files"
    POINTS = "access points of the account"
    BUCKETS = "buckets of the catalogue, and that of the trail's log files"
    KEYS = "keys of the catalogue, and that of the trail's log files"
    TRAILS = "trails"
    RULES = "rules that hand on events"
    BUS = "the home bus"


class By(StrEnum):
    """Who makes a call: of the last two kinds, in each account one."""

    BROKER = "broker"
    ACCOUNT = "whoever Liftgate is in the role's account: the broker at home, the revoker elsewhere"
    AUDITOR = "the auditor of the thing's account, which the broker takes up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One permission."""

    action: str
    by: By
    on: On
    why: str
    under_boundary: bool = False  # only on roles that carry the boundary that Liftgate gave them


def _calls(by: By, on: On, why: str, *actions: str) -> tuple[Call, ...]:
    return tuple(Call(action=one, by=by, on=on, why=why) for one in actions)


CALLS: Final[tuple[Call, ...]] = (
    *_calls(
        By.BROKER,
        On.ELEVATED,
        "lend a session that bears the grant and the person",
        "sts:AssumeRole",
        "sts:TagSession",
        "sts:SetSourceIdentity",
    ),
    *_calls(By.BROKER, On.REVOKERS, "take access back elsewhere", "sts:AssumeRole", "sts:SetSourceIdentity"),
    *_calls(
        By.BROKER,
        On.AUDITORS,
        "see whether accounts are still as they were deployed",
        "sts:AssumeRole",
        "sts:SetSourceIdentity",
    ),
    *_calls(
        By.ACCOUNT,
        On.ELEVATED,
        "read trust, boundary and longest session of the role, and the denies on it; take denies away",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:DeleteRolePolicy",
    ),
    Call(
        action="iam:PutRolePolicy",
        by=By.ACCOUNT,
        on=On.ELEVATED,
        why="put denies on the role",
        under_boundary=True,
    ),
    *_calls(By.ACCOUNT, On.SIGNED_IN, "see that nobody can take another's session name", "iam:GetRole"),
    *_calls(
        By.ACCOUNT,
        On.HELD,
        "see what the role can do, and whether a grant is open on it; take grants off it",
        "iam:GetRole",
        "iam:ListRolePolicies",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:DeleteRolePolicy",
        "iam:SimulatePrincipalPolicy",
    ),
    Call(
        action="iam:PutRolePolicy",
        by=By.ACCOUNT,
        on=On.HELD,
        why="put grants on the role",
        under_boundary=True,
    ),
    *_calls(
        By.ACCOUNT, On.POLICIES, "read its boundary and its policies", "iam:GetPolicy", "iam:GetPolicyVersion"
    ),
    *_calls(
        By.ACCOUNT,
        On.ANYTHING,
        "see whether the simulator heeds the session's name",
        "iam:SimulateCustomPolicy",
    ),
    *_calls(By.BROKER, On.QUEUES, "take CloudTrail's events", *PERMISSIONS),
    *_calls(By.BROKER, On.LOG_BUCKET, "find log files that the queue missed", "s3:ListBucket"),
    *_calls(By.BROKER, On.LOG_FILES, "read log files", "s3:GetObject"),
    *_calls(By.BROKER, On.LOG_KEY, "read encrypted log files", "kms:Decrypt"),
    *_calls(
        By.AUDITOR,
        On.ANYTHING,
        "see users, groups, roles and policies, which trails and access points there are, and that the public is not let in",
        "iam:GetAccountAuthorizationDetails",
        "cloudtrail:DescribeTrails",
        "s3:GetAccountPublicAccessBlock",
        "s3:ListAccessPoints",
    ),
    *_calls(By.AUDITOR, On.ANY_ROLE, "see longest session and boundary", "iam:GetRole"),
    *_calls(
        By.AUDITOR,
        On.ANY_POLICY,
        "see what is attached, or is a boundary",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
    ),
    *_calls(
        By.AUDITOR,
        On.BUCKETS,
        "see who else is let in, that the public is not, and how log files are kept",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketVersioning",
        "s3:GetLifecycleConfiguration",
    ),
    *_calls(
        By.AUDITOR,
        On.POINTS,
        "see who is let in through those of the catalogue's buckets",
        "s3:GetAccessPointPolicy",
    ),
    *_calls(
        By.AUDITOR, On.KEYS, "see whether it can be used, and by whom", "kms:DescribeKey", "kms:GetKeyPolicy"
    ),
    *_calls(
        By.AUDITOR,
        On.TRAILS,
        "see whether and what it logs",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
    ),
    *_calls(
        By.AUDITOR,
        On.RULES,
        "see what it hands on, and where to",
        "events:DescribeRule",
        "events:ListTargetsByRule",
    ),
    *_calls(By.AUDITOR, On.BUS, "see who may put events onto it", "events:DescribeEventBus"),
    *_calls(By.AUDITOR, On.QUEUES, "see how it is kept, and who is let in", "sqs:GetQueueAttributes"),
)


def looking_calls() -> tuple[str, ...]:
    """What somebody calls who sees whether an account is still as it was deployed: reads of settings, never of objects.

    All of them are in AWS's own policy SecurityAudit.
    """
    return tuple(sorted({one.action for one in CALLS if one.by is By.AUDITOR}))


def actions_of(by: By, on: On, *, under_boundary: bool = False) -> tuple[str, ...]:
    """What is called on one kind of thing, in the table's order."""
    return tuple(
        one.action for one in CALLS if (one.by, one.on, one.under_boundary) == (by, on, under_boundary)
    )
