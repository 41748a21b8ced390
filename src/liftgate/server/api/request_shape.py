"""A request, as it is answered."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from liftgate.access.model import GrantRecord, RequestRecord, Review
from liftgate.access.state import grant_state, request_state, state_name
from liftgate.catalogue.model import Catalogue, Mechanism
from liftgate.server.api.shapes import (
    EXACT,
    EXAMPLE_HASH,
    Moment,
    PersonShape,
    ScopeShape,
    people_shapes,
    person_shape,
    scope_shape,
)
from liftgate.server.waiting import waiting_for


class ReviewShape(BaseModel):
    """One reviewer's answer."""

    model_config = EXACT

    reviewer: PersonShape
    answer: Literal["approve", "deny"]
    comment: str = Field(examples=["go ahead"])
    reviewed_at: Moment


class GrantBriefShape(BaseModel):
    """A request's grant, in short."""

    model_config = EXACT

    id: str = Field(examples=["gr-3xv7m0q4c2h5k8rt"])
    state: str = Field(examples=["active"])
    starts_at: Moment
    ends_at: Moment


class RequestShape(BaseModel):
    """One request."""

    model_config = EXACT

    id: str = Field(examples=["rq-3xv7m0q4c2h5k8rs"])
    state: Literal["pending", "approved", "denied", "cancelled", "lapsed"]
    requester: PersonShape
    entitlement: str = Field(examples=["reports-writer"])
    account: str = Field(examples=["111122223333"])
    role_arn: str = Field(examples=["arn:aws:iam::111122223333:role/LiftgateReportsWriter"])
    mechanism: Mechanism = Field(description="`in-place`: on the role that the requester holds.")
    scope: ScopeShape
    duration_seconds: int = Field(examples=[1200])
    starts_at: Moment | None = Field(description="null: when it is approved.")
    justification: str = Field(examples=["Correct the totals of the third quarter"])
    ticket: str | None = Field(examples=["DATA-1234"])
    ticket_checked: bool | None = Field(
        description="Whether its tracker said that the ticket is open when it was asked for; null: none was to be asked."
    )
    approvals_needed: int = Field(examples=[1], description="0: approved without a review.")
    reviewers: list[PersonShape] = Field(description="Who may answer it, by the catalogue as it is now.")
    reviews: list[ReviewShape]
    asked_at: Moment
    lapses_at: Moment
    catalogue_version: str = Field(examples=[EXAMPLE_HASH], description="Under which it was made.")
    waiting_for: str | None = Field(examples=["1 approval of grace or linus"])
    grant: GrantBriefShape | None


def request_shape(record: RequestRecord, catalogue: Catalogue, now: datetime) -> RequestShape:
    """A request as it is at ``now``."""
    request = record.request
    state = request_state(record, now)
    known = catalogue.entitlements.get(request.entitlement)
    reviewers = known.review.reviewers - {request.requester} if known else frozenset[str]()
    return RequestShape.model_construct(
        id=request.id,
        state=state_name(state),
        requester=person_shape(request.requester, catalogue),
        entitlement=request.entitlement,
        account=request.account,
        role_arn=request.role_arn,
        mechanism=Mechanism.SESSION if request.in_place is None else Mechanism.IN_PLACE,
        scope=scope_shape(request.scope),
        duration_seconds=int(request.duration.total_seconds()),
        starts_at=request.starts_at,
        justification=request.justification,
        ticket=request.ticket,
        ticket_checked=request.ticket_seen.was_checked if request.ticket_seen else None,
        approvals_needed=request.approvals_needed,
        reviewers=people_shapes(reviewers, catalogue),
        reviews=[_review_shape(review, catalogue) for review in record.reviews],
        asked_at=request.asked_at,
        lapses_at=request.lapses_at,
        catalogue_version=request.catalogue_version,
        waiting_for=waiting_for(record, state, catalogue, now),
        grant=_brief(GrantRecord(grant=record.grant, ending=record.ending), now) if record.grant else None,
    )


def _review_shape(review: Review, catalogue: Catalogue) -> ReviewShape:
    return ReviewShape(
        reviewer=person_shape(review.reviewer, catalogue),
        answer=review.answer.value,
        comment=review.comment,
        reviewed_at=review.reviewed_at,
    )


def _brief(record: GrantRecord, now: datetime) -> GrantBriefShape:
    return GrantBriefShape(
        id=record.grant.id,
        state=state_name(grant_state(record, now)),
        starts_at=record.grant.window.starts_at,
        ends_at=record.grant.window.ends_at,
    )
