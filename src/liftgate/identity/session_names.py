"""Whether the name of a session is its holder's own: proved by who may take up the role, and how.

STS says truthfully whose session calls. But AWS lets whoever assumes a role choose the session's name, unless the role's
trust policy fixes it: where nothing does, a name proves no more than that somebody wrote it.
"""

import re
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from liftgate.clock import Clock
from liftgate.iam.errors import PolicyFault
from liftgate.iam.lint import Fixed, NotFixed, SessionName, fixes_session_name
from liftgate.iam.parse import Kind, parse_policy
from liftgate.identity.errors import RoleTrustUnreadable, SessionNameUnproved
from liftgate.identity.model import Identity
from liftgate.identity.ports import RoleTrusts, SessionRole

REMEMBERED_FOR: Final = timedelta(minutes=5)
REFUSAL_REMEMBERED_FOR: Final = timedelta(seconds=15)  # somebody mends the role, and tries again

_SESSION: Final = re.compile("arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/]+)/[^/]+")

_Doubt = RoleTrustUnreadable | SessionNameUnproved


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question to IAM; whoever asks the same meanwhile waits for its answer."""

    at: datetime
    answer: "Future[_Doubt | None]" = field(default_factory=Future)

    def holds(self, now: datetime) -> bool:
        """Whether the answer, or that there is none yet, is news enough."""
        if not self.answer.done():
            return True
        if self.answer.exception() is not None:
            return False
        lasts = REMEMBERED_FOR if self.answer.result() is None else REFUSAL_REMEMBERED_FOR
        return abs(now - self.at) < lasts


class SessionNames:
    """Judges the names of sessions. Serves many threads; IAM is asked once in a few minutes of each role."""

    def __init__(self, trusts: RoleTrusts, clock: Clock) -> None:
        self._trusts = trusts
        self._clock = clock
        self._asked: dict[SessionRole, _Asked] = {}
        self._lock = Lock()

    def doubt(self, identity: Identity) -> _Doubt | None:
        """Why an identity's session name proves nobody; None where nobody but its holder can bear it.

        Raises ``Unavailable`` where IAM does not answer now.
        """
        role = _role_of(identity)
        if role is None:
            return _chosen(identity)
        now = self._clock()
        with self._lock:
            asked = self._asked.get(role)
            is_ours = asked is None or not asked.holds(now)
            if asked is None or is_ours:
                asked = self._asked[role] = _Asked(now)
        if is_ours:
            self._ask(role, asked)
        return asked.answer.result()

    def _ask(self, role: SessionRole, asked: _Asked) -> None:
        try:
            asked.answer.set_result(judged(role, self._trusts.read(role)))
        except RoleTrustUnreadable as unreadable:
            asked.answer.set_result(unreadable)
        except BaseException as failure:
            asked.answer.set_exception(failure)  # also for those who wait
            raise


def _role_of(identity: Identity) -> SessionRole | None:
    session = _SESSION.fullmatch(identity.name)
    if session is None or identity.user_id is None:
        return None
    partition, account, name = session.groups()
    role_id = identity.user_id.partition(":")[0]
    return SessionRole(partition=partition, account=account, name=name, role_id=role_id)


def judged(role: SessionRole, trust: str) -> SessionNameUnproved | None:
    """Why the names of a role's sessions prove nobody, by its trust policy; None where each is its holder's own."""
    fixed = _fixed(role, trust)
    if isinstance(fixed, Fixed):
        return None
    return SessionNameUnproved(
        f"a session's name proves nobody where others may bear it: of `{role.name}`, {fixed.because}",
        advice=(
            "whoever keeps the role: fix sts:RoleSessionName in its trust policy (docs/getting-started.md); or whoever "
            "keeps the catalogue: name the role under `trusted_session_names`"
        ),
        value=role.name,
    )


def _fixed(role: SessionRole, trust: str) -> SessionName:
    try:
        return fixes_session_name(parse_policy(trust, Kind.TRUST), account=role.account)
    except PolicyFault as fault:
        return NotFixed(f"the trust policy cannot be read: {fault.sentence}")


def _chosen(identity: Identity) -> SessionNameUnproved:
    return SessionNameUnproved(
        "whoever calls sts:GetFederationToken chooses the name of a federated user, so it proves nobody",
        advice=(
            "sign in with a session of a role, or as a user; or whoever keeps the catalogue: name "
            f"`arn:aws:sts::{identity.account}:federated-user/*` under `trusted_session_names`"
        ),
    )
