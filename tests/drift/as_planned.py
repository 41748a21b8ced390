"""A snapshot of accounts that are just as planned."""

from typing import Final

from liftgate.deployment.model import Bounded, Plan
from liftgate.deployment.watching import (
    DEAD_KEPT_SECONDS,
    EVENT_PATTERN,
    KEPT_SECONDS,
    LOGS_KEPT_DAYS,
    RULE_STATE,
    bus_policy,
    selectors,
)
from liftgate.drift.buckets import log_bucket_arn, watched_buckets
from liftgate.drift.events import rules_of
from liftgate.drift.expected import Against
from liftgate.drift.mending import BLOCK
from liftgate.drift.model import Absent
from liftgate.drift.roles import planned_roles
from liftgate.drift.seen import (
    Holder,
    SeenBucket,
    SeenGrant,
    SeenIam,
    SeenPrincipal,
    SeenQueue,
    SeenRole,
    SeenRule,
    SeenTrail,
    Snapshot,
)

_BUCKET: Final = SeenBucket(
    policy=Absent(), public_block=frozenset(BLOCK), is_versioned=True, expires_days=LOGS_KEPT_DAYS
)


def snapshot_as_planned(against: Against) -> Snapshot:
    """What a check would read."""
    plan, places = against.plan, against.places
    watching, bus = plan.watching, plan.watching.home_bus_arn
    logs = SeenBucket(
        policy=watching.trails[0].bucket_policy,
        public_block=_BUCKET.public_block,
        is_versioned=True,
        expires_days=LOGS_KEPT_DAYS,
    )
    return Snapshot(
        iam={account: _iam(against, account) for account in plan.accounts},
        roles={
            one.arn: SeenRole(longest=one.max_session, boundary=one.boundary) for one in planned_roles(plan)
        },
        trails={one.account: (_trail(one.arn, against),) for one in watching.trails},
        rules={
            arn: SeenRule(
                state=RULE_STATE,
                pattern=EVENT_PATTERN,
                targets=({"Arn": target, **({"RoleArn": role} if role else {})},),
            )
            for arn, (target, role) in rules_of(plan).items()
        },
        buses={bus: bus_policy(bus, watching.senders, plan.partition)} if bus else {},
        queues=_queues(against),
        account_blocks=dict.fromkeys(plan.accounts, Absent()),
        access_points={f"arn:aws:s3:{plan.region}:{one}:accesspoint/*": () for one in plan.accounts},
        buckets={**dict.fromkeys(watched_buckets(plan, places), _BUCKET), log_bucket_arn(plan): logs},
    )


def _iam(against: Against, account: str) -> SeenIam:
    plan = against.plan
    principals = [
        SeenPrincipal(
            arn=one.arn,
            grants=(
                *(SeenGrant(holder=Holder.ROLE, holder_name=one.name, name=arn) for arn in one.policies),
                *(
                    [SeenGrant(holder=Holder.ROLE, holder_name=one.name, name="Forward", inline=one.inline)]
                    if one.inline
                    else []
                ),
            ),
            boundary=one.boundary,
            trust=one.trust,
        )
        for one in planned_roles(plan)
        if one.account == account
    ]
    if plan.brought and account == plan.account:
        principals.append(_brought(plan.brought, plan))
    policies = {one.arn: one.document for one in plan.policies if one.account == account}
    return SeenIam(principals={one.arn: one for one in principals}, policies=policies)


def _brought(one: Bounded, plan: Plan) -> SeenPrincipal:
    held = [each.arn for each in plan.policies if each.users or each.roles]
    holder, name = Holder(one.kind), one.arn.rsplit("/", 1)[-1]
    grants = tuple(SeenGrant(holder=holder, holder_name=name, name=arn) for arn in held)
    return SeenPrincipal(arn=one.arn, grants=grants, boundary=one.boundary)


def _trail(arn: str, against: Against) -> SeenTrail:
    trail = next(one for one in against.plan.watching.trails if one.arn == arn)
    return SeenTrail(
        arn=arn,
        bucket=trail.bucket,
        is_logging=True,
        every_region=True,
        global_services=True,
        signed=True,
        key_arn=trail.key_arn,
        selectors=(),
        advanced=tuple(selectors(trail)),
    )


def _queues(against: Against) -> dict[str, SeenQueue]:
    queues = against.plan.watching.queues
    assert queues.policy
    assert queues.dead_letters_arn
    return {
        queues.arn: SeenQueue(
            policy=queues.policy,
            kept_seconds=KEPT_SECONDS,
            is_encrypted=True,
            dead_letters_arn=queues.dead_letters_arn,
        ),
        queues.dead_letters_arn: SeenQueue(
            policy=Absent(), kept_seconds=DEAD_KEPT_SECONDS, is_encrypted=True, dead_letters_arn=None
        ),
    }
