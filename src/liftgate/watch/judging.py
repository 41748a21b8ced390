"""Whose call an event is and what is thought of it, and beside that the one call that is of a grant without being made under it.

What a grant opens in place, it opens for a session by its name: a second session of that name has the same access. The role's trust
policy lets nobody else take the name, as far as Liftgate saw it; where somebody did, the record of their AssumeRole tells.
"""

from collections.abc import Iterator, Mapping

from liftgate.watch.attribution import TAKING, UnderGrant, attribute
from liftgate.watch.event import Event
from liftgate.watch.known import Known
from liftgate.watch.tampering import tampers_with
from liftgate.watch.verdict import Judged, Verdict, judge


def judged_of(event: Event, known: Known) -> Judged:
    """Whose call it is, and what is thought of it."""
    return _name_taken(event, known) or judge(event, attribute(event, known))


def session_begun(event: Event) -> str | None:
    """The session that the call began, as its user id: ``AROA…:name``. None where it began none."""
    if event.event_source != "sts.amazonaws.com" or event.event_name not in TAKING or event.error_code:
        return None
    answered = (event.response_elements or {}).get("assumedRoleUser")
    user_id = answered.get("assumedRoleId") if isinstance(answered, Mapping) else None
    return user_id if isinstance(user_id, str) else None


def sessions_of(event: Event) -> Iterator[str]:
    """The sessions, by user id, whose grants in place say what the call was: the caller's, and one that it began."""
    if event.session_name and event.user_identity.principal_id:
        yield event.user_identity.principal_id
    if (begun := session_begun(event)) is not None:
        yield begun


def _name_taken(event: Event, known: Known) -> Judged | None:
    begun = session_begun(event)
    if begun is None or _names_its_own(event, begun):
        return None
    for grant in known.in_place(begun):
        if grant.is_open_at(event.event_time):
            return Judged(
                event=event,
                attribution=UnderGrant(grant=grant, session=None, by="in place"),
                verdict=Verdict.ROLE_TAKEN,
                because="it began another session with the name for which the role is open",
                tampers=tampers_with(event),
            )
    return None


def _names_its_own(event: Event, begun: str) -> bool:
    """A service of AWS that renews its session, a user under their own name, and the session itself."""
    caller = event.user_identity
    name = begun.partition(":")[2]
    return (
        caller.type == "AWSService"
        or (caller.type == "IAMUser" and caller.user_name == name)
        or (caller.type == "AssumedRole" and caller.principal_id == begun)
    )
