"""Buckets: somebody else's policy on a watched one, its block of public access, and the bucket of log files."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from liftgate.deployment.model import Plan, Trail
from liftgate.deployment.places import Places
from liftgate.deployment.watching import LOGS_KEPT_DAYS
from liftgate.drift.expected import Against
from liftgate.drift.mending import (
    BLOCK,
    lent_names,
    name_of,
    put_block,
    put_bucket_policy,
    with_document,
    without_statement,
)
from liftgate.drift.model import Absent, Drift, Mend, Unseen
from liftgate.drift.principals import Pair, account_in, is_account, is_everybody, is_nobody, session_in, who
from liftgate.drift.resource_policies import resource_policy_drift
from liftgate.drift.seen import Looked, SeenBucket, Snapshot
from liftgate.drift.standing import lent_rights, shared
from liftgate.drift.walls import WALLS
from liftgate.iam.linting.narrowing import is_narrowed
from liftgate.iam.policy import Effect, Policy, Statement

# Whoever is named so is not held by the policy or boundary that should hold them, whatever they are let do.
_PAST_THEIR_BOUNDS: Final = ("names-session", "names-broker")


def watched_buckets(plan: Plan, places: Places) -> dict[str, str]:
    """The account of each bucket that an entitlement names, by ARN."""
    return {arn: account for account in plan.accounts for arn in places.buckets_of(account)}


def log_bucket_arn(plan: Plan) -> str:
    """The bucket from which log files are read."""
    return f"arn:{plan.partition}:s3:::{plan.watching.log_bucket}"


def buckets_drift(against: Against, snapshot: Snapshot) -> Iterator[Drift | Unseen]:
    """Of all watched buckets, and that of log files."""
    plan = against.plan
    logs = log_bucket_arn(plan)
    for arn, account in {**watched_buckets(plan, against.places), logs: plan.account}.items():
        bucket = snapshot.buckets[arn]
        if isinstance(bucket, Unseen):
            yield bucket
        elif isinstance(bucket, Absent):
            yield _missing(arn)
        else:
            yield from _block(arn, bucket, snapshot.account_blocks.get(account, Absent()))
            if arn == logs:
                yield from _logs(arn, bucket, plan)
            else:
                yield from _policy(arn, account, bucket, against)


def _missing(arn: str) -> Drift:
    name = _name(arn)
    return Drift(
        wall=WALLS["bucket-missing"],
        thing=arn,
        found="not there",
        wanted="a bucket of the plan's account",
        mend=Mend(command=("aws", "s3", "mb", f"s3://{name}")),
    )


def _block(arn: str, bucket: SeenBucket, of_account: Looked[frozenset[str]]) -> Iterator[Drift | Unseen]:
    """What is on for the whole account counts for each of its buckets."""
    found = bucket.public_block
    if isinstance(found, Unseen):
        yield found
        return
    off = set(BLOCK).difference(*(one for one in (found, of_account) if isinstance(one, frozenset)))
    if off:
        yield Drift(
            wall=WALLS["public-block-off"],
            thing=arn,
            found=f"off: {', '.join(sorted(off))}",
            wanted="all four parts on, for the bucket or for its account",
            mend=put_block(_name(arn)),
        )


def _policy(arn: str, account: str, bucket: SeenBucket, against: Against) -> Iterator[Drift | Unseen]:
    policy = bucket.policy
    if isinstance(policy, Unseen):
        yield policy
    if not isinstance(policy, Policy):
        return
    for one in let_in(policy, arn, account, against):
        if isinstance(one, Unseen):
            yield one
            continue
        yield Drift(
            wall=WALLS[f"bucket-{one.how}"],
            thing=arn,
            found=one.who_may_call,
            wanted="nobody but by a grant",
            mend=without_statement(_name(arn), policy, one.statement),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """A statement of a resource's policy by which somebody does what an entitlement is for, or one that passes a boundary."""

    how: str  # "names-session", "names-broker", "opened", "lets-write"
    statement: Statement
    who_may_call: str


def let_in(policy: Policy, arn: str, account: str, against: Against) -> Iterator[LetIn | Unseen]:
    """The statements of a bucket's policy that let in somebody whom the plan does not."""
    rights = lent_rights(against.places, account)
    for one in policy.statements:
        if one.effect is not Effect.ALLOW or one.principals is None:
            continue
        how = _how(one, account, against)
        if how is None:
            continue
        answer = shared(_as_asked(one, policy), rights, arn)
        if how not in _PAST_THEIR_BOUNDS and answer is None:
            continue
        if isinstance(answer, Unseen):
            yield answer
            continue
        names = ", ".join(map(who, one.principals.values))
        said = f"{'all but ' if one.principals.negated else ''}{names} may call {answer or one.actions.values[0]}"
        yield LetIn(how=how, statement=one, who_may_call=said)


