"""A dry run: what would become of an ask, and why. No request is made, and nobody is told."""

from collections.abc import Iterable
from datetime import timedelta

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from liftgate.access.dry_run import HIDDEN, Considered, DryRun, Packed, Planned, dry_run
from liftgate.access.judging import Judged, Outcome
from liftgate.access.model import Request
from liftgate.elevation.service import is_small, try_scope
from liftgate.errors import LiftgateError, Unavailable
from liftgate.server.api.ask import AskBody, read_ask
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import (
    EXACT,
    Moment,
    PersonShape,
    ScopeShape,
    answer,
    people_shapes,
    scope_shape,
)
from liftgate.server.calls import Call, SignedInOnce
from liftgate.server.parts import Parts

router = APIRouter(prefix="/request-trials", tags=["Requests"])


class ReasonShape(BaseModel):
    """Why something would be refused."""

    model_config = EXACT

    code: str = Field(examples=["too_long"])
    detail: str = Field(examples=["`reports-writer` is lent for 1h at most, not 2h"])
    advice: str = Field(examples=["ask for 1h or less"])


class FactShape(BaseModel):
    """A fact that a condition names, and its value."""

    model_config = EXACT

    name: str = Field(examples=["time.hour"])
    value: str | None = Field(examples=["9"], description="null: it is not told.")


class ConditionShape(BaseModel):
    """A condition of the catalogue, decided for this ask."""

    model_config = EXACT

    of: str = Field(examples=["stage owners"], description="`refuse_when`, `without_review`, or a stage.")
    condition: str = Field(examples=["time.hour < 6"])
    outcome: Outcome = Field(description="`failed`: it could not be decided, and counts against the ask.")
    facts: list[FactShape]
    because: str | None = Field(examples=[None], description="Why it could not be decided.")


class ConsideredShape(BaseModel):
    """One entitlement that the caller may use, and what it says."""

    model_config = EXACT

    entitlement: str = Field(examples=["reports-writer"])
    fits: bool
    because: list[ReasonShape]
    conditions: list[ConditionShape]


class PlannedShape(BaseModel):
    """One stage of review that it would have to pass."""

    model_config = EXACT

    name: str = Field(examples=["review"])
    approvals: int = Field(examples=[1])
    other_team: bool = Field(examples=[False], description="The requester's own team does not count.")
    reviewers: list[PersonShape] = Field(description="Who could answer it.")


class TrialBody(AskBody):
    """What a caller would ask for."""

    asks_sts: bool = Field(
        default=False,
        description="Where the session policy is so long that only STS can tell whether it fits, ask it, as the request itself would: the "
        "ledger then has `trial.intended` and `trial.ended`, of a call whose session can do nothing.",
    )


class PolicyShape(BaseModel):
    """The session policy that its sessions would carry."""

    model_config = EXACT

    text: str = Field(examples=['{"Version":"2012-10-17","Statement":[]}'])
    characters: int = Field(examples=[412])
    most: int = Field(examples=[2048])
    packed: Packed = Field(
        description="Of the size to which STS packs it: `small`: it fits; `fits`: STS was asked; `not_asked`: it will be, when it is asked for."
    )


class TrialShape(BaseModel):
    """What would become of an ask."""

    model_config = EXACT

    outcome: str = Field(examples=["pending"], description="`refused`, `pending` or `approved`.")
    because: list[ReasonShape] = Field(description="Why it would be refused.")
    entitlement: str | None = Field(examples=["reports-writer"], description="By which it would be made.")
    scope: ScopeShape | None = Field(description="The exact scope that it would have.")
    duration_seconds: int = Field(examples=[1200])
    stages: list[PlannedShape]
    lapses_at: Moment | None = Field(description="When it would end where nobody answers.")
    look_by: Moment | None = Field(description="In an emergency: until when somebody must look at it.")
    policy: PolicyShape | None = Field(description="null: in place, or it would be refused.")
    considered: list[ConsideredShape]


@router.post("", response_model=TrialShape, operation_id="try_request", responses=problems(401, 403, 404))
def try_request(call: SignedInOnce, body: TrialBody) -> Response:
    """Say what would become of an ask, and why. No request is made, and nobody is told; without `asks_sts` nothing goes on record."""
    return answer(
        trial_shape(tried(body, call, asks_sts=body.asks_sts), timedelta(seconds=body.duration_seconds), call)
    )


def tried(body: AskBody, call: Call, *, asks_sts: bool = False) -> DryRun:
    """What would become of an ask. ``asks_sts``: where only STS knows whether its policy fits, it is asked, on record."""
    return dry_run(
        read_ask(body, call.caller, call.catalogue),
        call.caller,
        catalogue=call.catalogue,
        store=call.parts.store,
        clock=call.parts.clock,
        trial=lambda request: _size(request, call.parts, asks_sts=asks_sts),
    )


def trial_shape(run: DryRun, duration: timedelta, call: Call) -> TrialShape:
    """A dry run, as it is answered."""
    request = run.request
    outcome = "refused" if run.because else "pending" if run.stages else "approved"
    policy = run.policy
    return TrialShape(
        outcome=outcome,
        because=_reasons(run.because),
        entitlement=request.entitlement if request else None,
        scope=scope_shape(request.scope) if request else None,
        duration_seconds=int(duration.total_seconds()),
        stages=[_planned(stage, call) for stage in run.stages],
        lapses_at=request.lapses_at if request and run.stages else None,
        look_by=request.look_by if request else None,
        policy=PolicyShape(
            text=policy.text, characters=policy.characters, most=policy.most, packed=policy.packed
        )
        if policy
        else None,
        considered=[_considered(one) for one in run.considered],
    )


def _size(request: Request, parts: Parts, *, asks_sts: bool) -> Packed:
    """Whether revocation reaches the role, and STS takes the scope."""
    parts.reach.check(request.role_arn, request.external_id, policies=parts.policies, now=parts.clock())
    if is_small(request):
        return Packed.SMALL
    if not asks_sts:
        return Packed.NOT_ASKED
    try:
        try_scope(request, store=parts.store, lender=parts.lender, clock=parts.clock)
    except Unavailable:  # what it will say is not known; all else is
        return Packed.NOT_ASKED
    return Packed.FITS


def _planned(stage: Planned, call: Call) -> PlannedShape:
    return PlannedShape(
        name=stage.name,
        approvals=stage.approvals,
        other_team=stage.other_team,
        reviewers=people_shapes(stage.reviewers, call.catalogue),
    )


def _considered(one: Considered) -> ConsideredShape:
    return ConsideredShape(
        entitlement=one.entitlement,
        fits=not one.because,
        because=_reasons(one.because),
        conditions=[_condition(judged) for judged in one.judged],
    )


def _condition(judged: Judged) -> ConditionShape:
    facts = [FactShape(name=name, value=None if name in HIDDEN else value) for name, value in judged.values]
    return ConditionShape(
        of=judged.of,
        condition=judged.condition,
        outcome=judged.outcome,
        facts=facts,
        because=judged.because,
    )


def _reasons(because: Iterable[LiftgateError]) -> list[ReasonShape]:
    return [ReasonShape(code=one.code, detail=one.sentence, advice=one.advice) for one in because]
