"""Evaluations a second, beside two engines that nobody here wrote, on the same generated cases in one run.

The cases have identity and session policies, boundaries and SCPs, of users, roles and sessions in one account. All that
can be done once is done once: policies are parsed (for iam-simulate: validated, its own way), requests are built. What is timed
is the engine's own call, in its own process, one thread.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from ministack.core import iam_evaluator
from tests.iam.generated.cases import World, worlds
from tests.iam.generated.ours import prepared, request_of
from tests.iam.generated.put_to_ministack import cannot_be_put, context_of, identity_of, limits_of
from tests.iam.generated.put_to_simulate import as_simulation
from tests.servers.iam_simulate import timed_simulate

from bench.measure import Action, timed

SEED, REQUESTS = 7, 10  # requests to the policies of one world


@dataclass(frozen=True, slots=True, kw_only=True)
class Rivals:
    """Each engine, ready to decide all the cases once; ``simulate`` is None where node is missing, with the reason."""

    cases: int
    ours: Action
    ministack: Action
    simulate: Action | None
    without_simulate: str | None = None


def small_worlds(count: int) -> list[World]:
    """Those of ``count`` generated ones, of one to three small policies each, that all three engines take."""
    return [world for world in worlds(SEED, count, requests=REQUESTS) if _is_for_all(world)]


@contextmanager
def rivals(asked: Sequence[World]) -> Iterator[Rivals]:
    """The engines, ready for all requests of these worlds."""
    simulations = [as_simulation(world.case(number)) for world in asked for number in range(REQUESTS)]
    simulate, missing = None, None
    with ExitStack() as open_:
        try:
            simulate = open_.enter_context(timed_simulate(simulations))
        except pytest.skip.Exception as reason:
            missing = str(reason)
        yield Rivals(
            cases=len(simulations),
            ours=timed(_ours(asked)),
            ministack=timed(_ministack(asked)),
            simulate=simulate,
            without_simulate=missing,
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


def _ours(asked: Sequence[World]) -> Callable[[], None]:
    work = [
        (prepared(world.case(0)), [request_of(world.case(n)) for n in range(REQUESTS)]) for world in asked
    ]

    def run() -> None:
        for policies, requests in work:
            decide = policies.evaluate
            for request in requests:
                decide(request)

    return run


def _ministack(asked: Sequence[World]) -> Callable[[], None]:
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
