"""The one inline policy that opens access in place: for one session each, from a second to a second, and no wider than the grant.

It closes by itself: each statement carries the window as ``aws:CurrentTime`` bounds. It opens for one session name alone,
compared by ``StringEquals`` with ``aws:userid``, so that no letter of a name is ever a wildcard.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from liftgate.clock import rfc3339
from liftgate.elevation.in_place.model import Opening
from liftgate.iam.compilation.grants import check_meaning
from liftgate.iam.compilation.merge import length_of, merged
from liftgate.iam.compilation.spelling import abbreviated
from liftgate.iam.compile import unmerged
from liftgate.iam.contain import contains
from liftgate.iam.errors import PolicyFault, Unproved
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Condition, Patterns, Policy, Statement, to_json
from liftgate.iam.scope import Scope

POLICY_NAME: Final = "LiftgateInPlace"
# All inline policies of a role in sum, white space not counted (AWS: IAM quotas).
ROOM: Final = 10_240
# What one person may hold of it: a role is shared, and grants that need no review could fill it.
SHARE: Final = ROOM // 3

_EMPTY: Final = len(to_json(Policy(statements=()))) - 1  # less one comma: the last of a list has none
_USER_ID: Final = re.compile(r"[A-Z0-9]{16,128}:[A-Za-z0-9_+=,.@-]{2,64}")
_MOMENT: Final = "1111-11-11T11:11:11Z"
_SOMEBODY: Final = "AROA" + "X" * 17 + ":" + "x" * 24


@dataclass(frozen=True, slots=True)
class Packed:
    """The policy to write, whom it opens for, and who must wait for room."""

    policy: str | None
    openings: tuple[Opening, ...]
    waiting: tuple[Opening, ...] = ()


class Shortage(StrEnum):
    """Why there is no room."""

    TOO_LONG = "too_long"  # for the role, or for one person's share, whoever else is there
    OF_SHARE = "of_share"
    OF_ROOM = "of_room"


def lacking(scope: Scope, held: Policy) -> Policy | None:
    """What a role that may do ``held`` lacks of a scope and its companions, in the fewest characters; None for nothing.

    Proved both ways: what is left out the role has, and the short spelling says exactly what is lacking. Raises
    ``Unproved``, and what the compiler raises for a scope that means nothing.
    """
    check_meaning(scope)
    pieces = [one for one in _pieces(unmerged(scope)) if not contains(Policy(statements=(one,)), held)]
    if not pieces:
        return None
    return _shortest(tuple(pieces))


def packed(wanted: Iterable[Opening], *, room: int, staying: Collection[str] = ()) -> Packed:
    """As many openings as fit into ``room`` characters; the one that ends last stands first.

    Those in ``staying``, by the ids of their grants, are on the role and give way to none; then those go first whose
    window begins first. Of one person there are no more than fit into their share. Of those that do not fit none is cut
    short: it waits whole.
    """
    taken: list[Opening] = []
    waiting: list[Opening] = []
    left, held = room - _EMPTY, Counter[str]()
    for one in sorted(wanted, key=lambda opening: _turn(opening, staying)):
        takes = _takes(one)
        if takes <= left and (one.grant_id in staying or held[one.requester] + takes <= SHARE):
            left -= takes
            held[one.requester] += takes
            taken.append(one)
        else:
            waiting.append(one)
    taken.sort(key=lambda opening: (opening.window.ends_at, opening.grant_id), reverse=True)
    return Packed(_written(taken) if taken else None, tuple(taken), tuple(waiting))


def shortage(wished: Opening, others: Iterable[Opening], *, room: int) -> Shortage | None:
    """What keeps an opening from having room all the while that it is on the role, beside those that are there then."""
    takes = _takes(wished)
    if takes > min(SHARE, room - _EMPTY):
        return Shortage.TOO_LONG
    beside = tuple(others)
    for moment in _beginnings(wished, beside):
        live = [one for one in beside if one.takes_room.starts_at <= moment < one.takes_room.ends_at]
        if takes + sum(_takes(one) for one in live if one.requester == wished.requester) > SHARE:
            return Shortage.OF_SHARE
        if takes + sum(map(_takes, packed(live, room=room).openings)) > room - _EMPTY:
            return Shortage.OF_ROOM
    return None


def says_no_more(one: str | None, other: str | None) -> bool:
    """Whether every statement of a policy stands in another; not so where either cannot be read."""
    try:
        mine, others = (parse_policy(text).statements if text else () for text in (one, other))
    except PolicyFault:
        return False
    return set(mine) <= set(others)


def carries(policy: str | None, openings: Iterable[Opening]) -> frozenset[str]:
    """The ids of those grants all of whose statements stand in a policy that was read back."""
    try:
        found = frozenset(parse_policy(policy).statements) if policy else frozenset()
    except PolicyFault:
        return frozenset()
    return frozenset(one.grant_id for one in openings if found.issuperset(statements_of(one)))


@lru_cache(maxsize=1024)
def statements_of(opening: Opening) -> tuple[Statement, ...]:
    """A grant's statements: what was lacking, for this session and this window alone."""
    if not _USER_ID.fullmatch(opening.user_id):  # INVARIANT: nothing that IAM would fill in or match widely
        raise ValueError("not the user id of a role's session")
    policy = parse_policy(opening.policy, Kind.IDENTITY)
    limits = _limits(opening.user_id, rfc3339(opening.window.starts_at), rfc3339(opening.window.ends_at))
    return tuple(replace(one, conditions=(*one.conditions, *limits)) for one in policy.statements)


