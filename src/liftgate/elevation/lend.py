"""The AssumeRole call for a grant: narrow, attributed, and never longer than the window."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from liftgate.access.model import Grant, Request
from liftgate.elevation.model import Credentials
from liftgate.elevation.person import PERSON_TAG, source_identity
from liftgate.elevation.ports import LendOrder
from liftgate.elevation.session_name import session_name
from liftgate.iam.compile import compile_session_policy
from liftgate.iam.scope import Scope, Window

# STS lends no shorter and no longer (AWS: API reference, AssumeRole, DurationSeconds).
SHORTEST: Final = timedelta(seconds=900)
LONGEST: Final = timedelta(hours=12)
# A policy this short never fills the packed size, whatever its letters: half of what its plain text may be.
TRIAL_FROM: Final = 1_200

GRANT_TAG: Final = "liftgate-grant"

_TRIAL_GRANT: Final = "gr-" + "0" * 16
_CLOSED: Final = Window(
    starts_at=datetime(2001, 1, 1, tzinfo=UTC), ends_at=datetime(2001, 1, 1, 0, 0, 1, tzinfo=UTC)
)


def lend_order(grant: Grant, number: int, now: datetime) -> LendOrder:
    """The call that lends a grant's ``number``-th session."""
    return LendOrder(
        role_arn=grant.role_arn,
        external_id=grant.external_id,
        session_name=session_name(grant.id, number),
        source_identity=source_identity(grant.requester),
        session_policy=compile_session_policy(grant.scope, grant.window),
        duration=_duration(grant.window.ends_at - now, grant.max_session),
        tags=_tags(grant.id, grant.requester),
    )


def trial_order(request: Request) -> LendOrder:
    """The same call for a request, with a window that closed long ago: STS judges its size, and it can do nothing."""
    return LendOrder(
        role_arn=request.role_arn,
        external_id=request.external_id,
        session_name=trial_name(),
        source_identity=source_identity(request.requester),
        session_policy=closed_policy(request.scope),
        duration=SHORTEST,
        tags=tags_of_trial(request.requester),
    )


def trial_name() -> str:
    """The name of a session that is lent to see whether it would be, and thrown away."""
    return session_name(_TRIAL_GRANT, 1)


def tags_of_trial(person_id: str) -> tuple[tuple[str, str], ...]:
    """Its tags, as those of a grant's."""
    return _tags(_TRIAL_GRANT, person_id)


def closed_policy(scope: Scope) -> str:
    """The session policy of a scope with a window that closed long ago: as long as a real one, and empty in meaning."""
    return compile_session_policy(scope, _CLOSED)


def within_window(credentials: Credentials, window: Window) -> Credentials:
    """Credentials as they are handed over: the expiry that an SDK reads is never later than the window's end."""
    return replace(credentials, expires_at=min(credentials.expires_at, window.ends_at))


def _tags(grant_id: str, person_id: str) -> tuple[tuple[str, str], ...]:
    return ((GRANT_TAG, grant_id), (PERSON_TAG, source_identity(person_id)))


def _duration(left: timedelta, max_session: timedelta) -> timedelta:
    whole = timedelta(
        seconds=-(-left // timedelta(seconds=1))
    )  # rounded up: the policy's own bound is the sharp one
    return max(SHORTEST, min(whole, max_session, LONGEST))
