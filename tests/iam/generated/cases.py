"""Generated cases: a caller with its policies, and requests put to them, in the form of `liftgate iam evaluate`.

A world is a caller, the policies that apply to it, and the owner of what it asks for. Each world is asked several
requests, as in life. The same seed makes the same worlds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.iam.generated.conditions import draw_context
from tests.iam.generated.draw import Draw
from tests.iam.generated.policies import FULL_ACCESS, FULL_RCP, Writer, owned
from tests.iam.generated.vocabulary import (
    ACCOUNT,
    ACTIONS,
    ANONYMOUS,
    FEDERATED,
    OTHER_ACCOUNT,
    PRINCIPALS,
    ROLE,
    ROOT,
    SERVICE,
    SERVICES,
    SESSION,
    UNDER_RCPS,
    WITH_RESOURCE_POLICIES,
    Action,
    actions_of,
)

_WITHOUT_POLICIES = (SERVICE, ANONYMOUS, ROOT)


@dataclass(frozen=True, slots=True)
class World:
    """A caller, all policies that apply, and requests: ``case(n)`` is the n-th as JSON's objects."""

    number: int
    policies: dict[str, Any]  # identity, session, boundary, resource_policy, scps, rcps, resource_account
    requests: tuple[dict[str, Any], ...]

    def case(self, number: int) -> dict[str, Any]:
        return {"request": self.requests[number], **self.policies}


def worlds(seed: int, count: int, *, requests: int = 10) -> Iterator[World]:
    """``count`` worlds of so many requests each."""
    for number in range(count):
        draw = Draw(seed * 1_000_003 + number)
        service = draw.weighted(SERVICES)
        principal = draw.weighted(PRINCIPALS)
        owner = draw.one((ACCOUNT, ACCOUNT, None if principal.startswith("arn:") else ACCOUNT, OTHER_ACCOUNT))
        policies = _policies(draw, service, principal, owner)
        asked = tuple(_request(draw, service, principal, owner or ACCOUNT) for _ in range(requests))
        yield World(number, policies, asked)


def _policies(draw: Draw, service: str, principal: str, owner: str | None) -> dict[str, Any]:
    write = Writer(draw, service, owner or ACCOUNT)
    with_policies = principal not in _WITHOUT_POLICIES
    borrowed = principal in (SESSION, FEDERATED)
    ruled = principal not in (SERVICE, ANONYMOUS)  # by SCPs
    bounded = with_policies and principal != FEDERATED
    return {
        "identity": write.several(least=1, most=3, generous=draw.chance(0.6)) if with_policies else [],
        "session": write.several(least=1, most=2, generous=True)
        if borrowed and draw.chance(0.85 if principal == FEDERATED else 0.4)
        else None,
        "boundary": write.policy(generous=True) if bounded and draw.chance(0.25) else None,
        "resource_policy": write.resource_policy(principal)
        if draw.chance(WITH_RESOURCE_POLICIES.get(service, 0))
        else None,
        "scps": [_scps(draw, write) for _ in range(draw.one((1, 2, 3)))]
        if ruled and draw.chance(0.3)
        else [],
        "rcps": [_rcps(draw, write) for _ in range(draw.one((1, 2)))]
        if service in UNDER_RCPS and draw.chance(0.2)
        else [],
        "resource_account": owner,
    }


def _scps(draw: Draw, write: Writer) -> list[Any]:
    """A level's policies: all is allowed but for some denies, or a list of what is."""
    if draw.chance(0.7):
        return [FULL_ACCESS, *([_of_today(write.denies())] if draw.chance(0.6) else [])]
    return [_of_today(write.policy(generous=True))]


def _of_today(policy: dict[str, Any]) -> dict[str, Any]:
    """Organizations takes no other version of the language."""
    return {**policy, "Version": "2012-10-17"}


def _rcps(draw: Draw, write: Writer) -> list[Any]:
    return [FULL_RCP, *([write.resource_control()] if draw.chance(0.7) else [])]


def _request(draw: Draw, service: str, principal: str, owner: str) -> dict[str, Any]:
    action: Action = draw.one(actions_of(service) if draw.chance(0.93) else ACTIONS)
    return {
        "action": action.name,
        "resource": owned(draw.one(action.resources), owner),
        "principal": principal,
        "context": draw_context(draw, action, anonymous=principal in (ANONYMOUS, SERVICE))
        | _identifiers(principal),
    }


def _identifiers(principal: str) -> dict[str, str]:
    """The unique id, which no ARN tells."""
    return {
        ROLE: {"aws:userid": "AROAWORKER:s1"},
        SESSION: {"aws:userid": "AROAWORKER:s1"},
        FEDERATED: {"aws:userid": f"{ACCOUNT}:kim"},
        ROOT: {"aws:userid": ACCOUNT},
        SERVICE: {},
        ANONYMOUS: {},
    }.get(principal, {"aws:userid": f"AIDA{principal.rpartition('/')[2].upper()}"})
