"""One story of a grant: what was asked, who agreed, which sessions were lent, what was done with them, what was found."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liftgate.access.model import Answer, EndingKind, Request, RequestRecord, Review
from liftgate.elevation.model import Session, SessionEnding
from liftgate.iam.explain import explain_scope
from liftgate.response.model import Response
from liftgate.span import in_words
from liftgate.watch.ports import CallGroup, FindingRecord
from liftgate.watch.settlement import Settled
from liftgate.watch.settlement_words import in_short
from liftgate.watch.verdict import Verdict


class Step(StrEnum):
    """What a line of the story is about."""

    REQUEST = "request"
    REVIEW = "review"
    GRANT = "grant"
    SESSION = "session"
    CALLS = "calls"
    FINDING = "finding"
    RESPONSE = "response"
    END = "end"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. Its text quotes what people and CloudTrail said: whoever shows it makes it safe."""

    at: datetime
    step: Step
    text: str
    until: datetime | None = None  # of calls: the last
    by: str | None = None  # a person's id
    calls: int | None = None
    severity: str | None = None
    finding_id: str | None = None


_WORDS = {
    Verdict.EXPECTED: "",
    Verdict.OUTSIDE_SCOPE: "outside the scope",
    Verdict.OUTSIDE_WINDOW: "outside the window",
    Verdict.TAMPERING: "tampering",
    Verdict.UNCLEAR: "the record does not tell on what",
}


def story(
    record: RequestRecord,
    *,
    sessions: Iterable[Session],
    session_endings: Iterable[SessionEnding],
    groups: Sequence[CallGroup],
    findings: Iterable[FindingRecord],
    responses: Iterable[Response],
    settlements: Iterable[Settled],
    now: datetime,
) -> tuple[Line, ...]:
    """Everything up to now, in the order of time; of one moment, in the order in which it follows from one another."""
    lines = [
        *_asked(record),
        *_granted(record, now),
        *(line for session in sessions for line in _session(session)),
        *map(_calls, groups),
        *map(_finding, findings),
        *map(_response, responses),
        *map(_session_ended, session_endings),
        *_ended(record, now),
        *map(_settled, settlements),
    ]
    return tuple(sorted(lines, key=lambda line: (line.at, _ORDER[line.step])))


_ORDER = {step: place for place, step in enumerate(Step)}


def _asked(record: RequestRecord) -> Iterator[Line]:
    request = record.request
    yield Line(
        at=request.asked_at,
        step=Step.REQUEST,
        by=request.requester,
        text=f"{_asked_how(request)} {explain_scope(request.scope)} for {in_words(request.duration)}: {request.justification}",
    )
    for review in record.reviews:
        comment = f": {review.comment}" if review.comment else ""
        yield Line(
            at=review.reviewed_at,
            step=Step.REVIEW,
            by=review.reviewer,
            text=f"{_answered(review, request)}{comment}",
        )
    said = record.conclusion
    if said is not None:
        verdict = "justified" if said.justified else "not justified"
        text = f"looked at the emergency, and found it {verdict}: {said.comment}"
        yield Line(at=said.concluded_at, step=Step.REVIEW, by=said.by, text=text)


def _asked_how(request: Request) -> str:
    if request.look_by is not None:
        return "broke the glass, without a review, to"
    return f"asked to go on from {request.extends.grant_id}, and" if request.extends else "asked to"


def _answered(review: Review, request: Request) -> str:
    """What a reviewer said: of which part, in which of several stages, and in whose place."""
    said = "approved" if review.answer is Answer.APPROVE else "denied"
    less = [
        f" to {explain_scope(review.scope)}" if review.scope else "",
        f" for {in_words(review.duration)}" if review.duration else "",
    ]
    stage = f", stage {review.stage}" if len(request.stages) > 1 else ""
    place = f", in the place of {review.in_place_of}" if review.in_place_of else ""
    return f"{said} it{''.join(less)}{stage}{place}"


def _granted(record: RequestRecord, now: datetime) -> Iterator[Line]:
    grant = record.grant
    if grant is None:
        return
    without = "" if record.reviews else " without a review"
    yield Line(at=grant.granted_at, step=Step.GRANT, text=f"granted{without}")
    if grant.granted_at < grant.window.starts_at <= now:
        yield Line(at=grant.window.starts_at, step=Step.GRANT, text="its window began")


def _session(session: Session) -> Iterator[Line]:
    if session.lent_at is not None:
        key = session.access_key_id or "an access key that is not on record"
        yield Line(
            at=session.lent_at, step=Step.SESSION, text=f"session {session.number} was lent with {key}"
        )
    elif session.failure is not None:
        text = f"session {session.number} was not lent: {session.failure}"
        yield Line(at=session.intended_at, step=Step.SESSION, text=text)


def _calls(group: CallGroup) -> Line:
    where = f" under {group.folder}" if group.folder else ""
    said = [_WORDS.get(group.verdict, group.verdict.value), "AWS refused" if group.refused else ""]
    how = ", ".join(word for word in said if word)
    return Line(
        at=group.first_at,
        until=group.last_at,
        step=Step.CALLS,
        calls=group.calls,
        text=f"{group.calls} {group.service}:{group.operation}{where}{f' ({how})' if how else ''}",
    )


def _finding(record: FindingRecord) -> Line:
    found = record.finding
    return Line(
        at=found.at,
        step=Step.FINDING,
        severity=found.severity.value,
        finding_id=found.id,
        text=f"{found.title}: {found.because}",
    )


def _response(response: Response) -> Line:
    return Line(
        at=response.done_at,
        step=Step.RESPONSE,
        finding_id=response.finding_id,
        text=f"{response.step}: {response.outcome}",
    )


def _settled(made: Settled) -> Line:
    anew = "" if made.number == 1 else " anew"
    return Line(at=made.settled_at, step=Step.SETTLEMENT, text=f"settled{anew}: {in_short(made.settlement)}")


def _session_ended(ending: SessionEnding) -> Line:
    text = f"took session {ending.number} back: {ending.reason}"
    return Line(at=ending.ended_at, step=Step.END, by=ending.by, text=text)


def _ended(record: RequestRecord, now: datetime) -> Iterator[Line]:
    grant, ending = record.grant, record.ending
    if ending is not None:
        did = "took it back" if ending.kind is EndingKind.REVOKED else "gave it back"
        because = f": {ending.reason}" if ending.reason else ""
        yield Line(at=ending.ended_at, step=Step.END, by=ending.by, text=f"{did}{because}")
    elif grant is not None and grant.window.ends_at <= now:
        yield Line(at=grant.window.ends_at, step=Step.END, text="its window ended")
