"""The one policy that takes sessions back: a Deny on the elevated role, by who the session says it is.

Issued credentials cannot be cancelled, but permissions are evaluated at every call, so a Deny on the role bites running
sessions (AWS: IAM User Guide, "Revoke IAM role temporary security credentials"). AWS's own console denies everybody whose
session is older than now; keyed by ``aws:userid`` it hits the sessions of one grant.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from liftgate.access.ports import DENY_SLACK
from liftgate.clock import rfc3339
from liftgate.elevation.model import Deny
from liftgate.elevation.session_name import read_session_name, session_called, sessions_of
from liftgate.iam.errors import PolicyFault
from liftgate.iam.parse import parse_policy
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

    Where the patterns do not fit, those that ended first give way to AWS's broader form: everything issued before the last
    of them ended, by whichever clock, is refused. That hits other sessions of that age too, whose SDKs then fetch new
    ones. Too much is refused for a while, never too little.
    """
    if not wanted:
        return None
    latest_first = sorted(wanted, key=lambda deny: (deny.ended_at, deny.target), reverse=True)
    fitting = _how_many_fit(latest_first, room)
    return _policy(latest_first[:fitting], latest_first[fitting:])


def same_policy(one: str | None, other: str | None) -> bool:
    """Whether two policies say the same, however AWS spaced them."""
    if one is None or other is None:
        return one is other
    try:
        return parse_policy(one) == parse_policy(other)
    except PolicyFault:
        return False


def refused_by(found: str | None) -> frozenset[str]:
    """The grants and sessions that a policy that was read back refuses by name; none where it says anything else as well."""
    named = frozenset(grant or session for grant, session in _PATTERN.findall(found or ""))
    return named if named and same_policy(found, _written([_by_pattern(named)])) else frozenset()


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


def _by_age(last_ended_at: datetime) -> Statement:
    """AWS dates sessions by its own clock, in whole seconds: those of the last second are meant as well."""
    issued_before = last_ended_at.replace(microsecond=0) + DENY_SLACK + timedelta(seconds=1)
    return _deny("RevokedByAge", Condition("DateLessThan", "aws:TokenIssueTime", (rfc3339(issued_before),)))


def _deny(sid: str, condition: Condition) -> Statement:
    return Statement(
        sid=sid, effect=Effect.DENY, actions=_EVERYTHING, resources=_EVERYTHING, conditions=(condition,)
    )


def _written(statements: Sequence[Statement]) -> str:
    return to_json(Policy(statements=tuple(statements)))
