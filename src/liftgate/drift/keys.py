"""KMS keys: whether they can be used, and by nobody whom the plan does not know."""

from collections.abc import Iterator
from typing import Final

from liftgate.deployment.model import Plan
from liftgate.drift.mending import of_region, put_key_policy
from liftgate.drift.model import Absent, Drift, Unseen
from liftgate.drift.principals import Pair, account_in, is_everybody, is_nobody, who
from liftgate.drift.seen import SeenKey, Snapshot
from liftgate.drift.walls import WALLS
from liftgate.iam.linting.narrowing import is_narrowed
from liftgate.iam.patterns.pattern import matcher
from liftgate.iam.policy import Effect, Policy, Statement

_OPENING: Final = (
    "kms:decrypt",
    "kms:generatedatakey",
    "kms:reencryptfrom",
    "kms:creategrant",
    "kms:putkeypolicy",
)


def planned_keys(plan: Plan) -> tuple[str, ...]:
    """Those of watched buckets, and that of the log files."""
    logs = plan.watching.log_key_arn
    return tuple(dict.fromkeys((*plan.kms_keys, *([logs] if logs else []))))


def keys_drift(plan: Plan, snapshot: Snapshot) -> Iterator[Drift | Unseen]:
    """Of all keys of the plan."""
    for arn in planned_keys(plan):
        key = snapshot.keys[arn]
        if isinstance(key, Unseen):
            yield key
        elif isinstance(key, Absent):
            yield _disabled(arn, "not there")
        else:
            if key.state != "Enabled":
                yield _disabled(arn, key.state)
            yield from _policy(arn, key, plan)


def _disabled(arn: str, found: str) -> Drift:
    region = arn.split(":")[3]
    call = "cancel-key-deletion" if found == "PendingDeletion" else "enable-key"
    return Drift(
        wall=WALLS["key-disabled"],
        thing=arn,
        found=found,
        wanted="Enabled",
        mend=of_region("kms", call, region, "--key-id", arn),
    )


def _policy(arn: str, key: SeenKey, plan: Plan) -> Iterator[Drift | Unseen]:
    if isinstance(key.policy, Unseen):
        yield key.policy
    if not isinstance(key.policy, Policy):
        return
    known = {*plan.accounts, arn.split(":")[4]}
    for one in key.policy.statements:
        if one.effect is not Effect.ALLOW or one.principals is None or not _opens(one):
            continue
        strangers = [
            pair for pair in one.principals.values if one.principals.negated or _strange(pair, one, known)
        ]
        if strangers:
            names = ", ".join(map(who, strangers))
            yield Drift(
                wall=WALLS["key-opened"],
                thing=arn,
                found=f"{'all but ' if one.principals.negated else ''}{names} may use it",
                wanted="the plan's accounts alone",
                mend=put_key_policy(arn, key.policy, one),
            )


def _opens(one: Statement) -> bool:
    hits = [
        any(matcher(pattern.lower())(action) for pattern in one.actions.values) != one.actions.negated
        for action in _OPENING
    ]
    return any(hits)


def _strange(pair: Pair, one: Statement, known: set[str]) -> bool:
    if is_everybody(pair):
        return not is_narrowed(one)
    return pair[0] != "Service" and not is_nobody(pair) and account_in(pair) not in known
