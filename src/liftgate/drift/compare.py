"""Holds what is there against the plan, wall by wall: pure, the same snapshot always gives the same report.

report = compare(against, snapshot)

"""

from typing import Final

from liftgate.deployment.model import Plan
from liftgate.drift.access_points import access_points_drift
from liftgate.drift.brought import brought_drift
from liftgate.drift.buckets import buckets_drift
from liftgate.drift.events import events_drift
from liftgate.drift.expected import Against
from liftgate.drift.keys import keys_drift
from liftgate.drift.model import Drift, Report, Risk, Unseen
from liftgate.drift.roles import planned_roles, roles_drift
from liftgate.drift.seen import Snapshot
from liftgate.drift.standing import standing_drift
from liftgate.drift.trails import trails_drift
from liftgate.drift.walls import WALLS

_BY_RISK: Final = tuple(Risk)
_BY_WALL: Final = tuple(WALLS)


def compare(against: Against, snapshot: Snapshot) -> Report:
    """Every wall that does not stand, and everything that could not be looked at."""
    plan = against.plan
    found = [
        *(
            one
            for one in (*snapshot.iam.values(), *snapshot.account_blocks.values())
            if isinstance(one, Unseen)
        ),
        *roles_drift(against, snapshot),
        *brought_drift(against, snapshot),
        *standing_drift(against, snapshot),
        *buckets_drift(against, snapshot),
        *access_points_drift(against, snapshot),
        *keys_drift(plan, snapshot),
        *trails_drift(plan, against.places, snapshot),
        *events_drift(plan, snapshot),
    ]
    return Report(
        drifts=tuple(sorted((one for one in found if isinstance(one, Drift)), key=_place)),
        unseen=tuple(dict.fromkeys(one for one in found if isinstance(one, Unseen))),
        looked_at=_things(plan, snapshot),
    )


def _place(one: Drift) -> tuple[int, int, str, str]:
    return (_BY_RISK.index(one.wall.risk), _BY_WALL.index(one.wall.id), one.thing, one.found)


def _things(plan: Plan, snapshot: Snapshot) -> int:
    beside = (
        [plan.brought] if plan.brought else [],
        snapshot.trails,
        snapshot.rules,
        snapshot.buses,
        snapshot.queues,
        snapshot.buckets,
        snapshot.keys,
        snapshot.account_blocks,
        *(snapshot.points_of(account) for account in plan.accounts),
    )
    return len(planned_roles(plan)) + len(plan.policies) + len(plan.bounded) + sum(map(len, beside))
