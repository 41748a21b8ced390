"""How events come: rules of EventBridge, the home bus, and the queues."""

from collections.abc import Iterator, Mapping
from typing import Any

from liftgate.deployment.model import Concern, Plan
from liftgate.deployment.watching import (
    DEAD_KEPT_SECONDS,
    EVENT_PATTERN,
    KEPT_SECONDS,
    RECEIVED_AT_MOST,
    RULE_STATE,
    bus_policy,
)
from liftgate.drift.mending import apply, of_region, put_queue, with_document
from liftgate.drift.model import Absent, Drift, Mend, Unseen
from liftgate.drift.resource_policies import resource_policy_drift
from liftgate.drift.seen import SeenQueue, SeenRule, Snapshot
from liftgate.drift.walls import WALLS
from liftgate.iam.policy import Policy, to_document, to_json


def rules_of(plan: Plan) -> dict[str, tuple[str, str | None]]:
    """The rules of the plan by ARN: where each hands events, and by which role."""
    watching = plan.watching
    found: dict[str, tuple[str, str | None]] = {}
    if watching.rule_arn:
        found[watching.rule_arn] = (watching.queues.arn, None)
    for one in watching.forwards:
        found[one.rule_arn] = (one.bus_arn, one.role.arn)
    return found


def queues_of(plan: Plan) -> dict[str, int]:
    """For how long messages are kept on each queue, in seconds."""
    queues = plan.watching.queues
    return {
        queues.arn: KEPT_SECONDS,
        **({queues.dead_letters_arn: DEAD_KEPT_SECONDS} if queues.dead_letters_arn else {}),
    }


def events_drift(plan: Plan, snapshot: Snapshot) -> Iterator[Drift | Unseen]:
    """Of rules, bus and queues."""
    for arn, (target, role) in rules_of(plan).items():
        rule = snapshot.rules[arn]
        if isinstance(rule, Unseen):
            yield rule
        else:
            yield from _rule(arn, rule, target, role, plan)
    if (bus := plan.watching.home_bus_arn) is not None:
        yield from _bus(bus, plan, snapshot)
    for arn, kept in queues_of(plan).items():
        queue = snapshot.queues[arn]
        if isinstance(queue, Unseen):
            yield queue
        elif isinstance(queue, Absent):
            mend = apply(plan, plan.account, Concern.WATCH)
            yield _drift("queue-missing", arn, "not there", "a queue of the plan", mend)
        else:
            yield from _queue(arn, queue, kept, plan)


def _rule(arn: str, rule: SeenRule | Absent, target: str, role: str | None, plan: Plan) -> Iterator[Drift]:
    account, name, region = arn.split(":")[4], arn.rsplit("/", 1)[-1], arn.split(":")[3]
    if isinstance(rule, Absent):
        mend = apply(plan, account, Concern.WATCH)
        yield _drift("rule-missing", arn, "not there", f"events to {target}", mend)
        return
    command = ("aws", "events", "put-rule", "--region", region, "--name", name, "--state", RULE_STATE)
    put = with_document((*command, "--event-pattern"), f"{name}-pattern", EVENT_PATTERN)
    if rule.state == "DISABLED":
        yield _drift("rule-disabled", arn, rule.state, RULE_STATE, put)
    elif rule.state != RULE_STATE:
        yield _drift("rule-skips-management", arn, rule.state, RULE_STATE, put)
    lost = lost_events(rule.pattern)
    if lost:
        yield _drift("rule-narrowed", arn, f"it no longer lets through {lost}", "the plan's pattern", put)
    if not any(_is_target(one, target, role) for one in rule.targets):
        by = f",RoleArn={role}" if role else ""
        mend = of_region(
            "events",
            "put-targets",
            region,
            "--rule",
            name,
            "--targets",
            f"Id={'home' if role else 'events'},Arn={target}{by}",
        )
        there = ", ".join(str(one.get("Arn")) for one in rule.targets) or "nowhere"
        yield _drift("rule-target", arn, f"to {there}", f"to {target}, as they are", mend)


def lost_events(pattern: Mapping[str, Any] | None) -> str:
    """What the plan's pattern lets through and this one does not; empty where that is nothing."""
    if pattern is None:
        return "anything"
    lost = [
        f"{key} {value}"
        for key, values in EVENT_PATTERN.items()
        if key in pattern
        for value in values
        if value not in pattern[key]
    ]
    lost += [f"events without a certain {key}" for key in pattern if key not in EVENT_PATTERN]
    return ", ".join(lost)


def _is_target(one: Mapping[str, Any], arn: str, role: str | None) -> bool:
    altered = any(key in one for key in ("Input", "InputPath", "InputTransformer"))
    return one.get("Arn") == arn and not altered and (role is None or one.get("RoleArn") == role)


def _bus(arn: str, plan: Plan, snapshot: Snapshot) -> Iterator[Drift | Unseen]:
    wanted = bus_policy(arn, plan.watching.senders, plan.partition)
    command = ("aws", "events", "put-permission", "--region", plan.region, "--event-bus-name", "default")
    mend = with_document((*command, "--policy"), "home-bus-policy", to_document(wanted))
    yield from resource_policy_drift(arn, snapshot.buses[arn], wanted, ("bus-opened", "bus-closed"), mend)


def _queue(arn: str, queue: SeenQueue, kept: int, plan: Plan) -> Iterator[Drift | Unseen]:
    queues = plan.watching.queues
    is_main = arn == queues.arn
    if queues.policy is None:  # it was there already: how it is kept is its owner's
        return
    yield from _queue_policy(arn, queue, queues.policy if is_main else None)
    if not queue.is_encrypted:
        mend = put_queue(arn, {"SqsManagedSseEnabled": "true"})
        yield _drift("queue-unencrypted", arn, "not encrypted", "SQS's own encryption, or a KMS key", mend)
    if queue.kept_seconds < kept:
        mend = put_queue(arn, {"MessageRetentionPeriod": str(kept)})
        yield _drift("queue-keeps-too-short", arn, f"{queue.kept_seconds:,} s", f"{kept:,} s", mend)
    if is_main and queues.dead_letters_arn and queue.dead_letters_arn != queues.dead_letters_arn:
        redrive = {"deadLetterTargetArn": queues.dead_letters_arn, "maxReceiveCount": str(RECEIVED_AT_MOST)}
        mend = with_redrive(arn, redrive)
        found = queue.dead_letters_arn or "to none"
        yield _drift("dead-letters-gone", arn, found, queues.dead_letters_arn, mend)


def with_redrive(arn: str, redrive: Mapping[str, str]) -> Mend:
    """Set where a queue hands what cannot be taken."""
    text = "{" + ",".join(f'"{key}":"{value}"' for key, value in redrive.items()) + "}"
    return put_queue(arn, {"RedrivePolicy": text})


def _queue_policy(arn: str, queue: SeenQueue, wanted: Policy | None) -> Iterator[Drift | Unseen]:
    """The plan's on the queue that it makes; on that of dead letters it has none. One that is there already is its owner's."""
    planned = wanted or Policy(statements=())
    mend = put_queue(arn, {"Policy": to_json(wanted) if wanted else ""})
    yield from resource_policy_drift(arn, queue.policy, planned, ("queue-opened", "queue-closed"), mend)


def _drift(wall: str, thing: str, found: str, wanted: str, mend: Mend) -> Drift:
    return Drift(wall=WALLS[wall], thing=thing, found=found, wanted=wanted, mend=mend)
