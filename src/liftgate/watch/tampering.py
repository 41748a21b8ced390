"""Calls that change who may do what, or what records it: what no S3 session has business with unless it was granted."""

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
    if event.event_source == "s3.amazonaws.com":
        return _of_s3(event.event_name)
    what = _WHOLE.get(event.event_source)
    if what is None or (event.event_source, event.event_name) in _USING:
        return None
    if event.event_source == "sts.amazonaws.com":
        return what if event.event_name in _CREDENTIALS else None
    return None if event.read_only else what


@lru_cache(maxsize=1024)
def _of_s3(operation: str) -> str | None:
    for need in NEEDS.get(operation, ()):
        action = ACTIONS.get(need.action)
        if need.when or action is None:
            continue
        if action.level is AccessLevel.PERMISSIONS:
            return f"who may use S3 ({need.action})"
        if need.action in _GUARDING:
            return f"what a bucket keeps or records ({need.action})"
    return None
