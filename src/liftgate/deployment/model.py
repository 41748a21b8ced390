"""What is to exist in AWS, as values: the writers turn it into files, and a check can hold an account against it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from liftgate.deployment.options import DeployOptions
from liftgate.iam.policy import Policy


class Concern(StrEnum):
    """What a file is about; its name is the file's."""

    BROKER = "broker"
    REVOKER = "revoker"
    AUDITOR = "auditor"
    BASELINE = "baseline"
    ELEVATED = "elevated-roles"
    WATCH = "watch"


def role_arn(partition: str, account: str, name: str, path: str = "/") -> str:
    """How AWS names a role."""
    return f"arn:{partition}:iam::{account}:role{path}{name}"


def boundary_command(arn: str, boundary: str) -> tuple[str, ...]:
    """What puts a boundary on a user or role, by AWS's own command line."""
    kind, *_, name = arn.split(":")[5].split("/")
    return (
        *("aws", "iam", f"put-{kind}-permissions-boundary", f"--{kind}-name", name),
        *("--permissions-boundary", boundary),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPolicy:
    """A customer managed policy."""

    concern: Concern
    account: str
    partition: str
    name: str
    document: Policy
    why: str
    path: str = "/"
    users: tuple[str, ...] = ()  # names of users and roles that are there already and get it
    roles: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        """As AWS will name it."""
        return f"arn:{self.partition}:iam::{self.account}:policy{self.path}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An IAM role with managed policies alone: its inline room is Liftgate's."""

    concern: Concern
    account: str
    partition: str
    name: str
    trust: Policy
    policies: tuple[str, ...]  # ARNs
    why: str
    boundary: str | None = None  # ARN
    path: str = "/"
    max_session: timedelta = timedelta(hours=1)
    for_machines: bool = False  # EC2 hands it out, by an instance profile
    takes_external_id: bool = False  # its trust policy demands one
    inline: Policy | None = None  # of a role that Liftgate never writes to

    @property
    def arn(self) -> str:
        """As AWS will name it."""
        return role_arn(self.partition, self.account, self.name, self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """A user or role that is there already, and must carry a boundary: no file puts one on it."""

    arn: str
    boundary: str  # ARN

    @property
    def kind(self) -> str:
        """What it is: ``user`` or ``role``."""
        return self.arn.split(":")[5].partition("/")[0]

    @property
    def command(self) -> tuple[str, ...]:
        """What puts the boundary on it, by AWS's own command line."""
        return boundary_command(self.arn, self.boundary)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """The queue of events and the one for what cannot be taken."""

    arn: str
    dead_letters_arn: str | None
    policy: Policy | None  # None: it is there already, and not written


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A trail of one account: the calls on watched buckets, and management events."""

    account: str
    partition: str
    region: str
    name: str
    bucket: str
    bucket_policy: Policy
    watched: tuple[str, ...]  # bucket ARNs
    reads: bool
    key_arn: str | None

    @property
    def arn(self) -> str:
        """As AWS will name it."""
        return f"arn:{self.partition}:cloudtrail:{self.region}:{self.account}:trail/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarding:
    """A rule that hands the events of an account and region to the home bus, and the role by which it may."""

    account: str
    partition: str
    region: str
    rule_name: str
    bus_arn: str
    role: Role

    @property
    def rule_arn(self) -> str:
        """As AWS will name its rule."""
        return f"arn:{self.partition}:events:{self.region}:{self.account}:rule/{self.rule_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """How calls come to Liftgate."""

    rule_arn: str | None  # None: the queue is there already
    rule_name: str
    queues: Queues
    trails: tuple[Trail, ...]  # none: they are there already
    log_bucket: str  # from which log files are read
    log_key_arn: str | None
    forwards: tuple[Forwarding, ...]
    senders: tuple[str, ...]  # accounts that may put events onto the home bus
    alarm_topic_arn: str | None

    @property
    def home_bus_arn(self) -> str | None:
        """The bus onto which other accounts put events, where there are any."""
        return self.forwards[0].bus_arn if self.senders else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPolicy:
    """What is to stand in the policy of a KMS key that is there already."""

    key_arn: str
    accounts: tuple[str, ...]  # whose roles use it for objects in watched buckets
    document: Policy | None  # None: too long for a key policy; without statements: no role needs the key


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is to exist, for one catalogue."""

    account: str
    partition: str
    region: str
    broker_arn: str
    policies: tuple[ManagedPolicy, ...]
    roles: tuple[Role, ...]
    bounded: tuple[Bounded, ...]  # roles that are opened in place
    brought: Bounded | None  # the broker, where it is there already
    watching: Watching
    kms_keys: tuple[str, ...]  # under which objects in watched buckets are encrypted
    key_policies: tuple[KeyPolicy, ...]  # of these, and of the log files' key
    options: DeployOptions  # by which it was made

    @property
    def accounts(self) -> tuple[str, ...]:
        """The broker's account, then the others."""
        found = {*(one.account for one in self.policies), *(one.account for one in self.roles)}
        others = found - {self.account}
        return (self.account, *sorted(others))

    def policy(self, arn: str) -> ManagedPolicy:
        """The policy of an ARN."""
        return next(one for one in self.policies if one.arn == arn)

    def role(self, name: str, account: str | None = None) -> Role:
        """The role of a name."""
        return next(
            one for one in self.roles if one.name == name and one.account == (account or self.account)
        )
