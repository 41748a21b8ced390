"""Standing permission: users and roles that may do already what an entitlement is for, found with the ``iam`` engine."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from liftgate.deployment.places import Places
from liftgate.drift.containing import Beyond, together
from liftgate.drift.expected import Against
from liftgate.drift.mending import take_off
from liftgate.drift.model import Drift, Unseen
from liftgate.drift.roles import planned_roles
from liftgate.drift.seen import SeenAccessPoint, SeenGrant, SeenIam, SeenPrincipal, Snapshot
from liftgate.drift.walls import WALLS
from liftgate.elevation.in_place.statements import POLICY_NAME as IN_PLACE
from liftgate.iam.compilation.grants import scope_policy
from liftgate.iam.contain import NotContained, intersect, is_empty
from liftgate.iam.policy import Patterns, Policy, Statement
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.scope import Scope


def lent_rights(places: Places, account: str) -> Policy:
    """What entitlements of an account give beyond everyday access, all together."""
    reads = expand_actions(["list", "read"])
    found: list[Policy] = []
    for ones in (*places.lent.values(), *places.held.values()):
        for one in ones:
            if one.account != account:
                continue
            actions = frozenset(one.ceiling.actions) - reads or one.ceiling.actions
            found.append(scope_policy(Scope(actions=actions, locations=one.ceiling.locations)))
    return together(*found)


def _also_through(rights: Policy, points: Iterable[SeenAccessPoint]) -> Policy:
    """The same at the access points of those buckets: who calls through one needs the right on it, and not on the bucket."""
    found = [rights]
    for point in points:
        moved = [_moved(one, point) for one in rights.statements]
        found.append(Policy(statements=tuple(one for one in moved if one)))
    return together(*found)


def _moved(one: Statement, point: SeenAccessPoint) -> Statement | None:
    places = one.resources.values if one.resources else ()
    there = [
        place.removeprefix(point.bucket_arn)
        for place in places
        if f"{place}/".startswith(f"{point.bucket_arn}/")
    ]
    moved = tuple(f"{point.arn}/object{key}" if key else point.arn for key in there)
    return replace(one, resources=Patterns(moved)) if moved else None


def standing_drift(against: Against, snapshot: Snapshot) -> Iterator[Drift | Unseen]:
    """Everybody but the plan's own roles and the broker, which are held against the plan, and AWS's services."""
    plan, places, expected = against.plan, against.places, against.expected
    planned = {*(one.arn for one in planned_roles(plan)), plan.broker_arn}
    for account in plan.accounts:
        iam = snapshot.iam[account]
        rights = _also_through(lent_rights(places, account), snapshot.points_of(account))
        if not isinstance(iam, SeenIam) or not rights.statements:
            continue
        for one in iam.principals.values():
            if (
                one.arn not in planned
                and ":role/aws-service-role/" not in one.arn
                and not expected.takes(one.arn)
            ):
                yield from _standing(one, rights, iam, places)


def _standing(one: SeenPrincipal, rights: Policy, iam: SeenIam, places: Places) -> Iterator[Drift | Unseen]:
    """Policy by policy for who is to blame, all denies with each."""
    grants = [grant for grant in one.grants if not _is_ours(grant, one, places)]
    documents = [iam.document(grant) for grant in grants]
    unseen = [each for each in documents if isinstance(each, Unseen)]
    yield from (Unseen(thing=one.arn, why=f"{each.thing}: {each.why}") for each in unseen)
    known = [each for each in documents if isinstance(each, Policy)]
    unknown = Unseen(thing=one.arn, why="AWS does not show what it says")
    boundary = iam.policies.get(one.boundary, unknown) if one.boundary else None
    answer = shared(together(*known), rights, one.arn)
    if isinstance(boundary, Unseen) and answer is not None:
        answer = Unseen(thing=one.arn, why=f"its boundary: {boundary.why}")
    elif isinstance(boundary, Policy) and isinstance(answer, Beyond):
        answer = shared(together(*known), rights, one.arn, boundary)
    if isinstance(answer, Unseen):
        yield answer
    elif answer is not None:
        yield Drift(
            wall=WALLS["standing-permission"],
            thing=one.arn,
            found=f"it may call {answer}",
            wanted="only under a grant",
            mend=take_off(_to_blame(grants, iam, rights)),
        )


def shared(
    found: Policy, rights: Policy, thing: str, boundary: Policy | None = None
) -> Beyond | Unseen | None:
    """A call that both allow, and the boundary too; None where it is proved that there is none."""
    both = intersect(found, rights)
    if isinstance(both, Policy) and boundary is not None:
        both = intersect(both, boundary)
    answer = is_empty(both) if isinstance(both, Policy) else both
    if answer:
        return None
    if isinstance(answer, NotContained):
        return Beyond(answer.witness)
    return Unseen(
        thing=thing, why=f"whether it may do what entitlements give cannot be told: {answer.because}"
    )


def _to_blame(grants: list[SeenGrant], iam: SeenIam, rights: Policy) -> SeenGrant:
    """The first that allows any of it."""
    for grant in grants:
        document = iam.document(grant)
        if isinstance(document, Policy) and shared(document, rights, grant.name) is not None:
            return grant
    return grants[0]


def _is_ours(grant: SeenGrant, one: SeenPrincipal, places: Places) -> bool:
    """The statements of grants in place, which Liftgate itself holds against its store."""
    return one.arn in places.held and grant.name == IN_PLACE and not grant.is_managed