def _turn(one: Opening, staying: Collection[str]) -> tuple[object, ...]:
    return one.grant_id not in staying, one.window.starts_at, one.granted_at, one.grant_id


def _beginnings(wished: Opening, others: Iterable[Opening]) -> Iterable[datetime]:
    """The moments at which a role could be fuller than it was before, while the one that is wished for is on it."""
    first, last = wished.takes_room.starts_at, wished.takes_room.ends_at
    begin = {max(one.takes_room.starts_at, first) for one in others}
    return sorted({first, *(moment for moment in begin if moment < last)})


@lru_cache(maxsize=4096)
def _takes(one: Opening) -> int:
    """The characters of an opening's statements in a policy, with a comma."""
    return len(_written([one])) - _EMPTY


def _written(openings: Sequence[Opening]) -> str:
    return to_json(Policy(statements=tuple(one for each in openings for one in statements_of(each))))


def _limits(user_id: str, starts_at: str, ends_at: str) -> tuple[Condition, ...]:
    return (
        Condition("StringEquals", "aws:userid", (user_id,)),
        Condition("DateGreaterThanEquals", "aws:CurrentTime", (starts_at,)),
        Condition("DateLessThan", "aws:CurrentTime", (ends_at,)),
    )


def _pieces(policy: Policy) -> Iterable[Statement]:
    """One statement for each action on each resource."""
    for one in policy.statements:
        for name in one.actions.values:
            for place in one.resources.values if one.resources else ("*",):
                yield replace(one, actions=Patterns((name,)), resources=Patterns((place,)))


@lru_cache(maxsize=1024)
def _shortest(pieces: tuple[Statement, ...]) -> Policy:
    plain = Policy(statements=pieces)
    short = merged(plain, _length)
    found = replace(short, statements=tuple(map(_spelled, short.statements)))
    again = parse_policy(to_json(found), Kind.IDENTITY)
    if not (contains(again, plain) and contains(plain, again)):
        raise Unproved(
            "the short spelling of these statements could not be proved right, so it is not used",
            advice="ask for one location at a time, with fewer wildcards",
        )
    return again


def _spelled(one: Statement) -> Statement:
    return replace(one, actions=Patterns(abbreviated(one.actions.values)))


def _length(one: Statement) -> int:
    limited = replace(_spelled(one), conditions=(*one.conditions, *_limits(_SOMEBODY, _MOMENT, _MOMENT)))
    return length_of(limited)
