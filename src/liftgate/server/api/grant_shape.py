"""A grant, its sessions and lent credentials, as they are answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from liftgate.access.extension import follow_up
from liftgate.access.model import GrantRecord, RequestRecord
from liftgate.access.ports import DENY_SLACK
from liftgate.access.state import grant_state, state_name
from liftgate.catalogue.model import Catalogue, Mechanism
from liftgate.elevation.model import Credentials, Session, SessionEnding
from liftgate.server.api.in_aws import InAws
from liftgate.server.api.shapes import (
    EXACT,
    EXAMPLE_HASH,
    Moment,
    PersonShape,
    ScopeShape,
    example,
    person_shape,
    scope_shape,
)


class EndingShape(BaseModel):
    """How a grant ended before its window did."""

    model_config = EXACT

    kind: Literal["revoked", "returned"]
    by: PersonShape
    reason: str = Field(examples=["the wrong quarter"])
    ended_at: Moment
    deny: Literal["in_place", "pending"] | None = Field(
        description="Whether AWS was seen to refuse what ran under it; null: its window is over anyway."
    )


class SessionEndingShape(BaseModel):
    """How one session was taken back."""

    model_config = EXACT

    by: PersonShape
    reason: str = Field(examples=["its keys were in a log"])
    ended_at: Moment
    deny: Literal["in_place", "pending"] = Field(description="Whether AWS was seen to refuse it.")


class SessionShape(BaseModel):
    """One lent session. Its secret is nowhere."""

    model_config = EXACT

    number: int = Field(examples=[1])
    name: str = Field(
        examples=["gr-3xv7m0q4c2h5k8rt-1"], description="The role session name, in CloudTrail too."
    )
    access_key_id: str | None = Field(examples=["ASIAIOSFODNN7EXAMPLE"])
    intended_at: Moment
    lent_at: Moment | None
    expires_at: Moment | None
    failure: str | None = Field(examples=[None], description="Why AWS did not lend it.")
    ending: SessionEndingShape | None = Field(description="null: it was not taken back by itself.")


class InPlaceShape(BaseModel):
    """Access on the role that the requester holds, for one session of it."""

    model_config = EXACT

    session_name: str = Field(examples=["ada"], description="The one session of the role that it opens for.")
    state: Literal["opening", "open", "closed"] = Field(
        description="`opening` until AWS was seen to let it through; `closed` when it is over, or was taken off the role."
    )


class GoesOnShape(BaseModel):
    """The request that goes on from a grant, and what became of it."""

    model_config = EXACT

    request_id: str = Field(examples=["rq-3xv7m0q4c2h5k8rw"])
    state: Literal["pending", "approved"]
    grant_id: str | None = Field(examples=["gr-3xv7m0q4c2h5k8rx"])


class OfRequestShape(BaseModel):
    """What a grant has of its request."""

    model_config = EXACT

    break_glass: bool = Field(description="It was taken in an emergency, without a review.")
    extends: str | None = Field(
        examples=["gr-3xv7m0q4c2h5k8rr"], description="The grant that it goes on from."
    )
    goes_on: GoesOnShape | None = Field(description="What goes on from it, or may come to.")


class GrantShape(BaseModel):
    """One grant."""

    model_config = EXACT

    id: str = Field(examples=["gr-3xv7m0q4c2h5k8rt"])
    state: Literal["scheduled", "active", "ended", "revoked", "returned"]
    request_id: str = Field(examples=["rq-3xv7m0q4c2h5k8rs"])
    requester: PersonShape
    entitlement: str = Field(examples=["reports-writer"])
    account: str = Field(examples=["111122223333"])
    role_arn: str = Field(examples=["arn:aws:iam::111122223333:role/LiftgateReportsWriter"])
    scope: ScopeShape
    starts_at: Moment
    ends_at: Moment = Field(description="From this second on AWS refuses every session of it.")
    granted_at: Moment
    catalogue_version: str = Field(examples=[EXAMPLE_HASH], description="Under which it was made.")
    mechanism: Mechanism
    in_place: InPlaceShape | None = Field(description="null: its sessions are lent.")
    ending: EndingShape | None
    sessions: list[SessionShape] | None = Field(description="null in lists: ask for the one grant.")
    of_request: OfRequestShape | None = Field(description="null in lists: ask for the one grant.")


class CredentialsShape(BaseModel):
    """Lent credentials: handed over once, kept nowhere."""

    model_config = example(
        access_key_id="ASIAIOSFODNN7EXAMPLE",
        secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",  # noqa: S106 - AWS's own example
        session_token="IQoJb3JpZ2luX2VjEXAMPLETOKEN",  # noqa: S106 - an example
        expires_at="2026-11-24T09:20:00Z",
        session_name="gr-3xv7m0q4c2h5k8rt-1",
        grant_id="gr-3xv7m0q4c2h5k8rt",
    )

    access_key_id: str
    secret_access_key: str = Field(repr=False)
    session_token: str = Field(repr=False)
    expires_at: Moment = Field(description="Never later than the end of the grant's window.")
    session_name: str
    grant_id: str


def grant_shape(
    record: GrantRecord,
    catalogue: Catalogue,
    now: datetime,
    *,
    in_aws: InAws,
    sessions: Iterable[Session] | None = None,
    session_endings: Iterable[SessionEnding] = (),
    of_request: OfRequestShape | None = None,
) -> GrantShape:
    """A grant as it is at ``now``, with what was seen of it on its role."""
    grant = record.grant
    return GrantShape(
        id=grant.id,
        state=state_name(grant_state(record, now)),  # type: ignore[arg-type]  # the words of the five states
        request_id=grant.request_id,
        requester=person_shape(grant.requester, catalogue),
        entitlement=grant.entitlement,
        account=grant.account,
        role_arn=grant.role_arn,
        scope=scope_shape(grant.scope),
        starts_at=grant.window.starts_at,
        ends_at=grant.window.ends_at,
        granted_at=grant.granted_at,
        catalogue_version=grant.catalogue_version,
        mechanism=Mechanism.SESSION if grant.in_place is None else Mechanism.IN_PLACE,
        in_place=_in_place_shape(record, now, in_aws),
        ending=_ending_shape(record, catalogue, now, in_aws),
        sessions=None if sessions is None else _session_shapes(sessions, session_endings, catalogue, in_aws),
        of_request=of_request,
    )


def of_request_shape(
    made: RequestRecord | None, follow_ups: tuple[RequestRecord, ...], now: datetime
) -> OfRequestShape | None:
    """What a grant has of its request."""
    if made is None:
        return None
    going_on = follow_up(follow_ups, now)
    extends = made.request.extends
    return OfRequestShape(
        break_glass=made.request.look_by is not None,
        extends=extends.grant_id if extends else None,
        goes_on=None
        if going_on is None
        else GoesOnShape(
            request_id=going_on.request.id,
            state="pending" if going_on.grant is None else "approved",
            grant_id=going_on.grant.id if going_on.grant else None,
        ),
    )


def credentials_shape(session: Session, credentials: Credentials) -> CredentialsShape:
    """Credentials on their one way to the caller."""
    return CredentialsShape(
        access_key_id=credentials.access_key_id,
        secret_access_key=credentials.secret_access_key,
        session_token=credentials.session_token,
        expires_at=credentials.expires_at,
        session_name=session.name,
        grant_id=session.grant_id,
    )


def _in_place_shape(record: GrantRecord, now: datetime, in_aws: InAws) -> InPlaceShape | None:
    grant = record.grant
    if grant.in_place is None:
        return None
    on_role = in_aws.on_role.get(grant.id)
    state: Literal["opening", "open", "closed"] = "opening"
    if now >= grant.window.ends_at or (record.ending is not None and on_role is None):
        state = "closed"
    elif on_role is not None and on_role.is_open:
        state = "open"
    return InPlaceShape(session_name=grant.in_place.session_name, state=state)


def _ending_shape(
    record: GrantRecord, catalogue: Catalogue, now: datetime, in_aws: InAws
) -> EndingShape | None:
    ending = record.ending
    if ending is None:
        return None
    is_over = now >= record.grant.window.ends_at + DENY_SLACK
    return EndingShape(
        kind=ending.kind.value,
        by=person_shape(ending.by, catalogue),
        reason=ending.reason,
        ended_at=ending.ended_at,
        deny="in_place" if in_aws.refuses(record) else (None if is_over else "pending"),
    )


def _session_shapes(
    sessions: Iterable[Session], endings: Iterable[SessionEnding], catalogue: Catalogue, in_aws: InAws
) -> list[SessionShape]:
    ended = {ending.number: _session_ending_shape(ending, catalogue, in_aws) for ending in endings}
    return [_session_shape(session, ended.get(session.number)) for session in sessions]


def _session_ending_shape(ending: SessionEnding, catalogue: Catalogue, in_aws: InAws) -> SessionEndingShape:
    # A grant that ended too is refused whole, and its sessions with it.
    refused = bool({ending.name, ending.grant_id} & in_aws.denied)
    return SessionEndingShape(
        by=person_shape(ending.by, catalogue),
        reason=ending.reason,
        ended_at=ending.ended_at,
        deny="in_place" if refused else "pending",
    )


def _session_shape(session: Session, ending: SessionEndingShape | None) -> SessionShape:
    return SessionShape(
        ending=ending,
        number=session.number,
        name=session.name,
        access_key_id=session.access_key_id,
        intended_at=session.intended_at,
        lent_at=session.lent_at,
        expires_at=session.expires_at,
        failure=session.failure,
    )
