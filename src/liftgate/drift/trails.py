"""Trails: whether they log, all that they should, to where log files are read."""

from collections.abc import Iterable, Iterator, Sequence

from liftgate.deployment.model import Concern, Plan, Trail
from liftgate.deployment.places import Places
from liftgate.deployment.watching import selectors
from liftgate.drift.mending import apply, of_region, with_document
from liftgate.drift.model import Absent, Drift, Mend, Unseen
from liftgate.drift.seen import SeenTrail, Snapshot
from liftgate.drift.selectors import NOTHING, Logged, logs_objects_somewhere, of_management, of_objects
from liftgate.drift.walls import WALLS
from liftgate.iam.policy import Policy


def trails_drift(plan: Plan, places: Places, snapshot: Snapshot) -> Iterator[Drift | Unseen]:
    """Of the plan's trails, or where it makes none, of those that write into the bucket that it names."""
    for trail in plan.watching.trails or _existing(plan, places):
        seen = snapshot.trails[trail.account]
        if isinstance(seen, Unseen):
            yield seen
            continue
        trails = () if isinstance(seen, Absent) else seen
        if plan.watching.trails:
            yield from _own(trail, [one for one in trails if one.arn == trail.arn], plan)
        else:
            yield from _named(trail, [one for one in trails if one.bucket == trail.bucket], plan)


def _existing(plan: Plan, places: Places) -> Iterable[Trail]:
    """What a trail that is there already must log in each account."""
    for account in plan.accounts:
        if watched := places.buckets_of(account):
            yield Trail(
                account=account,
                partition=plan.partition,
                region=plan.region,
                name="",
                bucket=plan.watching.log_bucket,
                bucket_policy=Policy(statements=()),
                watched=watched,
                reads=False,
                key_arn=None,
            )


def _own(trail: Trail, found: Sequence[SeenTrail], plan: Plan) -> Iterator[Drift]:
    if not found:
        yield _missing(trail, plan)
        return
    seen = found[0]
    if seen.bucket != trail.bucket or (trail.key_arn and seen.key_arn != trail.key_arn):
        key = ("--kms-key-id", trail.key_arn) if trail.key_arn else ()
        yield _drift(
            "trail-elsewhere",
            trail.arn,
            f"into {seen.bucket}, under {seen.key_arn or 'no key'}",
            f"into {trail.bucket}, under {trail.key_arn or 'any key'}",
            _update(trail, "--s3-bucket-name", trail.bucket, *key),
        )
    if not (seen.every_region and seen.global_services):
        yield _drift(
            "trail-one-region",
            trail.arn,
            "one region" if not seen.every_region else "no global services",
            "every region, and global services",
            _update(trail, "--is-multi-region-trail", "--include-global-service-events"),
        )
    if not seen.signed:
        update = _update(trail, "--enable-log-file-validation")
        yield _drift("trail-unsigned", trail.arn, "no digest files", "log file validation", update)
    yield from _logging(trail, found, trail.arn)


def _named(trail: Trail, found: Sequence[SeenTrail], plan: Plan) -> Iterator[Drift]:
    if not found:
        yield _missing(trail, plan)
    else:
        yield from _logging(trail, found, found[0].arn)


def _logging(trail: Trail, found: Sequence[SeenTrail], thing: str) -> Iterator[Drift]:
    """What several log together counts."""
    running = [one for one in found if one.is_logging]
    if not running:
        start = of_region("cloudtrail", "start-logging", _region(thing), "--name", thing)
        yield _drift("trail-stopped", thing, "it does not log", "it logs", start)
        running = list(found)
    put = _put_selectors(trail, thing)
    if not _whole(_sum(of_management(one) for one in running)):
        yield _drift("trail-skips-management", thing, "not all of them", "all management events", put)
    if not any(map(logs_objects_somewhere, running)):
        yield _drift("trail-management-only", thing, "no calls on objects", _wanted(trail), put)
        return
    logged = {arn: _sum(of_objects(one, arn) for one in running) for arn in trail.watched}
    for wall, arns, what in (
        ("trail-skips-bucket", [arn for arn, one in logged.items() if one == NOTHING], "not all of"),
        (
            "trail-reads-only",
            [arn for arn, one in logged.items() if one.reads and not one.writes],
            "only reads of",
        ),
        (
            "trail-skips-reads",
            [arn for arn, one in logged.items() if trail.reads and one.writes and not one.reads],
            "no reads of",
        ),
    ):
        if arns:
            yield _drift(wall, thing, f"{what} {', '.join(arns)}", _wanted(trail), put)


def _sum(parts: Iterable[Logged]) -> Logged:
    found = NOTHING
    for one in parts:
        found |= one
    return found


def _whole(logged: Logged) -> bool:
    return logged.reads and logged.writes


def _wanted(trail: Trail) -> str:
    return f"{'reads and writes' if trail.reads else 'writes'} in {len(trail.watched)} watched buckets"


def _missing(trail: Trail, plan: Plan) -> Drift:
    thing = trail.arn if trail.name else f"arn:{trail.partition}:s3:::{trail.bucket}"
    return _drift(
        "trail-missing",
        thing,
        "not there" if trail.name else f"no trail that account {trail.account} sees writes there",
        _wanted(trail),
        apply(plan, trail.account, Concern.WATCH),
    )


def _update(trail: Trail, *what: str) -> Mend:
    return of_region("cloudtrail", "update-trail", trail.region, "--name", trail.arn, *what)


def _put_selectors(trail: Trail, thing: str) -> Mend:
    command = ("aws", "cloudtrail", "put-event-selectors", "--region", _region(thing), "--trail-name", thing)
    return with_document(
        (*command, "--advanced-event-selectors"), f"{thing.rsplit('/', 1)[-1]}-selectors", selectors(trail)
    )


def _region(arn: str) -> str:
    return arn.split(":")[3]


def _drift(wall: str, thing: str, found: str, wanted: str, mend: Mend) -> Drift:
    return Drift(wall=WALLS[wall], thing=thing, found=found, wanted=wanted, mend=mend)
