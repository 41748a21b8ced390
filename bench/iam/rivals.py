"""Evaluations a second, beside two engines that nobody here wrote, on the same generated cases in one run.

The cases have identity and session policies, boundaries and SCPs, of users, roles and sessions in one account. All that
can be done once is done once: policies are parsed (for iam-simulate: validated, its own way), requests are built. What is timed
is the engine's own call, in its own process, one thread.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from tests.iam.generated.cases import World, worlds
from tests.iam.generated.ours import prepared, request_of
from tests.iam.generated.put_to_ministack import cannot_be_put, context_of, identity_of, limits_of
from tests.iam.generated.put_to_simulate import as_simulation
from tests.servers.iam_simulate import timed_simulate

SEED, WORLDS, REQUESTS = 7, 1200, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """Evaluations a second, and how many times faster Liftgate is: the median of the ratios, round by round."""

    cases: int
    ours: float
    simulate: float
    ministack: float
    against_simulate: float
    against_ministack: float


def rivals(*, rounds: int = 7) -> Rivals:
    """Take turns, ``rounds`` times, after one that is thrown away."""
    asked = [world for world in worlds(SEED, WORLDS, requests=REQUESTS) if _is_for_all(world)]
    count = len(asked) * REQUESTS
    ours, ministack = _ours(asked), _ministack(asked)
    simulations = [as_simulation(world.case(number)) for world in asked for number in range(REQUESTS)]
    with timed_simulate(simulations) as simulate:
        taken = [(_seconds(ours), simulate(), _seconds(ministack)) for _ in range(rounds + 1)]
    rows = taken[1:]
    return Rivals(
        cases=count,
        ours=count / statistics.median(row[0] for row in rows),
        simulate=count / statistics.median(row[1] for row in rows),
        ministack=count / statistics.median(row[2] for row in rows),
        against_simulate=statistics.median(row[1] / row[0] for row in rows),
        against_ministack=statistics.median(row[2] / row[0] for row in rows),
    )


def _is_for_all(world: World) -> bool:
    """All three engines take it, and ministack has nothing to parse on each call."""
    policies = world.policies
    alone = policies["resource_policy"] is None and not policies["rcps"]
    named = (
        world.requests[0]["principal"].startswith("arn:") and policies["resource_account"] != "444455556666"
    )
    return alone and named and all(_is_plain(world.case(number)) for number in range(REQUESTS))


def _is_plain(case: dict[str, Any]) -> bool:
    return cannot_be_put(case) is None and not case["request"]["action"].startswith(("kms:", "sts:"))


def _ours(asked: list[World]) -> Callable[[], None]:
    work = [
        (prepared(world.case(0)), [request_of(world.case(n)) for n in range(REQUESTS)]) for world in asked
    ]

    def run() -> None:
        for policies, requests in work:
            decide = policies.evaluate
            for request in requests:
                decide(request)

    return run


def _ministack(asked: list[World]) -> Callable[[], None]:
    work = [
        (identity_of(world.policies), limits_of(world.policies), [context_of(one) for one in world.requests])
        for world in asked
    ]
    evaluate = iam_evaluator.evaluate

    def run() -> None:
        for identity, limits, contexts in work:
            for context in contexts:
                evaluate(context, identity, *limits)

    return run


def _seconds(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
