"""The one policy that takes sessions back: a Deny on the elevated role, by who the session says it is.

Issued credentials cannot be cancelled, but permissions are evaluated at every call, so a Deny on the role bites running
sessions (AWS: IAM User Guide, "Revoke IAM role temporary security credentials"). AWS's own console denies everybody whose
session is older than now; keyed by ``aws:userid`` it hits the sessions of one grant.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from liftgate.clock import rfc3339
from liftgate.elevation.model import Deny
from liftgate.elevation.session_name import sessions_of

POLICY_NAME: Final = "LiftgateRevocations"
# All inline policies of a role share 10,240 characters (AWS: IAM quotas). The rest is left to whoever owns the role.
ROOM: Final = 8_192


def deny_policy(wanted: Sequence[Deny], *, room: int = ROOM) -> str | None:
    """The policy that refuses the sessions of these grants, as JSON of at most ``room`` characters; None for no grant.

    Where the patterns do not fit, those that ended first give way to AWS's broader form: everything issued before the last
    of them ended is refused. That hits other sessions of that age too, whose SDKs then fetch new ones. Too much is
    refused for a while, never too little.
    """
    if not wanted:
        return None
    latest_first = sorted(wanted, key=lambda deny: (deny.ended_at, deny.grant_id), reverse=True)
    fitting = _how_many_fit(latest_first, room)
    return _policy(latest_first[:fitting], latest_first[fitting:])


def same_policy(one: str | None, other: str | None) -> bool:
    """Whether two policies say the same, however AWS spaced them."""
    if one is None or other is None:
        return one is other
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


def _how_many_fit(latest_first: Sequence[Deny], room: int) -> int:
    everything = len(latest_first)
    if len(_policy(latest_first, ())) <= room:
        return everything
    spare = room - len(_policy(latest_first[:1], latest_first[1:]))
    each = len(json.dumps(sessions_of(latest_first[0].grant_id))) + 1  # all patterns are of one length
    return min(everything - 1, 1 + max(0, spare) // each)


def _policy(by_pattern: Sequence[Deny], by_age: Sequence[Deny]) -> str:
    statements = []
    if by_pattern:
        patterns = sorted(sessions_of(deny.grant_id) for deny in by_pattern)
        statements.append(_deny("RevokedGrants", {"StringLike": {"aws:userid": patterns}}))
    if by_age:
        last = rfc3339(max(deny.ended_at for deny in by_age))
        statements.append(_deny("RevokedByAge", {"DateLessThan": {"aws:TokenIssueTime": last}}))
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def _deny(sid: str, condition: dict[str, Any]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
