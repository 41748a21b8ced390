"""Reads all that a plan names from the accounts where it is: through boto3, page by page, thing by thing.

    report = compare(against, read_snapshot(against, clients))

Nothing is raised for what cannot be read: it stands in the snapshot as unseen.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from liftgate.deployment.model import Plan
from liftgate.drift.buckets import log_bucket_arn, watched_buckets
from liftgate.drift.events import queues_of, rules_of
from liftgate.drift.expected import Against
from liftgate.drift.keys import planned_keys
from liftgate.drift.ports import Clients
from liftgate.drift.read_events import read_bus, read_queue, read_rule, read_trails
from liftgate.drift.read_iam import read_iam, read_role
from liftgate.drift.read_storage import read_access_points, read_account_block, read_bucket, read_key
from liftgate.drift.reading import look
from liftgate.drift.roles import planned_roles
from liftgate.drift.seen import Looked, SeenAccessPoint, SeenIam, SeenRole, SeenTrail, Snapshot

T = TypeVar("T")


def read_snapshot(against: Against, clients: Clients) -> Snapshot:
    """What is there."""
    plan, places = against.plan, against.places
    iam = {account: _iam(clients, account, plan) for account in plan.accounts}
    at = _At(clients, plan)
    bus = plan.watching.home_bus_arn
    logs = {log_bucket_arn(plan): plan.account}
    return Snapshot(
        iam=iam,
        roles=_roles(iam, at, plan),
        trails={
            account: _trails(clients, account, plan)
            for account in plan.accounts
            if places.buckets_of(account)
        },
        rules={arn: at.read("events", arn, read_rule) for arn in rules_of(plan)},
        buses={} if bus is None else {bus: at.read("events", bus, read_bus)},
        queues={arn: at.read("sqs", arn, read_queue) for arn in queues_of(plan)},
        buckets={
            arn: at.within("s3", account, arn, read_bucket)
            for arn, account in {**watched_buckets(plan, places), **logs}.items()
        },
        keys={arn: at.read("kms", arn, read_key) for arn in planned_keys(plan)},
        account_blocks={
            account: at.within("s3control", account, _root_of(account, plan), read_account_block)
            for account in plan.accounts
        },
        access_points={
            pattern: _access_points(clients, pattern, against)
            for account in plan.accounts
            for pattern in _access_point_patterns(account, plan)
        },
    )


class _At:
    """Reads with the client of an account and region."""

    def __init__(self, clients: Clients, plan: Plan) -> None:
        self._clients = clients
        self._region = plan.region

    def read(self, service: str, arn: str, read: Callable[[Any, str], Looked[T]]) -> Looked[T]:
        """A thing whose ARN says where it is."""
        region, account = arn.split(":")[3:5]
        return look(arn, lambda: read(self._clients(service, account, region), arn))

    def within(
        self, service: str, account: str, arn: str, read: Callable[[Any, str], Looked[T]]
    ) -> Looked[T]:
        """A thing whose ARN does not."""
        return look(arn, lambda: read(self._clients(service, account, self._region), arn))


def _roles(iam: Mapping[str, Looked[SeenIam]], at: _At, plan: Plan) -> dict[str, Looked[SeenRole]]:
    arns = [*(one.arn for one in planned_roles(plan)), *(one.arn for one in plan.bounded)]
    return {
        arn: at.within("iam", account, arn, read_role)
        for arn in dict.fromkeys(arns)
        if isinstance(found := iam[account := arn.split(":")[4]], SeenIam) and arn in found.principals
    }


def _iam(clients: Clients, account: str, plan: Plan) -> Looked[SeenIam]:
    return look(_root_of(account, plan), lambda: read_iam(clients("iam", account, plan.region)))


def _root_of(account: str, plan: Plan) -> str:
    return f"arn:{plan.partition}:iam::{account}:root"


def _access_point_patterns(account: str, plan: Plan) -> list[str]:
    """One for each region in which there are watched buckets: an access point is where its bucket is."""
    regions = dict.fromkeys((plan.region, *plan.options.also_regions))
    return [f"arn:{plan.partition}:s3:{region}:{account}:accesspoint/*" for region in regions]


def _access_points(clients: Clients, pattern: str, against: Against) -> Looked[tuple[SeenAccessPoint, ...]]:
    plan, (region, account) = against.plan, pattern.split(":")[3:5]
    names = {arn.rsplit(":", 1)[-1] for arn in (*watched_buckets(plan, against.places), log_bucket_arn(plan))}
    return look(
        pattern,
        lambda: read_access_points(clients("s3control", account, region), account, names.__contains__),
    )


def _trails(clients: Clients, account: str, plan: Plan) -> Looked[tuple[SeenTrail, ...]]:
    ours = {one.arn for one in plan.watching.trails}

    def is_wanted(arn: str, bucket: str) -> bool:
        return arn in ours if ours else bucket == plan.watching.log_bucket

    return look(
        f"arn:{plan.partition}:cloudtrail:{plan.region}:{account}:trail/*",
        lambda: read_trails(clients("cloudtrail", account, plan.region), is_wanted),
    )
