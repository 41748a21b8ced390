"""What the caller may ask for or review, and whether the catalogue's files are well."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from liftgate.catalogue.model import Entitlement, Mechanism
from liftgate.catalogue.search import is_about
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import (
    EXACT,
    EXAMPLE_HASH,
    Moment,
    PersonShape,
    ScopeShape,
    answer,
    people_shapes,
    scope_shape,
)
from liftgate.server.calls import Call, SignedIn

router = APIRouter(tags=["catalogue"])


class CatalogueQuery(BaseModel):
    """What to look for."""

    model_config = {"extra": "forbid"}

    q: str = Field(
        default="",
        max_length=200,
        description="Only entitlements in which each of these words stands: in names, descriptions, people, teams, buckets or prefixes.",
        examples=["reports ada"],
    )


class CatalogueFaultShape(BaseModel):
    """What is wrong with the files as they stand; the last good catalogue goes on serving."""

    model_config = EXACT

    file: str = Field(examples=["/etc/liftgate/catalogue/reports.yaml"])
    line: int | None = Field(examples=[12])
    column: int | None = Field(examples=[5])
    sentence: str = Field(examples=["an entitlement has no key `longst`"])
    suggestion: str | None = Field(examples=["did you mean `longest`?"])


class StageRuleShape(BaseModel):
    """One stage of a review."""

    model_config = EXACT

    name: str = Field(examples=["review"])
    approvals: int = Field(examples=[1])
    reviewers: list[PersonShape]
    other_team: bool = Field(examples=[False], description="The requester's own team does not count.")
    when: str | None = Field(examples=["request.deletes"], description="Where it is wanted; null: always.")


class EntitlementShape(BaseModel):
    """What may be asked for."""

    model_config = EXACT

    name: str = Field(examples=["reports-writer"])
    description: str = Field(examples=["Correct this year's reports"])
    account: str = Field(examples=["111122223333"])
    role_arn: str = Field(examples=["arn:aws:iam::111122223333:role/LiftgateReportsWriter"])
    ceiling: ScopeShape
    longest_seconds: int = Field(examples=[3600])
    mechanism: Mechanism = Field(
        description="`session` lends credentials; `in-place` opens the role that the requester holds."
    )
    approvals: int = Field(examples=[1], description="Of the stages that always apply, together.")
    reviewers: list[PersonShape] = Field(description="Of all stages, and whom they are escalated to.")
    requesters: list[PersonShape] | None = Field(
        description="Who may ask, for those who review it, guards and auditors; null for others."
    )
    stages: list[StageRuleShape] = Field(description="In the order in which they are answered.")
    refused: list[str] = Field(
        examples=[["nothing is deleted in December"]], description="What is refused outright."
    )
    longest_in_all_seconds: int = Field(
        examples=[14400], description="The longest grant, with all that extends it."
    )
    break_glass_seconds: int | None = Field(
        examples=[3600], description="How long the caller may have it at once in an emergency; null: not."
    )
    without_review_seconds: int | None = Field(
        examples=[120], description="Up to this long it is approved at once."
    )
    without_review_actions: list[str] = Field(examples=[["s3:PutObject"]])
    justification_at_least: int = Field(examples=[10])
    ticket_required: bool = Field(examples=[True])
    ticket_pattern: str | None = Field(examples=["[A-Z]+-[0-9]+"])
    may_request: bool = Field(examples=[True])
    may_review: bool = Field(examples=[False])


class CatalogueShape(BaseModel):
    """The catalogue in force, as far as it concerns the caller."""

    model_config = EXACT

    version: str = Field(examples=[EXAMPLE_HASH])
    loaded_at: Moment
    faults: list[CatalogueFaultShape]
    entitlements: list[EntitlementShape]


@router.get(
    "/catalogue", response_model=CatalogueShape, operation_id="show_catalogue", responses=problems(401)
)
def show(call: SignedIn, query: Annotated[CatalogueQuery, Query()]) -> Response:
    """Entitlements that the caller may ask for or review; guards and auditors see all, and the files' faults."""
    return answer(catalogue_shape(call, query))


def catalogue_shape(call: Call, query: CatalogueQuery) -> CatalogueShape:
    """What the caller may see of the catalogue, narrowed to what they look for."""
    entitlements = sorted(call.catalogue.entitlements.values(), key=lambda entitlement: entitlement.name)
    return CatalogueShape(
        version=call.catalogue.version,
        loaded_at=call.loaded.loaded_at,
        faults=_fault_shapes(call),
        entitlements=[
            _shape(item, call)
            for item in entitlements
            if _concerns(item, call)
            and is_about(item, query.q, call.catalogue, with_requesters=_sees_requesters(item, call))
        ],
    )


def _sees_requesters(entitlement: Entitlement, call: Call) -> bool:
    return call.sees_all or call.person_id in entitlement.reviewers


def _concerns(entitlement: Entitlement, call: Call) -> bool:
    breakers = entitlement.break_glass.by if entitlement.break_glass else frozenset[str]()
    return call.sees_all or call.person_id in entitlement.requesters | entitlement.reviewers | breakers


def _fault_shapes(call: Call) -> list[CatalogueFaultShape]:
    """Everybody is told that something is wrong; the files' text is for those who may see everything."""
    faults = call.loaded.faults
    if call.sees_all or not faults:
        return [
            CatalogueFaultShape(
                file=fault.file,
                line=fault.line,
                column=fault.column,
                sentence=fault.sentence,
                suggestion=fault.suggestion,
            )
            for fault in faults
        ]
    sentence = "the catalogue's files are faulty; the last good version is served"
    return [
        CatalogueFaultShape(
            file="", line=None, column=None, sentence=sentence, suggestion="tell whoever keeps it"
        )
    ]


def _shape(entitlement: Entitlement, call: Call) -> EntitlementShape:
    rule, free = entitlement.review, entitlement.review.without_review
    glass = entitlement.break_glass
    return EntitlementShape(
        name=entitlement.name,
        description=entitlement.description,
        account=entitlement.account,
        role_arn=entitlement.role_arn,
        ceiling=scope_shape(entitlement.ceiling),
        longest_seconds=int(entitlement.longest.total_seconds()),
        mechanism=entitlement.mechanism,
        approvals=sum(stage.approvals for stage in rule.stages if stage.when is None),
        reviewers=people_shapes(rule.reviewers, call.catalogue),
        requesters=people_shapes(entitlement.requesters, call.catalogue)
        if _sees_requesters(entitlement, call)
        else None,
        stages=[
            StageRuleShape(
                name=stage.name,
                approvals=stage.approvals,
                reviewers=people_shapes(stage.reviewers, call.catalogue),
                other_team=stage.other_team,
                when=stage.when.text if stage.when else None,
            )
            for stage in rule.stages
        ],
        refused=[refusal.because for refusal in rule.refuse_when],
        longest_in_all_seconds=int(entitlement.longest_chain.total_seconds()),
        break_glass_seconds=int(glass.longest.total_seconds())
        if glass and call.person_id in glass.by
        else None,
        without_review_seconds=int(free.longest.total_seconds()) if free else None,
        without_review_actions=sorted(free.actions) if free else [],
        justification_at_least=entitlement.justification.at_least,
        ticket_required=entitlement.justification.ticket_required,
        ticket_pattern=entitlement.justification.ticket_pattern,
        may_request=call.person_id in entitlement.requesters,
        may_review=call.person_id in rule.reviewers,
    )
