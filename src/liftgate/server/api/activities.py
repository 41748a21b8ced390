"""What was done under a grant, for all who may see it: its requester too, who did it."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from liftgate.access.errors import NoSuchGrant
from liftgate.server.api.doc import problems
from liftgate.server.api.findings import seen_by
from liftgate.server.api.grants import grant_in_sight
from liftgate.server.api.lists import PageQuery
from liftgate.server.api.shapes import PageShape, answer
from liftgate.server.api.watch_shape import ActivityShape, TimelineShape, activity_shape, line_shape
from liftgate.server.calls import Call, GrantId, SignedIn
from liftgate.server.timeline import story
from liftgate.watch.ports import FindingFilter

router = APIRouter(prefix="/grants", tags=["Findings"])

_MOST_TOLD: Final = 200  # groups of calls, and findings


@router.get(
    "/{grant_id}/activities",
    response_model=PageShape[ActivityShape],
    operation_id="list_activities",
    responses=problems(401, 404),
)
def list_activities(call: SignedIn, grant_id: GrantId, query: Annotated[PageQuery, Query()]) -> Response:
    """List the calls under a grant that CloudTrail told of, the latest first. They come minutes after they were made."""
    with call.parts.store.read() as view:
        grant_in_sight(view, grant_id, call)
        page = view.activities(grant_id, cursor=query.cursor, limit=query.limit)
    items = [activity_shape(one) for one in page.items]
    return answer(PageShape[ActivityShape](items=items, next_cursor=page.next_cursor))


@router.get(
    "/{grant_id}/timeline",
    response_model=TimelineShape,
    operation_id="tell_grant",
    responses=problems(401, 404),
)
def tell_grant(call: SignedIn, grant_id: GrantId) -> Response:
    """Tell a grant's story: request, reviews, sessions, calls by folder, the findings that the caller may see with what was done, and its account."""
    return answer(timeline_of(call, grant_id))


def timeline_of(call: Call, grant_id: str) -> TimelineShape:
    """A grant's story, as far as the caller may know it. Raises ``NoSuchGrant``."""
    with call.parts.store.read() as view:
        grant = grant_in_sight(view, grant_id, call).grant
        record = view.request(grant.request_id)
        if record is None:
            raise NoSuchGrant(f"`{grant_id}` has no request", advice="list yours: liftgate grants")
        groups = view.call_groups(grant_id, limit=_MOST_TOLD + 1)
        found = view.findings(seen_by(call, FindingFilter(grant_id=grant_id)), cursor=None, limit=_MOST_TOLD)
        lines = story(
            record,
            sessions=view.sessions(grant_id),
            session_endings=view.session_endings(grant_id),
            groups=groups[:_MOST_TOLD],
            findings=found.items,
            responses=view.responses([one.finding.id for one in found.items]),
            settlements=view.all_settled(grant_id),
            now=call.parts.clock(),
        )
    more = len(groups) > _MOST_TOLD or found.next_cursor is not None
    return TimelineShape(items=[line_shape(one, call.catalogue) for one in lines], more=more)
