"""Policies made of the table of calls: what is called, on the things that there are of each kind."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from liftgate.deployment.calls import By, On, actions_of
from liftgate.deployment.errors import TooManyRoles
from liftgate.deployment.model import ManagedPolicy
from liftgate.deployment.statements import allow
from liftgate.iam.compile import ROLE_LIMIT
from liftgate.iam.policy import Condition, Policy, Statement, to_json

MOST_POLICIES: Final = 10  # attached to one role or user, where nobody asked AWS for more (IAM quotas)


@dataclass(frozen=True, slots=True)
class Right:
    """One statement to be, whose resources may be spread over several policies."""

    sid: str
    by: By
    on: On
    resources: tuple[str, ...]
    boundaries: tuple[str, ...] = ()  # given: the calls that need one, under these

    def statement(self, resources: Sequence[str], boundaries: Sequence[str]) -> Statement:
        """The statement for some of the resources."""
        conditions = (
            [Condition("StringEquals", "iam:PermissionsBoundary", tuple(boundaries))] if boundaries else []
        )
        return allow(
            self.sid, actions_of(self.by, self.on, under_boundary=bool(boundaries)), resources, *conditions
        )


def policies_of(rights: Iterable[Right], make: Callable[[str, Policy], ManagedPolicy]) -> list[ManagedPolicy]:
    """The fewest policies in order, each within IAM's limit. ``make`` is given the number that its name ends with: ``""``, ``2``…"""
    parts: list[list[Statement]] = [[]]
    for one in (right for right in rights if right.resources):
        for statement in _cut(one):
            if parts[-1] and _length([*parts[-1], statement]) > ROLE_LIMIT:
                parts.append([])
            parts[-1].append(statement)
    numbers = ("" if number == 1 else str(number) for number in count(1))
    return [
        make(number, Policy(statements=tuple(part)))
        for number, part in zip(numbers, parts, strict=False)
        if part
    ]


def check_attached(policies: Sequence[ManagedPolicy], who: str) -> None:
    """Raise ``TooManyRoles`` where IAM would not attach so many."""
    if len(policies) > MOST_POLICIES:
        raise TooManyRoles(
            f"the rights of `{who}` fill {len(policies)} managed policies, and IAM attaches {MOST_POLICIES}",
            advice="let entitlements whose ceilings are alike share a role, or run two Liftgates with a catalogue each",
            value=who,
        )


def _cut(right: Right) -> list[Statement]:
    """The statement, or several where one would fill more than a third of a policy: the rest of its neighbours stays where it is."""
    most = max(1, _fitting(right))
    return [
        right.statement(right.resources[at : at + most], right.boundaries[at : at + most])
        for at in range(0, len(right.resources), most)
    ]


def _fitting(right: Right) -> int:
    """How many resources, with their boundaries, a statement takes, if the longest are its share."""
    longest = (
        max(map(len, right.resources)) + (max(map(len, right.boundaries)) + 3 if right.boundaries else 0) + 3
    )
    return (ROLE_LIMIT // 2 - 400) // longest


def _length(statements: Iterable[Statement]) -> int:
    return len(to_json(Policy(statements=tuple(statements))))
