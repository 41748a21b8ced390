"""Requests, with their reviews and cancellations."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Connection,
    Select,
    bindparam,
    insert,
    select,
    update,
)

from liftgate.access.model import Answer, Cancellation, Conclusion, Request, RequestRecord, Review
from liftgate.access.ports import Page, RequestFilter
from liftgate.store.columns import Moment
from liftgate.store.errors import TakenAlready
from liftgate.store.list_shape import ListShape, narrowed, shape_of
from liftgate.store.notice_tables import ticket_checks
from liftgate.store.pages import Place, newest_first, page
from liftgate.store.review_rows import conclusion_of, review_of, review_terms_row, terms_row
from liftgate.store.review_tables import emergencies, extensions, request_terms, review_terms
from liftgate.store.rows import (
    Row,
    cancellation_of,
    cancellation_row,
    grant_record_of,
    request_of,
    request_row,
    review_row,
)
from liftgate.store.states import are_few_requests, requests_in
from liftgate.store.tables import (
    cancellations,
    endings,
    grants,
    in_place_boundaries,
    in_place_requests,
    requests,
    reviews,
)

_RECORDS: Final = (
    select(
        requests,
        cancellations,
        in_place_requests,
        in_place_boundaries,
        request_terms,
        extensions,
        emergencies,
        ticket_checks,
        grants,
        endings,
    )
    .select_from(
        requests.outerjoin(cancellations)
        .outerjoin(in_place_requests)
        .outerjoin(in_place_boundaries, in_place_boundaries.c.request_id == requests.c.id)
        .outerjoin(request_terms)
        .outerjoin(extensions, extensions.c.request_id == requests.c.id)
        .outerjoin(emergencies)
        .outerjoin(ticket_checks, ticket_checks.c.request_id == requests.c.id)
        .outerjoin(grants, grants.c.request_id == requests.c.id)
        .outerjoin(endings)
    )
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)
_ONE: Final = _RECORDS.where(requests.c.id == bindparam("request_id"))
_LOCK: Final = select(requests.c.id).where(requests.c.id == bindparam("request_id")).with_for_update()
_REVIEWS: Final = (
    select(
        reviews,
        review_terms.c.stage,
        review_terms.c.in_place_of,
        review_terms.c.scope,
        review_terms.c.duration,
    )
    .outerjoin(review_terms)
    .where(reviews.c.request_id.in_(bindparam("request_ids", expanding=True)))
    .order_by(reviews.c.reviewed_at, reviews.c.reviewer)
)
_ADD: Final = insert(requests)
_ADD_IN_PLACE: Final = insert(in_place_requests)
_ADD_BOUNDARY: Final = insert(in_place_boundaries)
_ADD_TICKET: Final = insert(ticket_checks)
_ADD_REVIEW: Final = insert(reviews)
_ADD_CANCELLATION: Final = insert(cancellations)
_ADD_TERMS: Final = insert(request_terms)
_ADD_REVIEW_TERMS: Final = insert(review_terms)
_ADD_EXTENSION: Final = insert(extensions)
_ADD_EMERGENCY: Final = insert(emergencies)
_FOLLOW_UPS: Final = _RECORDS.where(extensions.c.grant_id == bindparam("of_grant")).order_by(
    requests.c.asked_at, requests.c.id
)
_UNLOOKED: Final = _RECORDS.where(
    emergencies.c.person == bindparam("of_person"),
    emergencies.c.concluded_at.is_(None),
    emergencies.c.look_by <= bindparam("now", type_=Moment()),
).order_by(emergencies.c.look_by, requests.c.id)
# Found first, and looked up by their ids: joined to all that is known of a request, every request would be read for them.
_OPEN_EMERGENCIES: Final = (
    select(emergencies.c.request_id)
    .where(emergencies.c.concluded_at.is_(None))
    .order_by(emergencies.c.look_by, emergencies.c.request_id)
    .limit(bindparam("at_most"))
)
_UNCONCLUDED: Final = _RECORDS.where(requests.c.id.in_(_OPEN_EMERGENCIES)).order_by(
    emergencies.c.look_by, requests.c.id
)
_CONCLUDE: Final = (
    update(emergencies)
    .where(emergencies.c.request_id == bindparam("of_request"), emergencies.c.concluded_at.is_(None))
    .values(
        by=bindparam("said_by"),
        identity=bindparam("as_identity"),
        justified=bindparam("is_justified"),
        comment=bindparam("with_comment"),
        concluded_at=bindparam("at"),
    )
)
_CLOSE: Final = (
    update(requests)
    .where(requests.c.id == bindparam("request_id"), requests.c.outcome.is_(None))
    .values(outcome=bindparam("how"))
)


class Requests:
    """The requests of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def one(self, request_id: str) -> RequestRecord | None:
        """A request with all that is known of it."""
        row = self._connection.execute(_ONE, {"request_id": request_id}).mappings().one_or_none()
        return self._records([row])[0] if row else None

    def lock(self, request_id: str) -> RequestRecord | None:
        """The same, and nobody else changes it until the transaction ends.

        PostgreSQL needs two statements: one that waited for a lock sees the other tables as they were before it waited.
        """
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(_LOCK, {"request_id": request_id})
        return self.one(request_id)

    def page(
        self, which: RequestFilter, *, now: datetime, cursor: str | None, limit: int
    ) -> Page[RequestRecord]:
        """A page, newest first."""
        asked = {"requester": which.requester, "or_requester": which.or_requester, "now": now}
        statement = (_first_page if cursor is None else _page)(shape_of(which), limit, cursor)
        records = self._records(self._connection.execute(statement, asked).mappings().all())
        return page(records, [Place(found.request.asked_at, found.request.id) for found in records], limit)

    def add(self, request: Request) -> None:
        """A new request."""
        self._connection.execute(_ADD, request_row(request))
        if request.in_place is not None:
            self._connection.execute(
                _ADD_IN_PLACE,
                {
                    "request_id": request.id,
                    "user_id": request.in_place.user_id,
                    "policy": request.in_place.policy,
                },
            )
            if request.in_place.boundary is not None:
                kept = {"request_id": request.id, "boundary": request.in_place.boundary}
                self._connection.execute(_ADD_BOUNDARY, kept)
        self._add_terms(request)
        if request.ticket_seen is not None:
            seen = {"tracker": request.ticket_seen.tracker, "state": request.ticket_seen.state}
            self._connection.execute(_ADD_TICKET, {"request_id": request.id, **seen})

    def add_review(self, review: Review) -> None:
        """An answer; a denial closes the request."""
        if review.answer is Answer.DENY:
            self.close(review.request_id, "denied")
        self._connection.execute(_ADD_REVIEW, review_row(review))
        if (terms := review_terms_row(review)) is not None:
            self._connection.execute(_ADD_REVIEW_TERMS, terms)

    def follow_ups(self, grant_id: str) -> tuple[RequestRecord, ...]:
        """The requests that go on from a grant, the first first."""
        rows = self._connection.execute(_FOLLOW_UPS, {"of_grant": grant_id}).mappings().all()
        return tuple(self._records(rows))

    def unlooked(self, person_id: str, now: datetime) -> tuple[RequestRecord, ...]:
        """Emergencies of somebody at which nobody has looked in time, the first first."""
        which = {"of_person": person_id, "now": now}
        return tuple(self._records(self._connection.execute(_UNLOOKED, which).mappings().all()))

    def unconcluded(self, limit: int) -> tuple[RequestRecord, ...]:
        """Emergencies of anybody at which nobody has looked yet, the one that is due first."""
        found = self._connection.execute(_UNCONCLUDED, {"at_most": limit}).mappings().all()
        return tuple(self._records(found))

    def add_conclusion(self, conclusion: Conclusion) -> None:
        """What came of looking at an emergency, once."""
        said = {
            "of_request": conclusion.request_id,
            "said_by": conclusion.by,
            "as_identity": conclusion.identity,
            "is_justified": conclusion.justified,
            "with_comment": conclusion.comment,
            "at": conclusion.concluded_at,
        }
        if self._connection.execute(_CONCLUDE, said).rowcount != 1:
            raise TakenAlready(
                f"`{conclusion.request_id}` was looked at already",
                advice="look at it again: somebody else has concluded it",
                value=conclusion.request_id,
            )

    def _add_terms(self, request: Request) -> None:
        if (terms := terms_row(request)) is not None:
            self._connection.execute(_ADD_TERMS, terms)
        if request.extends is not None:
            goes_on = {
                "request_id": request.id,
                "grant_id": request.extends.grant_id,
                "in_all": request.extends.in_all,
            }
            self._connection.execute(_ADD_EXTENSION, goes_on)
        if request.look_by is not None:
            emergency = {"request_id": request.id, "person": request.requester, "look_by": request.look_by}
            self._connection.execute(_ADD_EMERGENCY, emergency)

    def add_cancellation(self, cancellation: Cancellation) -> None:
        """The requester's withdrawal, which closes the request."""
        self.close(cancellation.request_id, "cancelled")
        self._connection.execute(_ADD_CANCELLATION, cancellation_row(cancellation))

    def close(self, request_id: str, outcome: str) -> None:
        """Note the fact that closed a request, once."""
        if self._connection.execute(_CLOSE, {"request_id": request_id, "how": outcome}).rowcount != 1:
            raise TakenAlready(
                f"`{request_id}` is closed already, or was never made",
                advice="look at it again: somebody else may have answered it",
                value=request_id,
            )

    def _records(self, rows: Sequence[Row]) -> list[RequestRecord]:
        answers = self._reviews(row["requests_id"] for row in rows)
        return [_record(row, answers[row["requests_id"]]) for row in rows]

    def _reviews(self, request_ids: Iterable[str]) -> dict[str, list[Review]]:
        answers: dict[str, list[Review]] = defaultdict(list)
        ids = list(request_ids)
        if ids:
            for row in self._connection.execute(_REVIEWS, {"request_ids": ids}).mappings():
                answers[row["request_id"]].append(review_of(row))
        return answers


def _record(row: Row, answers: list[Review]) -> RequestRecord:
    granted: Any = row["grants_id"]
    grant = None if granted is None else grant_record_of(row)
    return RequestRecord(
        request=request_of(row),
        reviews=tuple(answers),
        cancellation=cancellation_of(row),
        grant=grant.grant if grant else None,
        ending=grant.ending if grant else None,
        conclusion=conclusion_of(row),
    )


def _page(shape: ListShape, limit: int, cursor: str | None) -> Select[Any]:
    statement = newest_first(
        _RECORDS,
        requests.c.asked_at,
        requests.c.id,
        cursor=cursor,
        limit=limit,
        few=are_few_requests(shape.states),
    )
    statement = narrowed(statement, requests, shape)
    if shape.states is not None:
        statement = statement.where(requests_in(shape.states))
    return statement


_first_page: Final = lru_cache(maxsize=256)(_page)