def _as_asked(one: Statement, policy: Policy) -> Policy:
    """What the statement allows whom it names, less what is denied to everybody."""
    denies = (
        replace(each, principals=None)
        for each in policy.statements
        if each.effect is Effect.DENY
        and each.principals is not None
        and any(map(is_everybody, each.principals.values))
    )
    return Policy(statements=(replace(one, principals=None), *denies))


def _how(one: Statement, account: str, against: Against) -> str | None:
    """The worst of what a statement's principals are; None where none of them is anybody's business."""
    principals = one.principals
    if principals is None:
        return None
    if principals.negated:
        return "opened"
    found = {
        _how_of(pair, one, account, against)
        for pair in principals.values
        if not against.expected.takes(pair[1])
    }
    return next(
        (how for how in (*_PAST_THEIR_BOUNDS, "opened", "lets-write") if how in found),
        None,
    )


def _how_of(pair: Pair, one: Statement, account: str, against: Against) -> str | None:
    if is_everybody(pair):
        return "lets-write" if is_narrowed(one) else "opened"
    if (past := _past_its_bounds(pair, against)) is not None:
        return past
    if (
        is_nobody(pair) or pair[1] in against.places.lent
    ):  # a role that is named stays within its session policy
        return None
    if pair[0] == "Service":
        return "lets-write"
    if account_in(pair) not in {account, *against.plan.accounts}:
        return "opened"
    # The bucket's own account: then the policies of its users and roles decide.
    return None if is_account(pair) and account_in(pair) == account else "lets-write"


def _past_its_bounds(pair: Pair, against: Against) -> str | None:
    """A user, or a session, that a bucket names is let in past what bounds it; a role that it names is not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    broker = against.plan.broker_arn
    if session_in(pair) in lent_names(against.places):
        return "names-session"
    if ":user/" in broker:
        return "names-broker" if pair == ("AWS", broker) else None
    return "names-broker" if session_in(pair) == (broker.split(":")[4], name_of(broker)) else None


def _logs(arn: str, bucket: SeenBucket, plan: Plan) -> Iterator[Drift | Unseen]:
    """Only of a bucket that the plan makes."""
    ours = next((one for one in plan.watching.trails if one.account == plan.account), None)
    trail = ours or next(iter(plan.watching.trails), None)
    if trail is None:
        return
    yield from _logs_policy(arn, bucket, trail)
    days, versioned = bucket.expires_days, bucket.is_versioned
    yield from (one for one in (days, versioned) if isinstance(one, Unseen))
    if isinstance(days, int) and days < LOGS_KEPT_DAYS:
        yield Drift(
            wall=WALLS["logs-kept-too-short"],
            thing=arn,
            found=f"{days} days",
            wanted=f"{LOGS_KEPT_DAYS} days",
            mend=_keep(arn),
        )
    if versioned is False:
        yield Drift(
            wall=WALLS["logs-overwritten"],
            thing=arn,
            found="no versions are kept",
            wanted="versioning on",
            mend=Mend(
                command=(
                    *("aws", "s3api", "put-bucket-versioning", "--bucket", _name(arn)),
                    *("--versioning-configuration", "Status=Enabled"),
                )
            ),
        )


def _logs_policy(arn: str, bucket: SeenBucket, trail: Trail) -> Iterator[Drift | Unseen]:
    yield from resource_policy_drift(
        arn,
        bucket.policy,
        trail.bucket_policy,
        ("log-bucket-opened", "log-bucket-closed"),
        put_bucket_policy(_name(arn), trail.bucket_policy),
        meant="CloudTrail alone, for the plan's trails",
    )


def _keep(arn: str) -> Mend:
    rule = {"ID": "KeepAYear", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": LOGS_KEPT_DAYS}}
    command = ("aws", "s3api", "put-bucket-lifecycle-configuration", "--bucket", _name(arn))
    return with_document(
        (*command, "--lifecycle-configuration"), f"{_name(arn)}-lifecycle", {"Rules": [rule]}
    )


def _name(arn: str) -> str:
    return arn.rsplit(":", 1)[-1]
