"""Findings, calls, and what could not be read, as they are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from liftgate.catalogue.model import Catalogue
from liftgate.response.damage import Damage
from liftgate.response.model import Response
from liftgate.server.api.answer_shape import DamageShape, StepShape, damage_shape, step_shape
from liftgate.server.api.shapes import EXACT, Moment, PersonShape, person_shape
from liftgate.server.timeline import Line
from liftgate.watch.activity import Activity
from liftgate.watch.finding_state import FindingState
from liftgate.watch.ports import FindingRecord, SetAside

SeverityWord = Literal["informational", "low", "medium", "high", "critical"]
StateWord = Literal["open", "over", "unexplained"]
FINDING_ID = r"^fi-[0-9a-hjkmnp-tv-z]{16}$"


class ActivityShape(BaseModel):
    """One call that CloudTrail told of. Its texts are the caller's in part: show them as text, and as nothing else."""

    model_config = EXACT

    event_id: str = Field(
        examples=["0d1f7e52-7a6c-4d35-9a0e-5c1b2f9d7a11"], description="CloudTrail's `eventID`."
    )
    at: Moment
    grant_id: str | None = Field(examples=["gr-3xv7m0q4c2h5k8rt"], description="null: no grant explains it.")
    session_name: str | None = Field(examples=["gr-3xv7m0q4c2h5k8rt-1"])
    role_arn: str | None = Field(examples=["arn:aws:iam::111122223333:role/LiftgateReportsWriter"])
    service: str = Field(examples=["s3"])
    operation: str = Field(examples=["PutObject"])
    bucket: str | None = Field(examples=["reports"])
    key: str | None = Field(examples=["2026/q3.csv"])
    version_id: str | None = Field(examples=[None], description="Of the object, as it was asked for.")
    made_version_id: str | None = Field(examples=[None], description="That the call made.")
    verdict: Literal[
        "expected",
        "outside_scope",
        "outside_window",
        "tampering",
        "unclear",
        "no_grant",
        "role_taken",
        "unrelated",
    ]
    because: str = Field(examples=[""], description="Empty where it was expected.")
    refused: bool = Field(description="Whether AWS refused it for want of permission.")
    error_code: str | None = Field(examples=[None])
    source_address: str | None = Field(examples=["203.0.113.7"], description="Or a service's name.")
    user_agent: str | None = Field(examples=["[aws-cli/2.15]"])
    bytes_in: int | None = Field(examples=[1024], description="Sent to AWS; null: not told.")
    bytes_out: int | None = Field(examples=[0])
    read_only: bool | None
    record: str | None = Field(
        examples=[None],
        description="CloudTrail's JSON as it came: of a finding's calls, for guards and auditors; else null.",
    )


class FindingShape(BaseModel):
    """One thing that a rule found."""

    model_config = EXACT

    id: str = Field(examples=["fi-3xv7m0q4c2h5k8ru"])
    rule: str = Field(examples=["outside-scope"])
    title: str = Field(examples=["Outside what was granted"])
    because: str = Field(examples=["s3:PutObject on arn:aws:s3:::payroll/1 was not granted"])
    severity: SeverityWord
    state: StateWord = Field(
        description="`open`: its grant is live, or the hold that it placed stands; `over`: neither; `unexplained`: no grant explains "
        "it, and there is nothing to take back."
    )
    answer: Literal["nothing", "alert", "revoke", "quarantine"] = Field(
        description="What its rule wants done; each takes in the ones before it."
    )
    at: Moment = Field(description="Of the call; of a whole grant, of the latest call that counts.")
    found_at: Moment
    grant_id: str | None = Field(examples=["gr-3xv7m0q4c2h5k8rt"], description="null: no grant explains it.")
    entitlement: str | None = Field(examples=["reports-writer"])
    person: PersonShape | None
    session_name: str | None = Field(examples=["gr-3xv7m0q4c2h5k8rt-1"])
    role_arn: str | None = Field(examples=["arn:aws:iam::111122223333:role/LiftgateReportsWriter"])
    event_ids: list[str] = Field(
        examples=[["0d1f7e52-7a6c-4d35-9a0e-5c1b2f9d7a11"]], description="Empty: it is of the whole grant."
    )
    calls: list[ActivityShape] | None = Field(description="null in lists: ask for the one finding.")
    responses: list[StepShape] | None = Field(description="What was done about it; null in lists.")
    damage: list[DamageShape] | None = Field(
        description="What calls under its grant, or its own, wrote or deleted, the first 200 calls; null in lists."
    )
    more_damage: bool = Field(description="Whether there were more.")


