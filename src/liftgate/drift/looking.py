"""What a check calls at AWS, and the policy of somebody who may do just that: reads of settings, never of objects."""

from typing import Any, Final

from liftgate.deployment.statements import allow, policy
from liftgate.iam.policy import to_document

CALLS: Final = (
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "events:DescribeEventBus",
    "events:DescribeRule",
    "events:ListTargetsByRule",
    "iam:GetAccountAuthorizationDetails",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketVersioning",
    "s3:GetLifecycleConfiguration",
    "sqs:GetQueueAttributes",
)
"""All of them are in AWS's own policy SecurityAudit."""


def looking_policy() -> dict[str, Any]:
    """The policy of a role that may look, for each account."""
    return to_document(policy(allow("LookAtSettings", CALLS, ["*"])))
