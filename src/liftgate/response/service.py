"""Answers a finding, step by step, each in a transaction of its own that says so in the ledger.

Doing it twice, by two at once, or again after a kill at any point comes to the same: what was done is on record, and is not done again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from liftgate.access import drafts as access_drafts
from liftgate.access.chain import end_what_goes_on
from liftgate.access.effects import effects_of_ending
from liftgate.access.hold import Hold
from liftgate.access.model import Ending, EndingKind, Grant, GrantRecord
from liftgate.access.ports import Effect
from liftgate.access.revoke_many import OfPerson, end_all
from liftgate.access.state import Live, grant_state, state_name
from liftgate.clock import Clock
from liftgate.response import drafts
from liftgate.response.holding import CLOCK_SLACK
from liftgate.response.model import Mode, Response, Step
from liftgate.response.plan import steps_for
from liftgate.response.ports import ResponseStore, ResponseWriter
from liftgate.watch.finding import Finding

_BY = "liftgate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What answering a finding came to, this time."""

    finding: Finding
    responses: tuple[Response, ...]  # that are new
    ended: tuple[Grant, ...]  # whose roles are to be brought in line with the store


def answer_finding(
    finding_id: str, *, mode: Mode, alerts: Sequence[Effect], store: ResponseStore, clock: Clock
) -> Answered | None:
    """Do what a finding calls for; ``alerts`` are the messages to queue. None where there is no such finding."""
    with store.read() as view:
        record = view.finding(finding_id)
        done = {response.step for response in view.responses([finding_id])}
    if record is None:
        return None
    responses: list[Response] = []
    ended: list[Grant] = []
    for step in steps_for(record.finding):
        if step not in done:
            new, over = _do(step, record.finding, mode, alerts, store=store, clock=clock)
            responses += new
            ended += over
    return Answered(finding=record.finding, responses=tuple(responses), ended=tuple(ended))


def _do(
    step: Step, finding: Finding, mode: Mode, alerts: Sequence[Effect], *, store: ResponseStore, clock: Clock
) -> tuple[list[Response], list[Grant]]:
    if mode is Mode.OBSERVE:
        with store.write() as transaction:
            return _observe(transaction, step, finding, len(alerts), clock()), []
    match step:
        case Step.ALERT:
            with store.write() as transaction:
                return _say(transaction, _told(alerts), step, finding, clock(), effects=alerts), []
        case Step.REVOKE:
            with store.write() as transaction:
                return _revoke(transaction, finding, clock())
        case Step.QUARANTINE:
            return _quarantine(finding, store, clock)


def _observe(
    transaction: ResponseWriter, step: Step, finding: Finding, webhooks: int, now: datetime
) -> list[Response]:
    record = transaction.grant(finding.grant_id) if finding.grant_id else None
    would = {
        Step.ALERT: f"would have told {_webhooks(webhooks)}",
        Step.REVOKE: f"would have taken {finding.grant_id} back{_if_over(record, now)}",
        Step.QUARANTINE: f"would have put {finding.person} on hold, and taken back every grant of theirs",
    }
    response = _response(finding, step, Mode.OBSERVE, would[step], now)
    is_new = transaction.add_response(response, drafts.responded(response, finding))
    return [response] if is_new else []


def _if_over(record: GrantRecord | None, now: datetime) -> str:
    state = grant_state(record, now) if record is not None else None
    return f", but it is {state_name(state)}" if state is not None and not isinstance(state, Live) else ""


def _told(alerts: Sequence[Effect]) -> str:
    return (
        f"{_webhooks(len(alerts))} {'is' if len(alerts) == 1 else 'are'} being told" if alerts else _LOG_ALONE
    )


_LOG_ALONE = "it is on the log alone, since no webhook is set"


def _webhooks(number: int) -> str:
    return f"{number} webhook{'' if number == 1 else 's'}"


def _revoke(
    transaction: ResponseWriter, finding: Finding, now: datetime
) -> tuple[list[Response], list[Grant]]:
    record = transaction.lock_grant(finding.grant_id or "")
    state = grant_state(record, now) if record is not None else None
    if record is None or state is None:
        return _say(transaction, "there is no such grant", Step.REVOKE, finding, now), []
    grant = record.grant
    if not isinstance(state, Live):
        said = f"{grant.id} is {state_name(state)} already"
        return _say(transaction, said, Step.REVOKE, finding, now), []
    ending = Ending(grant_id=grant.id, kind=EndingKind.REVOKED, by=_BY, reason=_reason(finding), ended_at=now)
    transaction.add_ending(ending, access_drafts.ended(ending, grant), effects_of_ending(grant, now))
    with_it = [one.grant for one in end_what_goes_on(transaction, ending)]
    return _say(transaction, f"{grant.id} was taken back", Step.REVOKE, finding, now), [grant, *with_it]


def _quarantine(finding: Finding, store: ResponseStore, clock: Clock) -> tuple[list[Response], list[Grant]]:
    person = finding.person or ""
    until = _hold(finding, person, store, clock)
    # After it: what was granted until then is ended here, and what comes later is refused.
    ended = end_all(OfPerson(person, until), _BY, _reason(finding), store=store, clock=clock)
    said = f"{person} is on hold, and every grant of theirs was taken back"
    with store.write() as transaction:
        return _say(transaction, said, Step.QUARANTINE, finding, clock()), [one.grant for one in ended]


def _hold(finding: Finding, person: str, store: ResponseStore, clock: Clock) -> datetime:
    """Put somebody on hold, once; until when grants were made that are to end.

    While the hold stands there are none from after it, so nothing is lost by looking a little later: clocks of servers differ. Where
    it was released since, by people who know better than a worker that comes back, what they let through is left alone.
    """
    with store.write() as transaction:
        now = clock()
        hold = Hold(person=person, finding_id=finding.id, because=finding.title, placed_at=now)
        transaction.place_hold(hold, drafts.hold_placed(hold))
        stands = any(one.finding_id == finding.id for one in transaction.lock_holds(person))
        placed = transaction.hold_of(person, finding.id)
    return now + CLOCK_SLACK if stands or placed is None else placed.placed_at


def _reason(finding: Finding) -> str:
    """Its holder reads it, who may be a thief: what was noticed is for reviewers and guards alone."""
    return f"by its rules, after what was done under it; reviewers and guards see why: {finding.id}"


def _say(
    transaction: ResponseWriter,
    outcome: str,
    step: Step,
    finding: Finding,
    now: datetime,
    *,
    effects: Sequence[Effect] = (),
) -> list[Response]:
    response = _response(finding, step, Mode.ACT, outcome, now)
    is_new = transaction.add_response(response, drafts.responded(response, finding), effects)
    return [response] if is_new else []


def _response(finding: Finding, step: Step, mode: Mode, outcome: str, now: datetime) -> Response:
    return Response(finding_id=finding.id, step=step, mode=mode, outcome=outcome, done_at=now)
