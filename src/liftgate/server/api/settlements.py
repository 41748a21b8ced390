"""What became of a grant: granted against used, for all who may see it."""

from dataclasses import replace
from typing import Final, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from liftgate.server.api.doc import problems
from liftgate.server.api.findings import sees_findings_of
from liftgate.server.api.grants import grant_in_sight
from liftgate.server.api.shapes import EXACT, EXAMPLE_HASH, Moment, ScopeShape, answer, scope_shape
from liftgate.server.calls import Call, GrantId, SignedIn
from liftgate.watch.settled import due
from liftgate.watch.settlement import Line, Settled
from liftgate.watch.settlement_words import catalogue_lines, request_line, sentences

router = APIRouter(prefix="/grants", tags=["Findings"])

_MOST_LINES: Final = 500


class UseShape(BaseModel):
    """Calls of one operation in one folder. Its texts are the caller's in part: show them as text, and as nothing else."""

    model_config = EXACT

    service: str = Field(examples=["s3"])
    operation: str = Field(examples=["PutObject"])
    folder: str = Field(examples=["s3://reports/2026/"], description="Empty where the record does not tell.")
    calls: int = Field(examples=[37])
    refused: int = Field(examples=[0])


class AccountShape(BaseModel):
    """Granted against used. What AWS refused was not used."""

    model_config = EXACT

    number: int = Field(examples=[1], description="How often it was made; calls that come late make it anew.")
    settled_at: Moment
    sentences: list[str] = Field(examples=[["Never used."]])
    granted: ScopeShape
    was_used: bool
    calls: int = Field(examples=[37], description="Refused ones too.")
    refused: int = Field(examples=[0])
    bytes_in: int | None = Field(examples=[1024], description="Sent to AWS; null: no record told.")
    bytes_out: int | None = Field(examples=[0])
    first_at: Moment | None
    last_at: Moment | None
    lines: list[UseShape] = Field(description=f"The most used first; the first {_MOST_LINES}.")
    more: bool = Field(description="Whether lines were left out.")
    sufficed: ScopeShape | None = Field(
        description="The smallest scope that would have; null: nothing was used, or see `open_because`."
    )
    could_be_narrower: bool
    open_because: str | None = Field(examples=[None])
    request_line: str | None = Field(
        examples=['liftgate request s3://reports/2026/q3/ --action s3:PutObject --for SPAN --reason "…"'],
        description="To paste for the next time, where less would have sufficed.",
    )
    catalogue_lines: list[str] | None = Field(
        examples=[None], description="The same as the ceiling of an entitlement, in lines of YAML."
    )
    findings: list[str] = Field(
        examples=[["fi-3xv7m0q4c2h5k8ru"]], description="Ids, for those who may see them."
    )
    events: str = Field(
        examples=[EXAMPLE_HASH], description="SHA-256 of the sorted event ids of its calls, one a line."
    )


class SettlementShape(BaseModel):
    """How far a grant is with its account."""

    model_config = EXACT

    grant_id: str = Field(examples=["gr-3xv7m0q4c2h5k8rt"])
    state: Literal["open", "settled", "reopened"] = Field(
        description="`open`: there is none yet; `reopened`: a call came to light that it does not count."
    )
    due_at: Moment | None = Field(description="When it is made, or made anew, at the earliest.")
    account: AccountShape | None


@router.get(
    "/{grant_id}/settlement",
    response_model=SettlementShape,
    operation_id="settlement_of_grant",
    responses=problems(401, 404),
)
def settlement_of_grant(call: SignedIn, grant_id: GrantId) -> Response:
    """Say what became of a grant: what was used of it, and what would have sufficed."""
    return answer(settlement_shape(call, grant_id))


def settlement_shape(call: Call, grant_id: str) -> SettlementShape:
    """How far a grant is with its account, as far as the caller may know it. Raises ``NoSuchGrant``."""
    with call.parts.store.read() as view:
        record = grant_in_sight(view, grant_id, call)
        made = view.settled(grant_id)
    if made is not None and not sees_findings_of(call, record.grant.requester, record.grant.entitlement):
        made = replace(made, settlement=replace(made.settlement, findings=()))
    state: Literal["open", "settled", "reopened"] = "open"
    if made is not None:
        state = "reopened" if made.reopened_at else "settled"
    return SettlementShape(
        grant_id=grant_id,
        state=state,
        due_at=due(record, made, call.parts.settings.settle_after),
        account=_account(made) if made else None,
    )


def _account(made: Settled) -> AccountShape:
    found = made.settlement
    less = found.sufficed if found.could_be_narrower else None
    return AccountShape(
        number=made.number,
        settled_at=made.settled_at,
        sentences=list(sentences(found)),
        granted=scope_shape(found.granted),
        was_used=found.was_used,
        calls=found.calls,
        refused=found.refused,
        bytes_in=found.bytes_in,
        bytes_out=found.bytes_out,
        first_at=found.first_at,
        last_at=found.last_at,
        lines=[_use(line) for line in found.lines[:_MOST_LINES]],
        more=len(found.lines) > _MOST_LINES,
        sufficed=scope_shape(found.sufficed) if found.sufficed else None,
        could_be_narrower=found.could_be_narrower,
        open_because=found.open_because,
        request_line=request_line(less) if less else None,
        catalogue_lines=catalogue_lines(less).split("\n") if less else None,
        findings=list(found.findings),
        events=made.events,
    )


def _use(line: Line) -> UseShape:
    return UseShape(
        service=line.service,
        operation=line.operation,
        folder=line.folder,
        calls=line.calls,
        refused=line.refused,
    )
