"""A request, as it is answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from liftgate.access.emergency import may_conclude
from liftgate.access.model import GrantRecord, RequestRecord, Review
from liftgate.access.stages import Step, may_still_answer, steps_of
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
    stage: str = Field(examples=["review"], description="Which it counts in.")
    in_place_of: PersonShape | None = Field(description="The reviewer who was away, for whom it was given.")
    scope: ScopeShape | None = Field(description="What was approved, where it is less than was asked for.")
    duration_seconds: int | None = Field(examples=[900], description="For how long, where it is less.")


class StageShape(BaseModel):
    """One stage of a request's review."""

    model_config = EXACT

    name: str = Field(examples=["review"])
    approvals: int = Field(examples=[1])
    left: int = Field(examples=[1], description="How many approvals it still waits for.")
    approved_by: list[PersonShape] = Field(description="Whose approval counts.")
    reviewers: list[PersonShape] = Field(
        description="Who may still answer it, by the catalogue as it is now; those to whom it is escalated among them."
    )
    other_team: bool = Field(examples=[False], description="The requester's own team does not count.")
    is_escalated: bool = Field(examples=[False])
    turn_came_at: Moment | None = Field(description="null: it is not yet its turn.")


class ConclusionShape(BaseModel):
    """What came of looking at an emergency."""

    model_config = EXACT

    by: PersonShape
    justified: bool
    comment: str = Field(examples=["the night's export was broken, and this mended it"])
    concluded_at: Moment


class BreakGlassShape(BaseModel):
    """An emergency: a grant without a review, at which somebody looks afterwards."""

    model_config = EXACT

    look_by: Moment = Field(description="Until when somebody must have looked at it.")
    is_overdue: bool
    lookers: list[PersonShape] = Field(description="Who may look at it, by the catalogue as it is now.")
    conclusion: ConclusionShape | None


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
    stages: list[StageShape] = Field(description="In the order in which they are answered; none: no review.")
    extends: str | None = Field(
        examples=["gr-3xv7m0q4c2h5k8rr"], description="The grant that it goes on from."
    )
    break_glass: BreakGlassShape | None = Field(description="null: it was no emergency.")
    waiting_for: str | None = Field(examples=["1 approval of grace or linus"])
    grant: GrantBriefShape | None


def request_shape(record: RequestRecord, catalogue: Catalogue, now: datetime) -> RequestShape:
    """A request as it is at ``now``."""
    request = record.request
    state = request_state(record, now)
    steps = steps_of(request, record.reviews, catalogue, now)
    reviewers = frozenset[str]().union(*(step.may_answer for step in steps))
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
        stages=[_stage_shape(step, steps, record, catalogue) for step in steps],
        extends=request.extends.grant_id if request.extends else None,
        break_glass=_break_glass_shape(record, catalogue, now),
        waiting_for=waiting_for(record, state, catalogue, now),
        grant=_brief(GrantRecord(grant=record.grant, ending=record.ending), now) if record.grant else None,
    )


def _review_shape(review: Review, catalogue: Catalogue) -> ReviewShape:
    return ReviewShape(
        reviewer=person_shape(review.reviewer, catalogue),
        answer=review.answer.value,
        comment=review.comment,
        reviewed_at=review.reviewed_at,
        stage=review.stage,
        in_place_of=person_shape(review.in_place_of, catalogue) if review.in_place_of else None,
        scope=scope_shape(review.scope) if review.scope else None,
        duration_seconds=int(review.duration.total_seconds()) if review.duration else None,
    )


def _stage_shape(
    step: Step, steps: Sequence[Step], record: RequestRecord, catalogue: Catalogue
) -> StageShape:
    return StageShape(
        name=step.stage.name,
        approvals=step.approvals,
        left=step.left,
        approved_by=people_shapes(step.counted, catalogue),
        reviewers=people_shapes(may_still_answer(step, steps, record.reviews), catalogue),
        other_team=step.other_team,
        is_escalated=step.is_escalated,
        turn_came_at=step.since,
    )


def _break_glass_shape(record: RequestRecord, catalogue: Catalogue, now: datetime) -> BreakGlassShape | None:
    look_by, said = record.request.look_by, record.conclusion
    if look_by is None:
        return None
    return BreakGlassShape(
        look_by=look_by,
        is_overdue=said is None and look_by <= now,
        lookers=people_shapes(may_conclude(record.request, catalogue), catalogue),
        conclusion=None
        if said is None
        else ConclusionShape(
            by=person_shape(said.by, catalogue),
            justified=said.justified,
            comment=said.comment,
            concluded_at=said.concluded_at,
        ),
    )


def _brief(record: GrantRecord, now: datetime) -> GrantBriefShape:
    return GrantBriefShape(
        id=record.grant.id,
        state=state_name(grant_state(record, now)),
        starts_at=record.grant.window.starts_at,
        ends_at=record.grant.window.ends_at,
    )
