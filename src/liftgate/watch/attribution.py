"""Whose call an event is: of exactly one grant, of nobody who came through Liftgate, or none of Liftgate's business.

A lent session is known by its access key. Where the key is not on record (STS was asked, and Liftgate died before its answer
was kept), it is known by its name, which the elevated role's trust policy lets the broker alone choose. A name or a
source identity that contradicts the key is never reconciled: such a call counts as nobody's.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from liftgate.elevation.person import source_identity
from liftgate.elevation.session_name import read_session_name
from liftgate.watch.event import Event, UserIdentity
from liftgate.watch.known import Known, KnownGrant, KnownSession


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderGrant:
    """A call under a grant: by a lent session, or in place."""

    grant: KnownGrant
    session: KnownSession | None  # None: in place, or of a session that is not on record
    by: str  # "access key", "session name", "in place"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutGrant:
    """A call by an elevated role, or with a grant's name, that no grant explains."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """Somebody but the broker took, or tried to take, an elevated role."""

    role_arn: str


@dataclass(frozen=True, slots=True)
class Unrelated:
    """Not of an elevated role, and not in place."""


Attribution: TypeAlias = UnderGrant | WithoutGrant | TakenOver | Unrelated
UNRELATED = Unrelated()


def attribute(event: Event, known: Known) -> Attribution:
    """Whose call it is."""
    caller = event.user_identity
    is_session = caller.type == "AssumedRole"
    by_key = known.session_of_key(caller.access_key_id) if is_session and caller.access_key_id else None
    if by_key is None and event.event_name in TAKING and event.event_source == "sts.amazonaws.com":
        taken = _taken(event, known)  # by a lent session it is a call under its grant, and tampering there
        if taken is not None:
            return taken
    if not is_session:
        return UNRELATED
    name, role = caller.session_name or "", caller.role_arn
    if by_key is not None:
        return _by_key(caller, known, by_key, name)
    if role is not None and known.is_elevated(role):
        return _by_name(caller, known, name)
    if read_session_name(name) is not None and role is not None and known.session_called(name) is not None:
        return WithoutGrant(because="it carries a grant's name on another role")
    return _in_place(event, caller, known)


TAKING: Final = frozenset({"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})
"""Calls that take a role. Whose these are depends on the role, too."""


def _taken(event: Event, known: Known) -> TakenOver | None:
    role = (event.request_parameters or {}).get("roleArn")
    if not isinstance(role, str) or not known.is_elevated(role):
        return None
    caller = event.user_identity
    if caller.type == "AWSAccount" and known.is_brokers_account(caller.account_id or ""):
        return None  # a copy in the role's account, which says no more of the caller: the caller's account has the other
    if known.is_broker(caller.arn or "") or known.is_broker(caller.role_arn or ""):
        return None
    return TakenOver(role_arn=role)


def _by_key(caller: UserIdentity, known: Known, session: KnownSession, name: str) -> Attribution:
    grant = known.grant(session.grant_id)
    if grant is None:
        return WithoutGrant(because="its session is on record, and its grant is not")
    if name != session.name:
        return WithoutGrant(because="its access key is of another session than its name")
    return _of_person(caller, UnderGrant(grant=grant, session=session, by="access key"))


def _by_name(caller: UserIdentity, known: Known, name: str) -> Attribution:
    session, named = known.session_called(name), read_session_name(name)
    grant = known.grant(named[0]) if named else None
    if named is None:
        return WithoutGrant(because="its session was not lent by Liftgate")
    if grant is None:
        return WithoutGrant(because="it names a grant that is not on record")
    if session is not None and session.access_key_id is not None:
        return WithoutGrant(because="its name is of a session that has another access key")
    if grant.role_arn != caller.role_arn:
        return WithoutGrant(because="it names a grant on another role")
    return _of_person(caller, UnderGrant(grant=grant, session=session, by="session name"))


def _of_person(caller: UserIdentity, found: UnderGrant) -> Attribution:
    said = caller.source_identity
    if said is not None and said != source_identity(found.grant.person):
        return WithoutGrant(because="its source identity is another person than the grant's")
    return found


def _in_place(event: Event, caller: UserIdentity, known: Known) -> Attribution:
    """The grant whose window holds the call; one that began before it, where none does, is no reason for it."""
    held = [one for one in known.in_place(caller.principal_id or "") if one.window.holds(event.event_time)]
    grant = next((one for one in held if one.is_open_at(event.event_time)), held[0] if held else None)
    return UNRELATED if grant is None else UnderGrant(grant=grant, session=None, by="in place")