class LineShape(BaseModel):
    """One line of a grant's story. Its text quotes others: show it as text, and as nothing else."""

    model_config = EXACT

    at: Moment
    until: Moment | None = Field(description="Of calls: when the last was made.")
    step: Literal[
        "request", "review", "grant", "session", "calls", "finding", "response", "end", "settlement"
    ] = Field(examples=["calls"])
    by: PersonShape | None = Field(examples=[None])
    text: str = Field(examples=["37 s3:PutObject under s3://reports/2026/"])
    calls: int | None = Field(examples=[37])
    severity: SeverityWord | None = Field(examples=[None])
    finding_id: str | None = Field(examples=[None])


class TimelineShape(BaseModel):
    """A grant's story so far, the oldest first."""

    model_config = EXACT

    items: list[LineShape]
    more: bool = Field(
        description="Whether calls or findings were left out, since there are too many to tell."
    )


class SetAsideShape(BaseModel):
    """Something that was to be a record, and could not be read or judged. Its excerpt is text of others."""

    model_config = EXACT

    id: str = Field(examples=["sa-3xv7m0q4c2h5k8rv"])
    reason: str = Field(examples=["it is nested too deeply"])
    source: str = Field(examples=["a.json.gz, record 17"])
    excerpt: str = Field(examples=['{"eventVersion":'])
    at: Moment


def activity_shape(activity: Activity, *, with_record: bool = False) -> ActivityShape:
    """A call, with its JSON only for those who may see that."""
    return ActivityShape(
        event_id=activity.event_id,
        at=activity.at,
        grant_id=activity.grant_id,
        session_name=activity.session_name,
        role_arn=activity.role_arn,
        service=activity.service,
        operation=activity.operation,
        bucket=activity.bucket,
        key=activity.key,
        version_id=activity.version_id,
        made_version_id=activity.made_version_id,
        verdict=activity.verdict.value,
        because=activity.because,
        refused=activity.refused,
        error_code=activity.error_code,
        source_address=activity.source_address,
        user_agent=activity.user_agent,
        bytes_in=activity.bytes_in,
        bytes_out=activity.bytes_out,
        read_only=activity.read_only,
        record=activity.record if with_record else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What is told of one finding, and left out of lists."""

    calls: Sequence[Activity]
    responses: Sequence[Response]
    damage: Sequence[Damage]
    more_damage: bool
    with_records: bool


def finding_shape(
    record: FindingRecord, catalogue: Catalogue, state: FindingState, detail: Detail | None = None
) -> FindingShape:
    """A finding."""
    found = record.finding
    return FindingShape(
        id=found.id,
        rule=found.rule,
        title=found.title,
        because=found.because,
        severity=found.severity.value,
        state=state.value,
        answer=found.answer.value,
        at=found.at,
        found_at=record.found_at,
        grant_id=found.grant_id,
        entitlement=record.entitlement,
        person=None if found.person is None else person_shape(found.person, catalogue),
        session_name=found.session_name,
        role_arn=found.role_arn,
        event_ids=list(found.event_ids),
        calls=[activity_shape(one, with_record=detail.with_records) for one in detail.calls]
        if detail
        else None,
        responses=[step_shape(one) for one in detail.responses] if detail else None,
        damage=[damage_shape(one) for one in detail.damage] if detail else None,
        more_damage=detail is not None and detail.more_damage,
    )


def line_shape(line: Line, catalogue: Catalogue) -> LineShape:
    """A line of a grant's story."""
    return LineShape(
        at=line.at,
        until=line.until,
        step=line.step.value,
        by=None if line.by is None else person_shape(line.by, catalogue),
        text=line.text,
        calls=line.calls,
        severity=line.severity,  # type: ignore[arg-type]  # the words of the five severities
        finding_id=line.finding_id,
    )


def set_aside_shape(found: SetAside) -> SetAsideShape:
    """What could not be read."""
    return SetAsideShape(
        id=found.id, reason=found.reason, source=found.source, excerpt=found.excerpt, at=found.at
    )
