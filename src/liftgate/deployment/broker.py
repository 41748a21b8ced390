"""The broker's own role, and the revoker's in each further account: what the table of calls says, and a boundary round it."""

from collections.abc import Callable, Sequence
from typing import Final

from liftgate.deployment.calls import CALLS, By, On, actions_of
from liftgate.deployment.errors import BadDeployOption
from liftgate.deployment.model import Bounded, Concern, ManagedPolicy, Role, Watching, role_arn
from liftgate.deployment.options import AUDITOR_NAME, BROKER_NAME, REVOKER_NAME, DeployOptions
from liftgate.deployment.places import Places, account_of
from liftgate.deployment.rights import Right, check_attached, policies_of
from liftgate.deployment.statements import allow, allow_who, deny, policy
from liftgate.deployment.taken_up import Taker, taken_up
from liftgate.iam.policy import Condition, Policy, Principals, Statement

_WRITES: Final = ("iam:PutRolePolicy", "iam:DeleteRolePolicy")


def broker_arn(places: Places, options: DeployOptions) -> str:
    """Whom trust policies name."""
    return options.broker_arn or role_arn(places.partition, places.account, BROKER_NAME)


def revoker_arn(partition: str, account: str) -> str:
    """The revoker role of an account."""
    return role_arn(partition, account, REVOKER_NAME)


def auditor_arn(partition: str, account: str) -> str:
    """The auditor role of an account."""
    return role_arn(partition, account, AUDITOR_NAME)


def broker_parts(
    places: Places, options: DeployOptions, watching: Watching, boundaries: dict[str, str]
) -> tuple[list[ManagedPolicy], Role | Bounded]:
    """The broker's policies and boundary, and its role; or who is there already, to be put under that boundary.

    ``boundaries``: by role that is written to. Raises ``BadDeployOption`` where the broker is a role that is to be another's.
    """
    _check_brought(places, options)
    elsewhere = places.accounts[1:]
    audited = places.accounts if options.auditor else ()
    lend = [
        Right("LendSessions", By.BROKER, On.ELEVATED, tuple(places.lent)),
        Right(
            "ReachOtherAccounts",
            By.BROKER,
            On.REVOKERS,
            tuple(revoker_arn(places.partition, account) for account in elsewhere),
        ),
        Right(
            "LookAtAccounts",
            By.BROKER,
            On.AUDITORS,
            tuple(auditor_arn(places.partition, account) for account in audited),
        ),
    ]
    groups = {
        "Lend": (lend, "lend sessions of elevated roles, and take up the revoker and auditor roles"),
        "TakeBack": (
            account_rights(places, places.account, boundaries),
            "take access back, and read what must be so before it is given",
        ),
        "Watch": (watch_rights(watching), "take CloudTrail's events"),
    }
    found: list[ManagedPolicy] = []
    for group, (rights, why) in groups.items():
        found += policies_of(rights, _maker(places, options, group, why))
    name = options.broker_arn or BROKER_NAME
    check_attached(found, name)
    boundary = ManagedPolicy(
        concern=Concern.BROKER,
        account=places.account,
        partition=places.partition,
        name=f"{BROKER_NAME}Boundary",
        document=_broker_boundary(places, options, watching),
        why="The broker's permissions boundary: whatever policy is added to it, it does no more than this.",
    )
    if options.broker_arn:
        return [*found, boundary], Bounded(arn=options.broker_arn, boundary=boundary.arn)
    role = Role(
        concern=Concern.BROKER,
        account=places.account,
        partition=places.partition,
        name=BROKER_NAME,
        trust=_service_trust(options, places.account),
        policies=tuple(one.arn for one in found),
        boundary=boundary.arn,
        why="Liftgate itself. It may lend the elevated roles and take back what it lent; it reads no object but log files.",
        for_machines=options.runs_on == "ec2",
    )
    return [*found, boundary], role


def revoker_parts(
    places: Places, account: str, *, by: Taker, boundaries: dict[str, str]
) -> tuple[list[ManagedPolicy], Role]:
    """The revoker role of a further account, its policies and its boundary."""

    def make(number: str, document: Policy) -> ManagedPolicy:
        return ManagedPolicy(
            concern=Concern.REVOKER,
            account=account,
            partition=places.partition,
            name=f"{REVOKER_NAME}TakeBack{number}",
            document=document,
            why="What lets the revoker take access back, and read what must be so before it is given.",
        )

    found = policies_of(account_rights(places, account, boundaries), make)
    check_attached(found, REVOKER_NAME)
    return taken_up(
        Concern.REVOKER,
        REVOKER_NAME,
        places,
        account,
        by=by,
        found=found,
        most=policy(*_account_bounds(places, account, revoker_arn(places.partition, account))),
        why="Taken up by the broker to put denies on this account's elevated roles. It lends nothing and reads no object.",
    )


