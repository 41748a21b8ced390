"""What the lists hold: mine, what waits for me, all that I may see. Decided by the database, never by leaving out rows later,
but for the few requests of a page that wait for somebody else's answer.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from liftgate.access.emergency import may_conclude
from liftgate.access.model import GrantRecord, RequestRecord, Review
from liftgate.access.ports import AccessReader, GrantFilter, Page, RequestFilter
from liftgate.access.sight import reviewable_entitlements, sees_all
from liftgate.access.stages import Step, may_deny, steps_of, waits_for
from liftgate.catalogue.model import Catalogue

_MOST_UNCONCLUDED: Final = (
    200  # emergencies at which nobody has looked yet: more are a page of their own kind of trouble
)
_MOST_ROUNDS: Final = 10  # a page that is not full is still a page: its cursor goes on

Cursor = Annotated[
    str | None,
    Field(max_length=200, pattern=r"^[A-Za-z0-9_=-]+$", description="`next_cursor` of the page before."),
]
Limit = Annotated[int, Field(ge=1, le=200, description="How many, at most.")]


class PageQuery(BaseModel):
    """Which page of a list, where nothing else can be asked of it."""

    model_config = {"extra": "forbid"}

    cursor: Cursor = None
    limit: Limit = 50


def requests_in_view(
    store: AccessReader,
    view: Literal["mine", "to_review", "to_conclude", "all"],
    states: frozenset[str],
    person_id: str,
    catalogue: Catalogue,
    *,
    now: datetime,
    cursor: str | None,
    limit: int,
) -> Page[RequestRecord]:
    """A page of requests, newest first. ``states`` empty: any."""
    if view == "to_review":
        return _to_review(store, states, person_id, catalogue, now=now, cursor=cursor, limit=limit)
    if view == "to_conclude":
        waiting = store.unconcluded(limit=_MOST_UNCONCLUDED)
        mine = (one for one in waiting if person_id in may_conclude(one.request, catalogue))
        return Page(tuple(mine), None)
    requester, entitlements, or_requester = _who(view, person_id, catalogue)
    which = RequestFilter(
        requester=requester, entitlements=entitlements, or_requester=or_requester, states=states or None
    )
    return store.requests(which, now=now, cursor=cursor, limit=limit)


def grants_in_view(
    store: AccessReader,
    view: Literal["mine", "all"],
    states: frozenset[str],
    person_id: str,
    catalogue: Catalogue,
    *,
    now: datetime,
    cursor: str | None,
    limit: int,
) -> Page[GrantRecord]:
    """A page of grants, newest first."""
    requester, entitlements, or_requester = _who(view, person_id, catalogue)
    which = GrantFilter(
        requester=requester, entitlements=entitlements, or_requester=or_requester, states=states or None
    )
    return store.grants(which, now=now, cursor=cursor, limit=limit)


def _who(
    view: Literal["mine", "all"], person_id: str, catalogue: Catalogue
) -> tuple[str | None, frozenset[str] | None, str | None]:
    """Requester, entitlements and other requester of a filter; what ``access.sight`` says of one, said of all."""
    if view == "mine":
        return person_id, None, None
    if sees_all(person_id, catalogue):
        return None, None, None
    return None, reviewable_entitlements(person_id, catalogue), person_id


def _to_review(
    store: AccessReader,
    states: frozenset[str],
    person_id: str,
    catalogue: Catalogue,
    *,
    now: datetime,
    cursor: str | None,
    limit: int,
) -> Page[RequestRecord]:
    stands_for = store.stands_for(person_id, now=now)
    reviewable = reviewable_entitlements(person_id, catalogue, stands_for)
    if not reviewable or (states and "pending" not in states):
        return Page((), None)
    which = RequestFilter(entitlements=reviewable, states=frozenset({"pending"}))

    return _filled(
        lambda cursor, left: store.requests(which, now=now, cursor=cursor, limit=left),
        lambda record: waits_for_answer_of(person_id, record, stands_for, catalogue, now),
        cursor=cursor,
        limit=limit,
    )


def waits_for_answer_of(
    person_id: str, record: RequestRecord, stands_for: frozenset[str], catalogue: Catalogue, now: datetime
) -> bool:
    """Whether a pending request waits for somebody's own answer, or for theirs in the place of somebody who is away."""
    return _judged(waits_for, person_id, record, stands_for, catalogue=catalogue, now=now)


def may_deny_now(
    person_id: str, record: RequestRecord, stands_for: frozenset[str], catalogue: Catalogue, now: datetime
) -> bool:
    """Whether somebody may deny a pending request, though it may not wait for their approval."""
    return _judged(may_deny, person_id, record, stands_for, catalogue=catalogue, now=now)


def _judged(
    rule: Callable[[str, Sequence[Step], Sequence[Review], frozenset[str]], bool],
    person_id: str,
    record: RequestRecord,
    stands_for: frozenset[str],
    *,
    catalogue: Catalogue,
    now: datetime,
) -> bool:
    """What a rule about stages says of somebody and a request; no where the catalogue has the entitlement no more."""
    entitlement = catalogue.entitlements.get(record.request.entitlement)
    if entitlement is None:
        return False
    steps = steps_of(record.request, record.reviews, catalogue, now)
    delegators = stands_for if entitlement.review.delegable else frozenset[str]()
    return rule(person_id, steps, record.reviews, delegators)


def _filled(
    fetch: Callable[[str | None, int], Page[RequestRecord]],
    keep: Callable[[RequestRecord], bool],
    *,
    cursor: str | None,
    limit: int,
) -> Page[RequestRecord]:
    kept: list[RequestRecord] = []
    for _ in range(_MOST_ROUNDS):
        page = fetch(cursor, limit - len(kept))
        kept += filter(keep, page.items)
        cursor = page.next_cursor
        if cursor is None or len(kept) == limit:
            break
    return Page(tuple(kept), cursor)
