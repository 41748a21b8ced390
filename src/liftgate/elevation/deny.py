"""The one policy that takes sessions back: a Deny on the elevated role, by who the session says it is.

Issued credentials cannot be cancelled, but permissions are evaluated at every call, so a Deny on the role bites running
sessions (AWS: IAM User Guide, "Revoke IAM role temporary security credentials"). AWS's own console denies everybody whose
session is older than now; keyed by ``aws:userid`` it hits the sessions of one grant.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from liftgate.access.ports import DENY_SLACK
from liftgate.clock import rfc3339
from liftgate.elevation.model import Deny
from liftgate.elevation.person import PERSON_TAG
from liftgate.elevation.policy_text import same_policy
from liftgate.elevation.session_name import read_session_name, session_called, sessions_of
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement, to_json

POLICY_NAME: Final = "LiftgateRevocations"
# All inline policies of a role share 10,240 characters (AWS: IAM quotas). The rest is left to whoever owns the role.
ROOM: Final = 8_192

_EVERYTHING: Final = Patterns(("*",))
_GRANT: Final = "gr-[0-9a-hjkmnp-tv-z]{16}"
_PATTERN: Final = re.compile(
    f"{re.escape(sessions_of('GRANT'))}|{re.escape(session_called('NAME'))}".replace(
        "GRANT", f"({_GRANT})"
    ).replace("NAME", f'({_GRANT}-[1-9][0-9]{{0,5}})(?=")')
)


def deny_policy(wanted: Sequence[Deny], *, room: int = ROOM) -> str | None:
    """The policy that refuses these sessions and those of these grants, as JSON of at most ``room`` characters; None for none.

    Where the patterns do not fit, the people of whom most was taken back give way first: every session of theirs that was
    issued before the last of it ended, by whichever clock, is refused. So nobody can make room scarce for others. Where not even
    that fits, those that ended first give way to AWS's broadest form, which asks only how old a session is. Either hits other
    sessions of that age too, whose SDKs then fetch new ones. Too much is refused for a while, never too little.
    """
    if not wanted:
        return None
    latest_first = sorted(wanted, key=lambda deny: (deny.ended_at, deny.target), reverse=True)
    for named, of_people in _giving_way(latest_first, room):
        if len(policy := _written(_exact(named, of_people))) <= room:
            return policy
    fitting = _how_many_fit(latest_first, room)
    return _policy(latest_first[:fitting], latest_first[fitting:])


def shorter_forms(wanted: Sequence[Deny]) -> tuple[str, ...]:
    """What refuses as much or more in fewer characters, for a role without room: by people, then by age alone."""
    latest_first = sorted(wanted, key=lambda deny: (deny.ended_at, deny.target), reverse=True)
    by_people, by_age = _written(_exact((), latest_first)), _policy((), latest_first)
    return (by_people, by_age) if len(by_age) < len(by_people) else (by_age,)


def refused_by(found: str | None) -> frozenset[str]:
    """The grants and sessions that a policy that was read back refuses by name; none where it says anything else as well."""
    named = frozenset(grant or session for grant, session in _PATTERN.findall(found or ""))
    return named if named and same_policy(found, _written([_by_pattern(named)])) else frozenset()


def _giving_way(latest_first: Sequence[Deny], room: int) -> Iterator[tuple[Sequence[Deny], Sequence[Deny]]]:
    """First all by name, then one person more by age each time, with what stays named.

    What is too long by its names alone is left out unwritten: thousands may be taken back at once, of as many people.
    """
    counts = Counter(deny.person for deny in latest_first)
    last = {deny.person: deny.ended_at for deny in reversed(latest_first)}
    people = sorted(counts, key=lambda person: (-counts[person], last[person], person))
    named = Counter[str]()
    for deny in latest_first:
        named[deny.person] += len(_pattern(deny.target))
    shortest = named.total()
    for given_way in range(len(people) + 1):
        if given_way:
            newest = people[given_way - 1]
            shortest += len(newest) - named[newest]
        if shortest > room:
            continue
        by_age = frozenset(people[:given_way])
        yield (
            [deny for deny in latest_first if deny.person not in by_age],
            [deny for deny in latest_first if deny.person in by_age],
        )


def _exact(named: Sequence[Deny], of_people: Sequence[Deny]) -> list[Statement]:
    statements = [_by_pattern(deny.target for deny in named)] if named else []
    return [*statements, _by_person(of_people)] if of_people else statements


def _how_many_fit(latest_first: Sequence[Deny], room: int) -> int:
    everything = len(latest_first)
    if len(_policy(latest_first, ())) <= room:
        return everything
    spare = room - len(_policy(latest_first[:1], latest_first[1:]))
    fitting = 1
    for deny in latest_first[1 : everything - 1]:
        spare -= len(f'"{_pattern(deny.target)}",')
        if spare < 0:
            break
        fitting += 1
    return min(everything - 1, fitting)


def _policy(named: Sequence[Deny], by_age: Sequence[Deny]) -> str:
    statements = []
    if named:
        statements.append(_by_pattern(deny.target for deny in named))
    if by_age:
        statements.append(_by_age(max(deny.ended_at for deny in by_age)))
    return _written(statements)


def _by_pattern(targets: Iterable[str]) -> Statement:
    patterns = tuple(sorted(map(_pattern, targets)))
    return _deny("RevokedGrants", Condition("StringLike", "aws:userid", patterns))


def _pattern(target: str) -> str:
    return session_called(target) if read_session_name(target) else sessions_of(target)


def _by_person(denies: Sequence[Deny]) -> Statement:
    people = tuple(sorted({deny.person for deny in denies}))
    return _deny(
        "RevokedPeople",
        Condition("StringEquals", f"aws:PrincipalTag/{PERSON_TAG}", people),
        _older_than(max(deny.ended_at for deny in denies)),
    )


def _by_age(last_ended_at: datetime) -> Statement:
    return _deny("RevokedByAge", _older_than(last_ended_at))


def _older_than(last_ended_at: datetime) -> Condition:
    """AWS dates sessions by its own clock, in whole seconds: those of the last second are meant as well."""
    issued_before = last_ended_at.replace(microsecond=0) + DENY_SLACK + timedelta(seconds=1)
    return Condition("DateLessThan", "aws:TokenIssueTime", (rfc3339(issued_before),))


def _deny(sid: str, *conditions: Condition) -> Statement:
    return Statement(
        sid=sid, effect=Effect.DENY, actions=_EVERYTHING, resources=_EVERYTHING, conditions=conditions
    )


def _written(statements: Sequence[Statement]) -> str:
    return to_json(Policy(statements=tuple(statements)))
