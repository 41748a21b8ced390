"""What would become of an ask, and why: no request is stored, and nobody is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liftgate import errors
from liftgate.access.decision import Allowed, Refused, decide, decide_by, open_entitlements
from liftgate.access.emergency import refuse_overdue
from liftgate.access.hold import refuse_held
from liftgate.access.judging import Judged
from liftgate.access.model import Ask, Request
from liftgate.access.ports import AccessReader, AccessStore
from liftgate.access.review import window_for
from liftgate.access.reviewing import history_for
from liftgate.access.service import request_of
from liftgate.access.stages import may_still_answer, steps_of
from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism
from liftgate.clock import Clock
from liftgate.errors import LiftgateError
from liftgate.iam.compile import SESSION_LIMIT, compile_session_policy
from liftgate.identity.model import Caller

HIDDEN = frozenset({"history.findings"})
"""Facts whose values are not told: whoever holds a stolen session would learn what was found about it."""


class Packed(StrEnum):
    """Whether AWS takes the size to which it packs a session policy, which nobody else knows."""

    SMALL = "small"  # it does, however it packs it: nobody needs to be asked
    FITS = "fits"  # it was asked
    NOT_ASKED = "not_asked"  # it will be, when the request is made


SizeTrial = Callable[[Request], Packed]  # raises where AWS would not lend the scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """One entitlement that the caller may use, and what it says."""

    entitlement: str
    because: tuple[LiftgateError, ...]  # why it does not fit; nothing: it fits
    judged: tuple[Judged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One stage of review that it would have to pass."""

    name: str
    approvals: int
    other_team: bool
    reviewers: frozenset[
        str
    ]  # who could answer, the requester and their own team left out where they do not count


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPolicy:
    """What its sessions would carry."""

    text: str
    characters: int
    packed: Packed
    most: int = SESSION_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What would happen."""

    considered: tuple[Considered, ...]
    because: tuple[LiftgateError, ...]  # why it would be refused; nothing: it would be made
    request: Request | None  # as it would be made; its id is nobody's
    stages: tuple[Planned, ...] = ()  # none, where it would be made: it would be granted at once
    policy: SessionPolicy | None = None  # None: in place, or it cannot be written


def dry_run(
    ask: Ask,
    caller: Caller,
    *,
    catalogue: Catalogue,
    store: AccessStore,
    clock: Clock,
    trial: SizeTrial,
) -> DryRun:
    """Try an ask.

    Args:
        ask: what is wanted.
        caller: by whom.
        catalogue: as it is now.
        store: where it is looked up what happened before.
        clock: when it is now.
        trial: raises where AWS would not lend the scope, as far as it is asked; not called where it would be refused anyway.

    """
    now = clock()
    with store.read() as view:
        history_of = history_for(view, caller.person.id, now)
        decision = decide(ask, caller.person, catalogue, now, history_of=history_of)
        considered = tuple(
            _consider(one, decide_by(ask, one, caller.person.id, catalogue, now, history_of=history_of))
            for one in open_entitlements(ask, caller.person, catalogue)
            if ask.entitlement in {None, one.name} and ask.mechanism in {None, one.mechanism}
        )
        because = decision.because if isinstance(decision, Refused) else ()
        request = None
        if isinstance(decision, Allowed):
            request = request_of(ask, caller, decision, catalogue=catalogue, now=now, random=_no_random)
            because = tuple(_refusals(request, view, now))
    if request is None or not isinstance(decision, Allowed):
        return DryRun(considered=considered, because=because, request=None)
    policy = None
    if decision.by.mechanism is Mechanism.SESSION and not because:
        policy, refusal = _policy(request, trial, now)
        because = () if refusal is None else (refusal,)
    return DryRun(
        considered=considered,
        because=because,
        request=request,
        stages=tuple(_planned(request, catalogue, now)),
        policy=policy,
    )


def _consider(entitlement: Entitlement, said: Allowed | Refused) -> Considered:
    if isinstance(said, Refused):
        return Considered(entitlement=entitlement.name, because=said.because, judged=said.judged)
    return Considered(entitlement=entitlement.name, because=(), judged=said.wanted.judged)


def _refusals(request: Request, view: AccessReader, now: datetime) -> list[LiftgateError]:
    found: list[LiftgateError] = []
    checks: list[Callable[[], None]] = [lambda: _refuse_held(request.requester, view)]
    if request.look_by is not None:
        checks.append(lambda: refuse_overdue(request.requester, view, now))
    for check in checks:
        try:
            check()
        except errors.Refused as refusal:
            found.append(refusal)
    return found


def _refuse_held(person_id: str, view: AccessReader) -> None:
    refuse_held(person_id, lambda person: next(iter(view.open_holds(person)), None))


def _policy(
    request: Request, trial: SizeTrial, now: datetime
) -> tuple[SessionPolicy | None, LiftgateError | None]:
    try:
        text = compile_session_policy(request.scope, window_for(request, now))
        packed = trial(request)
    except (errors.Refused, errors.Invalid) as refusal:
        return None, refusal
    return SessionPolicy(text=text, characters=len(text), packed=packed), None


def _planned(request: Request, catalogue: Catalogue, now: datetime) -> list[Planned]:
    steps = steps_of(request, (), catalogue, now)
    return [
        Planned(
            name=step.stage.name,
            approvals=step.approvals,
            other_team=step.other_team,
            reviewers=may_still_answer(step, steps, ()),
        )
        for step in steps
    ]


def _no_random(length: int) -> bytes:
    return bytes(length)
