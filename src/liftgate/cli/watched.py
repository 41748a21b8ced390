"""Findings and a grant's story as the server answers them, parsed, and how they are told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from liftgate.cli.answered import DamageAnswer, read_damage, read_steps, say_damage
from liftgate.cli.answers import Page, an_id
from liftgate.cli.fields import JsonObject, as_object, flag, items, moment, number, optional, text
from liftgate.cli.moments import shown
from liftgate.cli.terminal import paint, paint_state, say, say_fields, say_folded

SEVERITIES = ("informational", "low", "medium", "high", "critical")
STATES = ("open", "over", "unexplained")
_ANSWERS = {
    "nothing": "nothing but this",
    "alert": "people are told",
    "revoke": "the grant is taken back",
    "quarantine": "every grant of the person is taken back, and new ones are held",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswer:
    """One call."""

    at: datetime
    service: str
    operation: str
    bucket: str | None
    key: str | None
    because: str
    refused: bool
    error_code: str | None
    source_address: str | None
    user_agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingAnswer:
    """One finding."""

    id: str
    rule: str
    title: str
    because: str
    severity: str
    state: str
    answer: str
    at: datetime
    grant_id: str | None
    person: str | None
    session_name: str | None
    role_arn: str | None
    calls: tuple[CallAnswer, ...]
    steps: tuple[str, ...]  # what was done about it
    damage: tuple[DamageAnswer, ...]
    more_damage: bool
    raw: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswer:
    """One line of a grant's story."""

    at: datetime
    until: datetime | None
    step: str
    by: str | None
    text: str
    calls: int | None
    severity: str | None
    finding_id: str | None


def read_finding(source: JsonObject) -> FindingAnswer:
    """A finding from JSON. Raises ``AnswerUnreadable``, as all here do."""
    calls = [] if source.get("calls") is None else items(source, "calls")  # a list leaves them out
    return FindingAnswer(
        id=an_id(source, "id"),
        rule=text(source, "rule"),
        title=text(source, "title"),
        because=text(source, "because"),
        severity=text(source, "severity"),
        state=text(source, "state"),
        answer=text(source, "answer"),
        at=moment(source, "at"),
        grant_id=optional(an_id, source, "grant_id"),
        person=optional(_name, source, "person"),
        session_name=optional(text, source, "session_name"),
        role_arn=optional(text, source, "role_arn"),
        calls=tuple(_call(as_object(item, "calls")) for item in calls),
        steps=read_steps(source),
        damage=read_damage(source),
        more_damage=flag(source, "more_damage"),
        raw=source,
    )


def read_findings(source: JsonObject) -> Page[FindingAnswer]:
    """A page of findings from JSON."""
    found = tuple(read_finding(as_object(item, "items")) for item in items(source, "items"))
    return Page(items=found, more=source.get("next_cursor") is not None, raw=source)


def read_timeline(source: JsonObject) -> Page[LineAnswer]:
    """A grant's story from JSON."""
    lines = tuple(_line(as_object(item, "items")) for item in items(source, "items"))
    return Page(items=lines, more=flag(source, "more"), raw=source)


def say_finding(finding: FindingAnswer) -> None:
    """A finding in full."""
    say(f"{paint(finding.id, 'bold')}  {paint_state(finding.severity)}  {paint_state(finding.state)}")
    fields = [("what", finding.title), ("because", finding.because), ("at", shown(finding.at))]
    fields += [
        (label, value)
        for label, value in (
            ("person", finding.person),
            ("grant", finding.grant_id or "none explains it"),
            ("session", finding.session_name),
            ("role", finding.role_arn),
        )
        if value
    ]
    fields += [("rule", finding.rule), ("calls for", _ANSWERS.get(finding.answer, finding.answer))]
    for call in finding.calls:
        fields += _call_fields(call)
    fields += [("done", step) for step in finding.steps]
    say_fields(fields)
    say_damage(finding.damage, more=finding.more_damage)


def say_timeline(lines: Iterable[LineAnswer]) -> None:
    """A grant's story, a line each."""
    say()
    for line in lines:
        who = f"{line.by} " if line.by else ""
        until = f", until {shown(line.until)}" if line.until and line.until > line.at else ""
        severity = f"{line.severity}: " if line.severity else ""
        found = f" [{line.finding_id}]" if line.finding_id else ""
        head = f"  {paint(shown(line.at), 'dim')}  "
        say_folded(head, f"{severity}{who}{line.text}{until}{found}", indent=_HEAD)


_HEAD = len("  2026-11-24T09:00:00Z  ")


def _call_fields(call: CallAnswer) -> list[tuple[str, str]]:
    place = f" on s3://{call.bucket}/{call.key or ''}" if call.bucket else ""
    outcome = " (AWS refused)" if call.refused else f" ({call.error_code})" if call.error_code else ""
    fields = [("call", f"{call.service}:{call.operation}{place}{outcome}")]
    if call.source_address:
        fields.append(("from", call.source_address))
    if call.user_agent:
        fields.append(("with", call.user_agent))
    return fields


def _call(source: JsonObject) -> CallAnswer:
    return CallAnswer(
        at=moment(source, "at"),
        service=text(source, "service"),
        operation=text(source, "operation"),
        bucket=optional(text, source, "bucket"),
        key=optional(text, source, "key"),
        because=text(source, "because"),
        refused=flag(source, "refused"),
        error_code=optional(text, source, "error_code"),
        source_address=optional(text, source, "source_address"),
        user_agent=optional(text, source, "user_agent"),
    )


def _line(source: JsonObject) -> LineAnswer:
    return LineAnswer(
        at=moment(source, "at"),
        until=optional(moment, source, "until"),
        step=text(source, "step"),
        by=optional(_name, source, "by"),
        text=text(source, "text"),
        calls=optional(number, source, "calls"),
        severity=optional(text, source, "severity"),
        finding_id=optional(an_id, source, "finding_id"),
    )


def _name(source: JsonObject, name: str) -> str:
    return text(as_object(source.get(name), name), "name")
