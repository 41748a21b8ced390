"""Requests and grants as the server answers them, parsed; ``raw`` is the answer itself, for ``--output json``."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from liftgate.cli.errors import BadValue
from liftgate.cli.fields import (
    JsonObject,
    as_object,
    flag,
    items,
    moment,
    number,
    optional,
    seconds,
    text,
    texts,
    unreadable,
)
from liftgate.cli.identifiers import kind_of_id

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """A slice of a list; ``more`` says that the server has others."""

    items: tuple[T, ...]
    more: bool
    raw: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody, as shown."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeAnswer:
    """What is asked for or lent."""

    actions: tuple[str, ...]
    locations: tuple[str, ...]
    in_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAnswer:
    """One reviewer's answer."""

    reviewer: Named
    answer: str
    comment: str
    reviewed_at: datetime
    stage: str | None  # where there are several
    in_place_of: Named | None
    less: str | None  # what was approved, where it was not all
    less_time: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantBrief:
    """A request's grant, in short."""

    id: str
    state: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAnswer:
    """That a request was made in an emergency, and what came of looking at it."""

    look_by: datetime
    is_overdue: bool
    conclusion: str | None  # in words


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAnswer:
    """One request."""

    id: str
    state: str
    requester: Named
    entitlement: str
    account: str
    scope: ScopeAnswer
    in_place: bool
    duration: timedelta
    starts_at: datetime | None
    justification: str
    ticket: str | None
    ticket_checked: bool | None
    reviews: tuple[ReviewAnswer, ...]
    asked_at: datetime
    lapses_at: datetime
    waiting_for: str | None
    grant: GrantBrief | None
    extends: str | None
    emergency: EmergencyAnswer | None
    raw: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingAnswer:
    """How a grant ended early. ``deny`` is ``in_place`` or ``pending`` for a revoked one."""

    kind: str
    by: str
    reason: str
    ended_at: datetime
    deny: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAnswer:
    """One lent session. The secret is never part of it."""

    number: int
    name: str
    access_key_id: str | None
    lent_at: datetime | None
    expires_at: datetime | None
    failure: str | None
    ending: EndingAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InPlaceAnswer:
    """Access on the role that its holder holds. ``state`` is ``opening``, ``open`` or ``closed``."""

    session_name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantAnswer:
    """One grant."""

    id: str
    state: str
    request_id: str
    requester: Named
    entitlement: str
    account: str
    scope: ScopeAnswer
    starts_at: datetime
    ends_at: datetime
    in_place: InPlaceAnswer | None
    ending: EndingAnswer | None
    sessions: tuple[SessionAnswer, ...]
    goes_on: str | None  # the id of the grant that goes on from it, or of the request that may
    extends: str | None
    is_emergency: bool
    raw: JsonObject = field(repr=False)


def read_request(source: JsonObject) -> RequestAnswer:
    """A request from JSON. Raises ``AnswerUnreadable``, as all here do."""
    return RequestAnswer(
        id=an_id(source, "id"),
        state=text(source, "state"),
        requester=named(source, "requester"),
        entitlement=text(source, "entitlement"),
        account=text(source, "account"),
        scope=_scope(source, "scope"),
        in_place=text(source, "mechanism") == "in-place",
        duration=seconds(source, "duration_seconds"),
        starts_at=optional(moment, source, "starts_at"),
        justification=text(source, "justification"),
        ticket=optional(text, source, "ticket"),
        ticket_checked=optional(flag, source, "ticket_checked"),
        reviews=tuple(_review(as_object(item, "reviews")) for item in items(source, "reviews")),
        asked_at=moment(source, "asked_at"),
        lapses_at=moment(source, "lapses_at"),
        waiting_for=optional(text, source, "waiting_for"),
        grant=optional(_grant_brief, source, "grant"),
        extends=optional(an_id, source, "extends"),
        emergency=optional(_emergency, source, "break_glass"),
        raw=source,
    )


def read_grant(source: JsonObject) -> GrantAnswer:
    """A grant from JSON."""
    sessions = (
        [] if source.get("sessions") is None else items(source, "sessions")
    )  # a list may leave them out
    return GrantAnswer(
        id=an_id(source, "id"),
        state=text(source, "state"),
        request_id=an_id(source, "request_id"),
        requester=named(source, "requester"),
        entitlement=text(source, "entitlement"),
        account=text(source, "account"),
        scope=_scope(source, "scope"),
        starts_at=moment(source, "starts_at"),
        ends_at=moment(source, "ends_at"),
        in_place=optional(_in_place, source, "in_place"),
        ending=optional(_ending, source, "ending"),
        sessions=tuple(_session(as_object(item, "sessions")) for item in sessions),
        **_of_request(source),
        raw=source,
    )