def account_rights(places: Places, account: str, boundaries: dict[str, str]) -> list[Right]:
    """What Liftgate calls in an account about its roles."""
    lent, held = places.lent_in(account), places.held_in(account)

    def under(roles: Sequence[str]) -> tuple[str, ...]:
        return tuple(boundaries[role] for role in roles)

    return [
        Right("ReadElevatedRoles", By.ACCOUNT, On.ELEVATED, lent),
        Right("DenyUnderTheirBoundary", By.ACCOUNT, On.ELEVATED, lent, under(lent)),
        Right("ReadWhoMaySignIn", By.ACCOUNT, On.SIGNED_IN, places.signed_in.get(account, ())),
        Right("ReadRolesOpenedInPlace", By.ACCOUNT, On.HELD, held),
        Right("OpenUnderTheirBoundary", By.ACCOUNT, On.HELD, held, under(held)),
        *_beside_held(places, account),
    ]


def _beside_held(places: Places, account: str) -> list[Right]:
    """What a role that is opened in place takes beside itself: its policies may be anybody's."""
    if not places.held_in(account):
        return []
    policies = (
        f"arn:{places.partition}:iam::{account}:policy/*",
        f"arn:{places.partition}:iam::aws:policy/*",
    )
    return [
        Right("ReadTheirPolicies", By.ACCOUNT, On.POLICIES, policies),
        Right("AskTheSimulator", By.ACCOUNT, On.ANYTHING, ("*",)),
    ]


def watch_rights(watching: Watching) -> list[Right]:
    """What the broker calls to learn of calls."""
    queues = watching.queues
    bucket = watching.log_bucket
    partition = queues.arn.split(":")[1]
    key = watching.log_key_arn
    return [
        Right(
            "TakeEvents",
            By.BROKER,
            On.QUEUES,
            (queues.arn, *([queues.dead_letters_arn] if queues.dead_letters_arn else [])),
        ),
        Right("FindLogFiles", By.BROKER, On.LOG_BUCKET, (f"arn:{partition}:s3:::{bucket}",)),
        Right("ReadLogFiles", By.BROKER, On.LOG_FILES, (f"arn:{partition}:s3:::{bucket}/AWSLogs/*",)),
        Right("OpenLogFiles", By.BROKER, On.LOG_KEY, (key,) if key else ()),
    ]


def _maker(
    places: Places, options: DeployOptions, group: str, why: str
) -> Callable[[str, Policy], ManagedPolicy]:
    existing = options.broker_principal

    def make(number: str, document: Policy) -> ManagedPolicy:
        return ManagedPolicy(
            concern=Concern.BROKER,
            account=places.account,
            partition=places.partition,
            name=f"{BROKER_NAME}{group}{number}",
            document=document,
            why=f"What lets the broker {why}.",
            users=(existing[2],) if existing and existing[1] == "user" else (),
            roles=(existing[2],) if existing and existing[1] == "role" else (),
        )

    return make


def _service_trust(options: DeployOptions, account: str) -> Policy:
    """Who hands out the broker's role: of ECS and Lambda, only for this account's own."""
    who = Principals((("Service", options.runs_on.principal),))
    own = [Condition("StringEquals", "aws:SourceAccount", (account,))] if options.runs_on == "ecs" else []
    return policy(allow_who("RunAsTheBroker", who, ["sts:AssumeRole"], None, *own))


def _check_brought(places: Places, options: DeployOptions) -> None:
    """One role has one boundary, and it is the broker alone that takes up the others."""
    brought = options.broker_principal
    if brought is None or brought[1] != "role":
        return
    named = {(account_of(arn), arn.rsplit("/", 1)[-1]) for arn in (*places.lent, *places.held)}
    if options.baseline:
        named.add((places.account, options.baseline.name))
    if (brought[0], brought[2]) in named:
        raise BadDeployOption(
            f"the broker `{options.broker_arn}` is a role that is lent, or that people hold",
            advice="let Liftgate run as a user or role of its own",
            value=options.broker_arn,
        )


def _broker_boundary(places: Places, options: DeployOptions, watching: Watching) -> Policy:
    everywhere = [f"arn:{places.partition}:iam::{account}:role/*" for account in places.accounts]
    watch = [right.statement(right.resources, ()) for right in watch_rights(watching) if right.resources]
    return policy(
        allow("LendAndReach", actions_of(By.BROKER, On.ELEVATED), everywhere),
        *_account_bounds(places, places.account, broker_arn(places, options)),
        *watch,
    )


def _account_bounds(places: Places, account: str, own: str) -> list[Statement]:
    """The most about roles: these calls, never on a role without a boundary, and never on the caller's own."""
    roles = f"arn:{places.partition}:iam::{account}:role/*"
    on_roles = {On.ELEVATED, On.SIGNED_IN, *([On.HELD] if places.held_in(account) else [])}
    actions = dict.fromkeys(one.action for one in CALLS if one.by is By.ACCOUNT and one.on in on_roles)
    return [
        allow("TakeBack", actions, [roles]),
        *(one.statement(one.resources, ()) for one in _beside_held(places, account)),
        *([deny("NeverItself", _WRITES, [own])] if ":role/" in own else []),  # on a user nothing is allowed
        deny(
            "NeverWithoutABoundary",
            ["iam:PutRolePolicy"],
            ["*"],
            Condition("Null", "iam:PermissionsBoundary", ("true",)),
        ),
    ]
