"""What is known of grants, as a JSON file: for a replay without a store.

>>> text = known_text(read_known(b'{"elevated_roles": ["arn:aws:iam::111122223333:role/liftgate-reports"]}', where="known.json"))
>>> print(text)
{
  "grants": [],
  "sessions": [],
  "elevated_roles": [
    "arn:aws:iam::111122223333:role/liftgate-reports"
  ],
  "brokers": []
}
"""

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec

from liftgate.errors import LiftgateError
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Location, Scope, Window
from liftgate.watch.errors import KnownUnreadable
from liftgate.watch.known import KnownGrant, KnownInMemory, KnownSession, known_in_memory

_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_Text = Annotated[str, msgspec.Meta(min_length=1)]


class _Strict(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A field that nobody reads is a fault: it was meant to say something."""


class _Grant(_Strict, kw_only=True):
    id: _Text
    request_id: str = ""
    person: _Text
    entitlement: str = ""
    account: str = ""
    role_arn: _Text
    actions: list[str]
    locations: list[str]
    kms_keys: list[str] = []
    starts_at: _Moment
    ends_at: _Moment
    ended_at: _Moment | None = None
    user_id: str | None = None


class _Session(_Strict, kw_only=True):
    grant_id: _Text
    number: int = 1
    name: _Text
    access_key_id: str | None = None


class _Known(_Strict, kw_only=True):
    grants: list[_Grant] = []
    sessions: list[_Session] = []
    elevated_roles: list[_Text] = []
    brokers: list[_Text] = []


class _Answer(_Known, kw_only=True):
    """As a server tells it."""

    next_cursor: str | None = None


_ADVICE: Final = "docs/watch.md shows such a file"
_DECODER: Final = msgspec.json.Decoder(_Answer)


def read_known(text: bytes, *, where: str) -> KnownInMemory:
    """What a file says is known. ``where`` is its name. Raises ``KnownUnreadable``, with the place."""
    try:
        found = _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(str(error), where) from None
    if found.next_cursor is not None:  # calls under a grant of another page would be nobody's
        raise _unreadable("it is one page of several", where, advice="keep all of it: liftgate known")
    return known_in_memory(
        [_grant(one, f"{where}, $.grants[{number}]") for number, one in enumerate(found.grants)],
        [
            KnownSession(
                grant_id=one.grant_id, number=one.number, name=one.name, access_key_id=one.access_key_id
            )
            for one in found.sessions
        ],
        elevated_roles=found.elevated_roles,
        brokers=found.brokers,
    )


def known_text(known: KnownInMemory) -> str:
    """The file that says so."""
    said = _Known(
        grants=[_written(one) for one in known.grants.values()],
        sessions=[
            _Session(grant_id=one.grant_id, number=one.number, name=one.name, access_key_id=one.access_key_id)
            for one in known.by_name.values()
        ],
        elevated_roles=sorted(known.elevated_roles),
        brokers=sorted(known.brokers),
    )
    return msgspec.json.format(msgspec.json.encode(said), indent=2).decode()


def _grant(one: _Grant, where: str) -> KnownGrant:
    try:
        scope = Scope(
            actions=expand_actions(one.actions),
            locations=frozenset(parse_location(place) for place in one.locations),
            kms_keys=frozenset(one.kms_keys),
        )
        window = Window(starts_at=one.starts_at, ends_at=one.ends_at)
    except (LiftgateError, ValueError) as error:
        raise _unreadable(str(error), where) from None
    if not scope.actions or not scope.locations:
        raise _unreadable("a grant has actions and locations", where)
    return KnownGrant(
        id=one.id,
        request_id=one.request_id,
        person=one.person,
        entitlement=one.entitlement,
        account=one.account,
        role_arn=one.role_arn,
        scope=scope,
        window=window,
        ended_at=one.ended_at,
        user_id=one.user_id,
    )


def _written(grant: KnownGrant) -> _Grant:
    return _Grant(
        id=grant.id,
        request_id=grant.request_id,
        person=grant.person,
        entitlement=grant.entitlement,
        account=grant.account,
        role_arn=grant.role_arn,
        actions=sorted(grant.scope.actions),
        locations=[_place(place) for place in sorted(grant.scope.locations)],
        kms_keys=sorted(grant.scope.kms_keys),
        starts_at=grant.window.starts_at,
        ends_at=grant.window.ends_at,
        ended_at=None if grant.ended_at is None else grant.ended_at.astimezone(UTC),
        user_id=grant.user_id,
    )


def _place(place: Location) -> str:
    return str(place) if place.partition == "aws" else place.object_arn


def _unreadable(what: str, where: str, advice: str = _ADVICE) -> KnownUnreadable:
    return KnownUnreadable(
        f"the known grants cannot be read: {what[:200]}",
        advice=advice,
        where=where,
    )
