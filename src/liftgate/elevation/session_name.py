"""The form of a role session name: it carries the grant, so each CloudTrail event names its grant."""

import re
from typing import Final

# As IAM's conditions say it: every grant's id, and the name of every session.
ANY_GRANT: Final = "gr-" + "?" * 16
ANY_SESSION: Final = f"{ANY_GRANT}-*"

_NAME = re.compile(r"(gr-[0-9a-hjkmnp-tv-z]{16})-([1-9][0-9]{0,5})")


def session_name(grant_id: str, number: int) -> str:
    """The name of a grant's ``number``-th session. All grant ids are of one length, so no name begins another's."""
    name = f"{grant_id}-{number}"
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a session name: {name}")
    return name


def read_session_name(name: str) -> tuple[str, int] | None:
    """The grant id and number in a session name, or None where Liftgate did not make it."""
    match = _NAME.fullmatch(name)
    return (match[1], int(match[2])) if match else None


def sessions_of(grant_id: str) -> str:
    """The ``aws:userid`` pattern of every session of a grant, on whichever role."""
    return f"*:{grant_id}-*"


def session_called(name: str) -> str:
    """The ``aws:userid`` pattern of one session, on whichever role."""
    return f"*:{name}"


def broker_session_name(broker: str) -> str:
    """How a session of a revoker or auditor role is named, and whom it names as its source, by the broker's own name."""
    return f"liftgate-{broker}"[:64]
