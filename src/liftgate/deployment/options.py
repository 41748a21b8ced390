"""What a catalogue does not say about a deployment: where the broker runs, and what is there already."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from liftgate.deployment.errors import BadDeployOption

BROKER_NAME: Final = "LiftgateBroker"
REVOKER_NAME: Final = "LiftgateRevoker"
AUDITOR_NAME: Final = "LiftgateAuditor"

_REGION: Final = re.compile("[a-z]{2}(-[a-z]+)+-[0-9]")
_BUCKET: Final = re.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_QUEUE: Final = re.compile("arn:aws[a-z-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}")
_KEY: Final = re.compile("arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,64}")
_TOPIC: Final = re.compile("arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}")
_ORGANIZATION: Final = re.compile("o-[a-z0-9]{10,32}")
_PRINCIPAL: Final = re.compile(
    "arn:aws[a-z-]*:iam::([0-9]{12}):(user|role)/(?:[A-Za-z0-9_+=,.@-]+/)*([A-Za-z0-9_+=,.@-]{1,64})"
)
_OF_AWS: Final = re.compile("[^/]*:role/(aws-service-role|aws-reserved)/")
_USER: Final = re.compile(
    "arn:aws[a-z-]*:iam::[0-9]{12}:user/(?:[A-Za-z0-9_+=,.@-]+/)*([A-Za-z0-9_+=,.@-]{2,64})"
)
_ROLE_NAME: Final = re.compile("[A-Za-z0-9_+=,.@-]{1,64}")


class RunsOn(StrEnum):
    """Which of AWS's services hands the broker its role."""

    EC2 = "ec2"
    ECS = "ecs"
    LAMBDA = "lambda"

    @property
    def principal(self) -> str:
        """The service as trust policies name it."""
        return {
            "ec2": "ec2.amazonaws.com",
            "ecs": "ecs-tasks.amazonaws.com",
            "lambda": "lambda.amazonaws.com",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBaseline:
    """A read-only role to be made, and the IAM users who may take it up, each by a session of their own name."""

    name: str
    users: tuple[str, ...]  # ARNs

    def __post_init__(self) -> None:
        if not _ROLE_NAME.fullmatch(self.name):
            raise BadDeployOption(
                f"`{self.name[:80]}` is no name of a role", advice="write the name alone, not the ARN"
            )
        if not self.users:
            raise BadDeployOption(
                f"nobody may take up `{self.name}`",
                advice="name IAM users: --baseline-user arn:aws:iam::…:user/ada",
            )
        for one in self.users:
            _check(
                _USER,
                one,
                "the ARN of an IAM user",
                "only users have a name that nobody else can take; for others keep your own role",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployOptions:
    """The answers that ``liftgate deploy`` takes. Everything has a default but the region."""

    region: str  # where the queue and the trail are, and Liftgate runs
    account: str | None = None  # the broker's; None: the only one that the catalogue names
    runs_on: RunsOn = RunsOn.EC2
    broker_arn: str | None = (
        None  # a user or role that is there already and gets the broker's policies and boundary
    )
    baseline: NewBaseline | None = None  # None: policies alone, for the role that people hold
    trail_bucket: str | None = None  # of a trail that is there already, and logs the buckets
    trail_key_arn: str | None = None  # under which the trail's log files are encrypted
    queue_arn: str | None = None  # of a queue that is there already, with a rule that fills it
    dead_letter_queue_arn: str | None = None
    alarm_topic_arn: str | None = None  # who is told by alarms
    reads: bool = False  # log reads of objects too
    also_regions: tuple[str, ...] = ()  # where there are watched buckets too
    organization: str | None = None
    auditor: bool = True  # a role in each account by which the server sees whether all is still as written
    external_ids: Mapping[str, str] = field(
        default_factory=dict
    )  # by account; else whoever applies the files says them

    def __post_init__(self) -> None:
        _check(_REGION, self.region, "a region", "write one such as `eu-central-1`")
        for one in self.also_regions:
            _check(_REGION, one, "a region", "write one such as `eu-central-1`")
        if self.account is not None and not re.fullmatch("[0-9]{12}", self.account):
            raise BadDeployOption(
                f"`{self.account[:80]}` is not an account", advice="write its twelve digits"
            )
        _check(
            _PRINCIPAL,
            self.broker_arn,
            "the ARN of a user or role",
            "write `arn:aws:iam::<account>:role/<name>`",
        )
        if _OF_AWS.match(self.broker_arn or ""):
            raise BadDeployOption(
                f"the role `{self.broker_arn}` is one of AWS's own, on which nobody else puts policies or a boundary",
                advice="name a user or role of your own, or leave out --broker",
                value=self.broker_arn,
            )
        _check(_BUCKET, self.trail_bucket, "a bucket", "write the bucket's name alone")
        _check(
            _KEY,
            self.trail_key_arn,
            "the ARN of a KMS key",
            "aliases do not do in policies: write the key's own ARN",
        )
        _check(
            _QUEUE,
            self.queue_arn,
            "the ARN of a queue",
            "ask for it: aws sqs get-queue-attributes --attribute-names QueueArn",
        )
        _check(
            _QUEUE,
            self.dead_letter_queue_arn,
            "the ARN of a queue",
            "it stands in the queue's redrive policy",
        )
        _check(_TOPIC, self.alarm_topic_arn, "the ARN of an SNS topic", "list them: aws sns list-topics")
        _check(
            _ORGANIZATION,
            self.organization,
            "an organization",
            "ask for it: aws organizations describe-organization",
        )
        if self.dead_letter_queue_arn and not self.queue_arn:
            raise BadDeployOption(
                "a dead-letter queue is named without its queue", advice="name both, or neither"
            )

    @property
    def broker_principal(self) -> tuple[str, str, str] | None:
        """Account, kind (``user`` or ``role``) and name of a broker that is there already."""
        match = _PRINCIPAL.fullmatch(self.broker_arn or "")
        return (match[1], match[2], match[3]) if match else None


def _check(pattern: re.Pattern[str], value: str | None, what: str, advice: str) -> None:
    if value is not None and not pattern.fullmatch(value):
        raise BadDeployOption(f"`{value[:120]}` is not {what}", advice=advice, value=value[:120])
