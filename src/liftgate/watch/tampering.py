"""Calls that change who may do what, or what records it: what no S3 session has business with unless it was granted."""

import re
from functools import lru_cache

from liftgate.iam.s3.actions import ACTIONS, AccessLevel
from liftgate.iam.s3.operations import NEEDS
from liftgate.watch.event import Event

# Settings of buckets that are not permissions, but decide what is kept, where it goes, or what is recorded of it.
_GUARDING = frozenset(
    {
        "s3:PutLifecycleConfiguration",
        "s3:PutReplicationConfiguration",
        "s3:PutBucketLogging",
        "s3:PutBucketNotification",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutInventoryConfiguration",
    }
)
_S3 = frozenset({"s3.amazonaws.com", "s3express.amazonaws.com", "s3-outposts.amazonaws.com"})
# It lends credentials of S3 Access Grants, which outlive the session that asks, though AWS counts it among reads.
_LENDING = "s3:GetDataAccess"
# Services in which every writing call is about permissions or records, with what it changes.
_WHOLE = {
    "iam.amazonaws.com": "identities and permissions (IAM)",
    "organizations.amazonaws.com": "the organisation",
    "account.amazonaws.com": "the account",
    "sso.amazonaws.com": "who may sign in (Identity Center)",
    "sso-directory.amazonaws.com": "who may sign in (Identity Center)",
    "identitystore.amazonaws.com": "who may sign in (Identity Center)",
    "rolesanywhere.amazonaws.com": "who may take a role (Roles Anywhere)",
    "cloudtrail.amazonaws.com": "what is recorded (CloudTrail)",
    "config.amazonaws.com": "what is recorded (Config)",
    "guardduty.amazonaws.com": "what is watched (GuardDuty)",
    "securityhub.amazonaws.com": "what is watched (Security Hub)",
    "access-analyzer.amazonaws.com": "what is watched (Access Analyzer)",
    "kms.amazonaws.com": "encryption keys (KMS)",
    "sts.amazonaws.com": "credentials (STS)",
}
# Single calls of other services that open something to others, or stop a record. What runs with a role of its own
# (Lambda's code, the user data of machines, commands sent to them) is no permission: it is left to the verdict's scope.
_SINGLE = {
    ("ec2.amazonaws.com", "DeleteFlowLogs"): "what is recorded (VPC flow logs)",
    ("ec2.amazonaws.com", "ModifyImageAttribute"): "who may use an image (EC2)",
    ("ec2.amazonaws.com", "ModifySnapshotAttribute"): "who may use a snapshot (EC2)",
    ("ec2.amazonaws.com", "AuthorizeSecurityGroupIngress"): "who may reach a network (EC2)",
    ("ec2.amazonaws.com", "EnableSerialConsoleAccess"): "who may reach machines (EC2)",
    ("ec2-instance-connect.amazonaws.com", "SendSSHPublicKey"): "who may reach a machine (EC2)",
    ("ec2-instance-connect.amazonaws.com", "SendSerialConsoleSSHPublicKey"): "who may reach a machine (EC2)",
    ("lambda.amazonaws.com", "AddPermission"): "who may call a function (Lambda)",
    ("lambda.amazonaws.com", "AddLayerVersionPermission"): "who may use a layer (Lambda)",
    ("logs.amazonaws.com", "DeleteLogGroup"): "what is recorded (CloudWatch Logs)",
    ("logs.amazonaws.com", "DeleteLogStream"): "what is recorded (CloudWatch Logs)",
    ("logs.amazonaws.com", "PutRetentionPolicy"): "what is recorded (CloudWatch Logs)",
    ("rds.amazonaws.com", "ModifyDBSnapshotAttribute"): "who may use a snapshot (RDS)",
    ("rds.amazonaws.com", "ModifyDBClusterSnapshotAttribute"): "who may use a snapshot (RDS)",
    ("route53resolver.amazonaws.com", "DeleteResolverQueryLogConfig"): "what is recorded (DNS queries)",
    ("route53resolver.amazonaws.com", "DisassociateResolverQueryLogConfig"): "what is recorded (DNS queries)",
    ("s3tables.amazonaws.com", "PutTableBucketPolicy"): "who may use tables (S3 Tables)",
    ("s3tables.amazonaws.com", "PutTablePolicy"): "who may use tables (S3 Tables)",
    ("s3vectors.amazonaws.com", "PutVectorBucketPolicy"): "who may use vectors (S3 Vectors)",
    ("secretsmanager.amazonaws.com", "PutResourcePolicy"): "who may read a secret (Secrets Manager)",
    ("sqs.amazonaws.com", "AddPermission"): "who may use a queue (SQS)",
    ("sns.amazonaws.com", "AddPermission"): "who may use a topic (SNS)",
}
# Lambda's operations carry the version of its API: "AddPermission20150331v2".
_VERSION = re.compile(r"20\d{6}(v\d)?$")
# Calls of those services that change nothing, though CloudTrail does not call them read-only, or leaves it out.
_USING = frozenset(
    {
        ("kms.amazonaws.com", name)
        for name in (
            "Encrypt",
            "Decrypt",
            "ReEncrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "Sign",
            "Verify",
        )
    }
    | {("sts.amazonaws.com", "GetCallerIdentity"), ("sts.amazonaws.com", "DecodeAuthorizationMessage")}
)
# STS calls are read-only in CloudTrail's eyes; these make credentials.
_CREDENTIALS = frozenset(
    {
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "AssumeRoot",
        "GetFederationToken",
        "GetSessionToken",
        "GetWebIdentityToken",
    }
)


def tampers_with(event: Event) -> str | None:
    """What the call changes of permissions or records, in words; None where it does not."""
    if event.event_source in _S3:
        return _of_s3(event.event_name)
    what = _WHOLE.get(event.event_source)
    if what is None:
        return _SINGLE.get((event.event_source, _plain_name(event)))
    if (event.event_source, event.event_name) in _USING:
        return None
    if event.event_source == "sts.amazonaws.com":
        return what if event.event_name in _CREDENTIALS else None
    return None if event.read_only else what


def _plain_name(event: Event) -> str:
    is_lambda = event.event_source == "lambda.amazonaws.com"
    return _VERSION.sub("", event.event_name) if is_lambda else event.event_name


@lru_cache(maxsize=1024)
def _of_s3(operation: str) -> str | None:
    for need in NEEDS.get(operation, ()):
        action = ACTIONS.get(need.action)
        if need.when or action is None:
            continue
        if action.level is AccessLevel.PERMISSIONS:
            return f"who may use S3 ({need.action})"
        if need.action == _LENDING:
            return f"credentials ({need.action})"
        if need.action in _GUARDING:
            return f"what a bucket keeps or records ({need.action})"
    return None
