"""What the server's side of ``liftgate doctor`` looks at, in the order in which one thing needs the other.

Nothing of it leaves a trace but in the ledger: roles are assumed for nothing, and the sessions thrown away.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from liftgate.catalogue.model import Entitlement, Mechanism
from liftgate.elevation.role_trial import try_role
from liftgate.errors import LiftgateError
from liftgate.identity.sts_region import region_named
from liftgate.identity.sts_request import StsRequest
from liftgate.server.parts import Parts
from liftgate.span import in_words

SKEW_THAT_AWS_TAKES: Final = timedelta(minutes=5)
_WORTH_A_NOTE: Final = timedelta(seconds=30)
_NEXT_OF_CLOCK: Final = "set the clock of the machine on which Liftgate runs (timedatectl set-ntp true): AWS refuses what is signed 5 minutes off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One thing that was looked at."""

    title: str
    state: Literal["ok", "note", "fail"]
    found: str
    advice: str | None = None


def diagnose(parts: Parts, person_id: str) -> Iterator[Look]:
    """Look at everything; what needs something that failed is left out. ``person_id``: who stands in the ledger for it."""
    for title, look in (("sts", _sts), ("aws clock", _clock), ("broker", _broker)):
        seen = _seen(title, look, parts)
        yield seen
        if seen.state == "fail":
            return
    yield _seen("proofs", _proofs, parts)
    yield from _roles(parts, person_id)
    yield _seen("queue", _queue, parts)


def _seen(title: str, look: Callable[[Parts], Look], parts: Parts) -> Look:
    try:
        return look(parts)
    except LiftgateError as fault:
        return failed(title, fault)


def failed(title: str, fault: LiftgateError) -> Look:
    """A look that a fault ended."""
    return Look(title=title, state="fail", found=fault.sentence, advice=fault.advice)


def _sts(parts: Parts) -> Look:
    parts.sts_time()
    return Look(title="sts", state="ok", found=f"answers, for {parts.settings.aws_region}")


def _clock(parts: Parts) -> Look:
    theirs = parts.sts_time()
    if theirs is None:
        return Look(
            title="aws clock", state="note", found="STS does not say what time it is", advice=_NEXT_OF_CLOCK
        )
    off = theirs - parts.clock().replace(microsecond=0)  # which is all that theirs says
    if abs(off) < _WORTH_A_NOTE:
        return Look(title="aws clock", state="ok", found="the server's agrees with it")
    side = "behind" if off > timedelta() else "ahead of"
    return Look(
        title="aws clock",
        state="fail" if abs(off) >= SKEW_THAT_AWS_TAKES else "note",
        found=f"the server's is {in_words(abs(off))} {side} it",
        advice=_NEXT_OF_CLOCK,
    )


def _broker(parts: Parts) -> Look:
    return Look(title="broker", state="ok", found=parts.broker_arn())


def _proofs(parts: Parts) -> Look:
    """People's proofs go to STS by another way than the broker's calls: through no proxy, whatever the environment says."""
    host = region_named(parts.settings.aws_region).host
    try:
        parts.transport.ask(
            StsRequest(host=host, headers={"host": host})
        )  # signed by nobody: any answer will do
    except LiftgateError as fault:
        return Look(
            title="proofs",
            state="fail",
            found=f"{host}, which is asked who signed a sign-in, is out of reach: {fault.sentence}",
            advice="let this machine reach the STS of your people's regions by HTTPS, directly and through no proxy",
        )
    return Look(title="proofs", state="ok", found=f"{host} answers, which is asked who signed a sign-in")


def _roles(parts: Parts, person_id: str) -> Iterator[Look]:
    """Each elevated role once, however many entitlements lend it."""
    entitlements = parts.catalogue.current().catalogue.entitlements.values()
    lent = {one.role_arn: one for one in entitlements if one.mechanism is Mechanism.SESSION}
    if not lent:
        yield Look(
            title="roles",
            state="note",
            found="no entitlement lends sessions",
            advice="add one to the catalogue: docs/catalogue.md",
        )
    for _, entitlement in sorted(lent.items()):
        yield _role(entitlement, parts, person_id)


def _role(entitlement: Entitlement, parts: Parts, person_id: str) -> Look:
    try:
        try_role(entitlement, person_id, store=parts.store, lender=parts.lender, clock=parts.clock)
        parts.policies.read(entitlement.role_arn)
    except LiftgateError as fault:
        return Look(
            title="role", state="fail", found=f"{entitlement.name}: {fault.sentence}", advice=fault.advice
        )
    return Look(
        title="role",
        state="ok",
        found=f"{entitlement.name}: {entitlement.role_arn} is lent, and shows the denies on it",
    )


def _queue(parts: Parts) -> Look:
    if parts.sources.queue is None:
        return Look(
            title="queue",
            state="note",
            found="the settings name no queue of CloudTrail's events",
            advice="set `watch_queue_url` on the server: docs/watch-sources.md",
        )
    waiting = parts.sources.queue.length()
    return Look(title="queue", state="ok", found=f"reached; about {waiting:,} message(s) wait")
