"""What the ledger says of responses and holds."""

from datetime import datetime

from liftgate.access.hold import Hold, Release
from liftgate.errors import LiftgateError
from liftgate.identity.model import Caller
from liftgate.ledger.model import Draft, EventKind
from liftgate.response.model import Mode, Response
from liftgate.watch.finding import Finding

_LIFTGATE = "liftgate"


def responded(response: Response, finding: Finding) -> Draft:
    """A step was done, or only said."""
    acted = response.mode is Mode.ACT
    return Draft(
        at=response.done_at,
        kind=EventKind.RESPONSE_MADE if acted else EventKind.RESPONSE_OBSERVED,
        actor=_LIFTGATE,
        grant_id=finding.grant_id,
        body={
            "finding": finding.id,
            "step": response.step.value,
            "outcome": response.outcome,
            "person": finding.person,
        },
    )


def hold_placed(hold: Hold) -> Draft:
    """Somebody gets nothing new."""
    return Draft(
        at=hold.placed_at,
        kind=EventKind.HOLD_PLACED,
        actor=hold.placed_by or _LIFTGATE,
        body={"person": hold.person, "finding": hold.finding_id, "because": hold.because},
    )


def shut_out(person: str, by: str, sign_ins: int, now: datetime) -> Draft:
    """All sign-ins of somebody were ended."""
    return Draft(at=now, kind=EventKind.SHUT_OUT, actor=by, body={"person": person, "sign_ins": sign_ins})


def hold_refused(person: str, caller: Caller, refusal: LiftgateError, now: datetime) -> Draft:
    """Somebody tried to put somebody on hold who may not."""
    return _refused(EventKind.HOLD_REFUSED, person, caller, refusal, now)


def hold_released(hold: Hold, release: Release, *, is_over: bool) -> Draft:
    """A guard released a hold; with the last that was needed it is over."""
    return Draft(
        at=release.released_at,
        kind=EventKind.HOLD_RELEASED,
        actor=release.by,
        body={
            "person": hold.person,
            "finding": hold.finding_id,
            "reason": release.reason,
            "is_over": is_over,
        },
    )


def release_refused(person: str, caller: Caller, refusal: LiftgateError, now: datetime) -> Draft:
    """Somebody tried to release a hold who may not."""
    return _refused(EventKind.RELEASE_REFUSED, person, caller, refusal, now)


def _refused(kind: EventKind, person: str, caller: Caller, refusal: LiftgateError, now: datetime) -> Draft:
    return Draft(
        at=now,
        kind=kind,
        actor=caller.person.id,
        body={
            "person": person,
            "identity": str(caller.identity),
            "because": [{"code": refusal.code, "sentence": refusal.sentence}],
        },
    )


def alert_sent(about: str, to: str, now: datetime) -> Draft:
    """A webhook took a message."""
    return Draft(at=now, kind=EventKind.ALERT_SENT, actor=_LIFTGATE, body={"about": about, "to": to})


def alert_failed(about: str, to: str, failure: str, now: datetime) -> Draft:
    """No attempt to send a message worked, and there will be no more."""
    return Draft(
        at=now,
        kind=EventKind.ALERT_FAILED,
        actor=_LIFTGATE,
        body={"about": about, "to": to, "failure": failure},
    )
