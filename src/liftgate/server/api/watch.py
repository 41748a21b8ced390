"""For guards and auditors: what the watch knows, and what it could not read."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from liftgate.access.model import GrantRecord
from liftgate.elevation.model import Session
from liftgate.server.api.doc import problems
from liftgate.server.api.lists import Cursor, PageQuery
from liftgate.server.api.shapes import EXACT, Moment, PageShape, answer
from liftgate.server.api.watch_shape import SetAsideShape, set_aside_shape
from liftgate.server.calls import SeesAll
from liftgate.server.watching import standing
from liftgate.watch.lookup import known_grant

router = APIRouter(tags=["Findings"])

_MOST_GRANTS: Final = 1_000  # in one page


class KnownGrantShape(BaseModel):
    """A grant, as its calls are judged by it."""

    model_config = EXACT

    id: str = Field(examples=["gr-3xv7m0q4c2h5k8rt"])
    request_id: str = Field(examples=["rq-3xv7m0q4c2h5k8rs"])
    person: str = Field(examples=["ada"])
    entitlement: str = Field(examples=["reports-writer"])
    account: str = Field(examples=["111122223333"])
    role_arn: str = Field(examples=["arn:aws:iam::111122223333:role/LiftgateReportsWriter"])
    actions: list[str] = Field(examples=[["s3:AbortMultipartUpload", "s3:PutObject"]])
    locations: list[str] = Field(examples=[["arn:aws:s3:::reports/2026/*"]])
    kms_keys: list[str] = Field(examples=[[]])
    starts_at: Moment
    ends_at: Moment
    ended_at: Moment | None = Field(description="When it was taken back or returned.")
    user_id: str | None = Field(
        examples=[None], description="The session that it opens in place; null: sessions are lent."
    )


class KnownSessionShape(BaseModel):
    """A lent session, as calls are attributed to it."""

    model_config = EXACT

    grant_id: str = Field(examples=["gr-3xv7m0q4c2h5k8rt"])
    number: int = Field(examples=[1])
    name: str = Field(examples=["gr-3xv7m0q4c2h5k8rt-1"])
    access_key_id: str | None = Field(examples=["ASIAIOSFODNN7EXAMPLE"])


class KnownShape(BaseModel):
    """All that calls of a span are judged by, or a page of it: grants, the last to end first, with their sessions and roles."""

    model_config = EXACT

    grants: list[KnownGrantShape]
    sessions: list[KnownSessionShape]
    elevated_roles: list[str] = Field(
        examples=[["arn:aws:iam::111122223333:role/LiftgateReportsWriter"]],
        description="Roles that may be used through Liftgate alone.",
    )
    brokers: list[str] = Field(
        examples=[["arn:aws:sts::111122223333:assumed-role/LiftgateBroker/i-0abc"]],
        description="Who takes elevated roles for Liftgate.",
    )
    next_cursor: str | None = Field(
        description="Pass it on for the next page, and put the pages together; null: this was the last."
    )


class KnownQuery(BaseModel):
    """Of which span."""

    model_config = {"extra": "forbid"}

    since: Moment = Field(alias="from", description="Grants whose window ends after it.")
    until: Moment = Field(description="Grants whose window begins before it.")
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=_MOST_GRANTS, description="How many grants, at most.")] = (
        _MOST_GRANTS
    )


@router.get(
    "/watch/known",
    response_model=KnownShape,
    operation_id="known_to_watch",
    responses=problems(401, 403),
)
def known_to_watch(call: SeesAll, query: Annotated[KnownQuery, Query()]) -> Response:
    """Say which grants and sessions calls of a span are judged by: `liftgate known` keeps all pages for `liftgate replay --grants`."""
    now_known = standing(call.parts)
    with call.parts.store.read() as view:
        page = view.known_grants(since=query.since, until=query.until, cursor=query.cursor, limit=query.limit)
        records = page.items
        sessions = view.known_sessions([one.grant.id for one in records])
    lent = {one.grant.role_arn for one in records if one.grant.in_place is None} - now_known.in_place
    shape = KnownShape(
        grants=[_grant(one) for one in records],
        sessions=[_session(one) for one in sessions],
        elevated_roles=sorted(lent | now_known.lent),
        brokers=sorted(now_known.brokers),
        next_cursor=page.next_cursor,
    )
    return answer(shape)


@router.get(
    "/set-aside",
    response_model=PageShape[SetAsideShape],
    operation_id="list_set_aside",
    responses=problems(401, 403),
)
def list_set_aside(call: SeesAll, query: Annotated[PageQuery, Query()]) -> Response:
    """List what was to be a record of CloudTrail and could not be read or judged, the latest first."""
    with call.parts.store.read() as view:
        page = view.set_aside(cursor=query.cursor, limit=query.limit)
    items = [set_aside_shape(one) for one in page.items]
    return answer(PageShape[SetAsideShape](items=items, next_cursor=page.next_cursor))


def _grant(record: GrantRecord) -> KnownGrantShape:
    grant = known_grant(record)
    return KnownGrantShape(
        id=grant.id,
        request_id=grant.request_id,
        person=grant.person,
        entitlement=grant.entitlement,
        account=grant.account,
        role_arn=grant.role_arn,
        actions=sorted(grant.scope.actions),
        locations=[place.object_arn for place in sorted(grant.scope.locations)],
        kms_keys=sorted(grant.scope.kms_keys),
        starts_at=grant.window.starts_at,
        ends_at=grant.window.ends_at,
        ended_at=grant.ended_at,
        user_id=grant.user_id,
    )


def _session(session: Session) -> KnownSessionShape:
    return KnownSessionShape(
        grant_id=session.grant_id,
        number=session.number,
        name=session.name,
        access_key_id=session.access_key_id,
    )
