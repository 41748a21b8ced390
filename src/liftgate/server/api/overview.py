"""The overview, for guards and auditors: how much was granted, how fast, what of it was used, and how little stood open."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from liftgate.overview.figures import Overview, overview, span_of
from liftgate.overview.rows import WAITS
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Moment, PersonShape, answer, person_shape
from liftgate.server.calls import Call, SeesAll

router = APIRouter(tags=["Overview"])

LONGEST: Final = 366


class OverviewQuery(BaseModel):
    """Of how many days."""

    model_config = {"extra": "forbid"}

    days: int = Field(default=30, ge=1, le=LONGEST, description="The last days in UTC, today among them.")


class DayShape(BaseModel):
    """Grants that were made on one day, by how they ended."""

    model_config = EXACT

    day: date = Field(examples=["2026-11-24"])
    ended: int = Field(examples=[11], description="Their window was over.")
    returned: int = Field(examples=[3])
    revoked: int = Field(examples=[0])
    live: int = Field(examples=[1])


class WaitShape(BaseModel):
    """From request to approval, of grants that somebody reviewed, in whole seconds, by the nearest rank."""

    model_config = EXACT

    grants: int = Field(examples=[12])
    median_seconds: int | None = Field(examples=[240])
    ninetieth_seconds: int | None = Field(examples=[3600], description="Nine of ten did not wait longer.")


class WeekShape(WaitShape):
    """The same of one week."""

    week: date = Field(examples=["2026-11-23"], description="Its Monday.")


class WaitBarShape(BaseModel):
    """How many waited so long."""

    model_config = EXACT

    at_most_seconds: int | None = Field(
        examples=[60], description="And longer than the bar before; null: longer than all."
    )
    grants: int = Field(examples=[4])


class UsesShape(BaseModel):
    """Grants made in the span that are over, by what was used of them."""

    model_config = EXACT

    never: int = Field(examples=[2], description="Nothing was called that AWS did not refuse.")
    less: int = Field(examples=[9], description="A narrower scope would have sufficed.")
    whole: int = Field(examples=[5])
    untold: int = Field(examples=[0], description="CloudTrail does not tell enough.")
    unsettled: int = Field(examples=[1], description="Their account is still to be made.")
    actions_granted: int = Field(
        examples=[56], description="Of those used, of which it is known what would have sufficed."
    )
    actions_used: int = Field(examples=[20], description="Of these: in the scope that would have sufficed.")


class LentShape(BaseModel):
    """One entitlement: seconds lent in the span, against the seconds had it stood open all the time."""

    model_config = EXACT

    entitlement: str = Field(examples=["reports-writer"])
    grants: int = Field(examples=[15])
    lent_seconds: int = Field(examples=[18000], description="Grants that overlap count each.")
    people: int | None = Field(
        examples=[4], description="Who may ask, by today's catalogue; null: it is not in there."
    )
    standing_seconds: int | None = Field(examples=[10_368_000], description="The span times these people.")


class FoundShape(BaseModel):
    """Findings of calls in the span, by the state that they are in now."""

    model_config = EXACT

    severity: str = Field(examples=["high"])
    open: int = Field(examples=[1])
    unexplained: int = Field(examples=[0])
    over: int = Field(examples=[3])


class ReviewerShape(BaseModel):
    """One reviewer's answers to requests of the span."""

    model_config = EXACT

    person: PersonShape
    approved: int = Field(examples=[7])
    denied: int = Field(examples=[1])


class OverviewShape(BaseModel):
    """All figures of a span."""

    model_config = EXACT

    since: Moment
    until: Moment
    days: list[DayShape]
    wait: WaitShape
    weeks: list[WeekShape]
    waits: list[WaitBarShape]
    uses: UsesShape
    lent: list[LentShape] = Field(description="The longest lent first.")
    findings: list[FoundShape] = Field(description="The gravest first.")
    reviewers: list[ReviewerShape] = Field(description="Who answered most first.")


@router.get(
    "/overview", response_model=OverviewShape, operation_id="show_overview", responses=problems(401, 403)
)
def show(call: SeesAll, query: Annotated[OverviewQuery, Query()]) -> Response:
    """Count what was granted, how fast, what of it was used, and for how long it was open."""
    return answer(overview_shape(call, figures(call, query)))


def figures(call: Call, query: OverviewQuery) -> Overview:
    """The figures of the days that were asked for."""
    people = {name: len(one.requesters) for name, one in call.catalogue.entitlements.items()}
    with call.parts.store.read() as view:
        return overview(view.overview, span_of(query.days, call.parts.clock()), people)


def overview_shape(call: Call, found: Overview) -> OverviewShape:
    """The figures as they are answered."""
    return OverviewShape(
        since=found.since,
        until=found.until,
        days=[DayShape(**_fields(one)) for one in found.days],
        wait=WaitShape(
            grants=found.wait.grants if found.wait else 0,
            median_seconds=found.wait.median if found.wait else None,
            ninetieth_seconds=found.wait.ninetieth if found.wait else None,
        ),
        weeks=[
            WeekShape(
                week=one.week, grants=one.grants, median_seconds=one.median, ninetieth_seconds=one.ninetieth
            )
            for one in found.weeks
        ],
        waits=[
            WaitBarShape(at_most_seconds=most, grants=grants)
            for most, grants in zip((*WAITS, None), found.wait_counts, strict=True)
        ],
        uses=UsesShape(**_fields(found.use)),
        lent=[LentShape(**_fields(one)) for one in found.lent],
        findings=[FoundShape(**_fields(one)) for one in found.findings],
        reviewers=[
            ReviewerShape(
                person=person_shape(one.person, call.catalogue), approved=one.approved, denied=one.denied
            )
            for one in found.reviewers
        ],
    )


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}