def _of_request(source: JsonObject) -> dict[str, Any]:
    found = as_object(source["of_request"], "of_request") if source.get("of_request") else {}
    going_on = as_object(found["goes_on"], "goes_on") if found.get("goes_on") else {}
    return {
        "goes_on": optional(an_id, going_on, "grant_id") or optional(an_id, going_on, "request_id"),
        "extends": optional(an_id, found, "extends"),
        "is_emergency": bool(optional(flag, found, "break_glass")),
    }


def read_requests(source: JsonObject) -> Page[RequestAnswer]:
    """A page of requests from JSON."""
    found = tuple(read_request(as_object(item, "items")) for item in items(source, "items"))
    return Page(items=found, more=source.get("next_cursor") is not None, raw=source)


def read_grants(source: JsonObject) -> Page[GrantAnswer]:
    """A page of grants from JSON."""
    found = tuple(read_grant(as_object(item, "items")) for item in items(source, "items"))
    return Page(items=found, more=source.get("next_cursor") is not None, raw=source)


def an_id(source: JsonObject, name: str) -> str:
    """An id of our form: it will be part of paths, and of commands that somebody copies."""
    value = text(source, name)
    try:
        kind_of_id(value)
    except BadValue:
        raise unreadable(name) from None
    return value


def named(source: JsonObject, name: str) -> Named:
    """Somebody, from JSON."""
    value = source.get(name)
    if isinstance(value, str):  # where the server shows no more than an id
        return Named(id=value, name=value)
    person = as_object(value, name)
    return Named(id=text(person, "id"), name=text(person, "name"))


def _emergency(source: JsonObject, name: str) -> EmergencyAnswer:
    found = as_object(source.get(name), name)
    return EmergencyAnswer(
        look_by=moment(found, "look_by"),
        is_overdue=flag(found, "is_overdue"),
        conclusion=optional(_conclusion, found, "conclusion"),
    )


def _conclusion(source: JsonObject, name: str) -> str:
    found = as_object(source.get(name), name)
    verdict = "justified" if flag(found, "justified") else "not justified"
    return f"{verdict}, says {named(found, 'by').name}: {text(found, 'comment')}"


def _scope(source: JsonObject, name: str) -> ScopeAnswer:
    scope = as_object(source.get(name), name)
    return ScopeAnswer(
        actions=texts(scope, "actions"), locations=texts(scope, "locations"), in_words=text(scope, "in_words")
    )


def _review(source: JsonObject) -> ReviewAnswer:
    return ReviewAnswer(
        reviewer=named(source, "reviewer"),
        answer=text(source, "answer"),
        comment=text(source, "comment"),
        reviewed_at=moment(source, "reviewed_at"),
        stage=optional(text, source, "stage"),
        in_place_of=optional(named, source, "in_place_of"),
        less=optional(lambda found, name: _scope(found, name).in_words, source, "scope"),
        less_time=optional(seconds, source, "duration_seconds"),
    )


def _grant_brief(source: JsonObject, name: str) -> GrantBrief:
    grant = as_object(source.get(name), name)
    return GrantBrief(
        id=an_id(grant, "id"),
        state=text(grant, "state"),
        starts_at=moment(grant, "starts_at"),
        ends_at=moment(grant, "ends_at"),
    )


def _in_place(source: JsonObject, name: str) -> InPlaceAnswer:
    found = as_object(source.get(name), name)
    return InPlaceAnswer(session_name=text(found, "session_name"), state=text(found, "state"))


def _ending(source: JsonObject, name: str) -> EndingAnswer:
    ending = as_object(source.get(name), name)
    return EndingAnswer(
        kind=text(ending, "kind"),
        by=named(ending, "by").name,
        reason=text(ending, "reason"),
        ended_at=moment(ending, "ended_at"),
        deny=optional(text, ending, "deny"),
    )


def _session_ending(source: JsonObject, name: str) -> EndingAnswer:
    return _ending({**source, name: {"kind": "revoked", **as_object(source.get(name), name)}}, name)


def _session(source: JsonObject) -> SessionAnswer:
    return SessionAnswer(
        number=number(source, "number"),
        name=text(source, "name"),
        access_key_id=optional(text, source, "access_key_id"),
        lent_at=optional(moment, source, "lent_at"),
        expires_at=optional(moment, source, "expires_at"),
        failure=optional(text, source, "failure"),
        ending=optional(_session_ending, source, "ending"),
    )
