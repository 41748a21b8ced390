"""What is known of the calls of a batch, looked up in a store with few questions."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from liftgate.access.model import GrantRecord
from liftgate.catalogue.model import Catalogue, Mechanism
from liftgate.elevation.model import Session
from liftgate.elevation.session_name import read_session_name
from liftgate.watch.event import Event
from liftgate.watch.judging import sessions_of
from liftgate.watch.known import Known, KnownGrant, KnownInMemory, KnownSession
from liftgate.watch.ports import KnownReader

_STS: Final = "sts.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known whatever the calls are: the roles of the catalogue, and who Liftgate itself is."""

    lent: frozenset[str] = field(default=frozenset())  # role ARNs of entitlements that lend sessions
    in_place: frozenset[str] = field(default=frozenset())  # of those that open the role itself
    brokers: frozenset[str]


def standing_of(catalogue: Catalogue, brokers: Iterable[str]) -> Standing:
    """What the catalogue says, and the broker's ARN."""
    entitlements = catalogue.entitlements.values()
    return Standing(
        lent=frozenset(one.role_arn for one in entitlements if one.mechanism is Mechanism.SESSION),
        in_place=frozenset(one.role_arn for one in entitlements if one.mechanism is Mechanism.IN_PLACE),
        brokers=frozenset(brokers),
    )


def known_of(view: KnownReader, events: Collection[Event], standing: Standing) -> Known:
    """What is known of the grants and sessions that these events may be of, and of the roles that they name.

    A role that the catalogue does not name is elevated where its newest grant lends sessions: one that was lent once, and is opened in
    place now, belongs to those who hold it.
    """
    by_key = _by_key(view, events)
    by_name = _by_name(view, events)
    in_place = _in_place(view, events)
    named = {session.grant_id for session in (*by_key.values(), *by_name.values())}
    named |= {grant_id for grant_id in map(_grant_named, events) if grant_id is not None}
    grants = {grant.id: grant for grant in map(known_grant, view.grant_records(sorted(named)))}
    return KnownInMemory(
        grants=grants,
        by_key=by_key,
        by_name=by_name,
        by_user_id=in_place,
        elevated_roles=_elevated(view, events, standing),
        brokers=standing.brokers,
    )


def known_grant(record: GrantRecord) -> KnownGrant:
    """A grant as its calls are judged by it."""
    grant = record.grant
    return KnownGrant(
        id=grant.id,
        request_id=grant.request_id,
        person=grant.requester,
        entitlement=grant.entitlement,
        account=grant.account,
        role_arn=grant.role_arn,
        scope=grant.scope,
        window=grant.window,
        ended_at=record.ending.ended_at if record.ending else None,
        user_id=grant.in_place.user_id if grant.in_place else None,
    )


def known_session(session: Session) -> KnownSession:
    """A session as calls are attributed to it."""
    return KnownSession(
        grant_id=session.grant_id,
        number=session.number,
        name=session.name,
        access_key_id=session.access_key_id,
    )


def _by_key(view: KnownReader, events: Iterable[Event]) -> dict[str, KnownSession]:
    keys = {
        event.user_identity.access_key_id
        for event in events
        if event.user_identity.type == "AssumedRole" and event.user_identity.access_key_id
    }
    found = map(known_session, view.sessions_of_keys(sorted(keys)))
    return {one.access_key_id: one for one in found if one.access_key_id is not None}


def _by_name(view: KnownReader, events: Iterable[Event]) -> dict[str, KnownSession]:
    names = {event.session_name for event in events if _grant_named(event) is not None}
    return {one.name: known_session(one) for one in view.sessions_called(sorted(filter(None, names)))}


def _grant_named(event: Event) -> str | None:
    """The grant in the session's name."""
    named = read_session_name(event.session_name or "")
    return named[0] if named else None


def _in_place(view: KnownReader, events: Collection[Event]) -> dict[str, list[KnownGrant]]:
    """By session, the grants that open it in place, by the start of their windows."""
    of = [(user_id, event.event_time) for event in events for user_id in sessions_of(event)]
    if not of:
        return {}
    records = view.grants_in_place_of(
        sorted({user_id for user_id, _ in of}),
        since=min(at for _, at in of),
        until=max(at for _, at in of),
    )
    found: dict[str, list[KnownGrant]] = {}
    for grant in sorted(map(known_grant, records), key=lambda one: (one.window.starts_at, one.id)):
        found.setdefault(grant.user_id or "", []).append(grant)
    return found


def _elevated(view: KnownReader, events: Iterable[Event], standing: Standing) -> frozenset[str]:
    roles = frozenset(role for event in events for role in _roles(event) if "\x00" not in role)
    unnamed = roles - standing.lent - standing.in_place
    return (roles & standing.lent) | {role for role in unnamed if view.lends_sessions(role)}


def _roles(event: Event) -> Iterator[str]:
    """The role behind the caller, and the one that it takes."""
    if event.role_arn is not None:
        yield event.role_arn
    if event.event_source == _STS:
        taken = (event.request_parameters or {}).get("roleArn")
        if isinstance(taken, str):
            yield taken
