"""Rules of checkov that the generated files do not follow, and why: each stands beside its resource."""

from collections.abc import Mapping
from typing import Final, TypeAlias

Rules: TypeAlias = Mapping[str, str]
"""Why not, by the rule's id."""

_OWN_KEY: Final = (
    "A key of yours is named with --trail-key; without one S3 encrypts with its own, which costs nothing."
)
_NO_ACCESS_LOG: Final = "Access logs would fill another bucket that nobody reads: only CloudTrail writes here, and the trail logs who changes that."

QUEUES_CLOUDFORMATION: Final[Rules] = {
    "CKV_AWS_27": "It is encrypted, with keys of SQS (SqsManagedSseEnabled): EventBridge needs no right on a key for that."
}
LOG_BUCKET_CLOUDFORMATION: Final[Rules] = {"CKV_AWS_18": _NO_ACCESS_LOG}
LOG_BUCKET_TERRAFORM: Final[Rules] = {
    "CKV_AWS_18": _NO_ACCESS_LOG,
    "CKV_AWS_144": "Log files are kept in one Region, as the trail's bucket has them; replicate it yourself where you must.",
    "CKV2_AWS_62": "Liftgate lists what is new by itself, so nobody needs to be notified of each log file.",
}
TRAIL_TERRAFORM: Final[Rules] = {
    "CKV_AWS_252": "EventBridge tells of each event, so no topic is needed for each log file.",
    "CKV2_AWS_10": "Events go to the queue and the log files; CloudWatch Logs would be a third copy, charged by the gigabyte.",
}
WITHOUT_KEY_OF_TRAIL: Final[Rules] = {"CKV_AWS_35": _OWN_KEY}
WITHOUT_KEY_OF_BUCKET: Final[Rules] = {"CKV_AWS_145": _OWN_KEY}
USER_TERRAFORM: Final[Rules] = {
    "CKV_AWS_40": "Liftgate runs as this user, named with --broker: no group would have another member. A role needs no long-term key."
}


def skipped(*rules: Rules) -> list[str]:
    """Comments of Terraform by which checkov knows them."""
    return [f"# checkov:skip={rule}: {why}" for some in rules for rule, why in some.items()]
