"""What the server's side of ``liftgate doctor`` looks at, in the order in which one thing needs the other.

Nothing of it leaves a trace but in the ledger: roles are assumed for nothing, and the sessions thrown away.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final, TypeAlias

from liftgate.catalogue.model import Catalogue, Entitlement, Mechanism
from liftgate.elevation.role_trial import try_role
from liftgate.errors import LiftgateError
from liftgate.server.diagnosis_auditors import look_at_auditors
from liftgate.server.diagnosis_proofs import look_at_proofs
from liftgate.server.diagnosis_watch import look_at_sources
from liftgate.server.look import Look, left_out, note, ok, seen, unknown
from liftgate.server.parts import Parts
from liftgate.span import in_words

SKEW_THAT_AWS_TAKES: Final = timedelta(minutes=5)
_WORTH_A_NOTE: Final = timedelta(seconds=30)
_NEXT_OF_CLOCK: Final = "set the clock of the machine on which Liftgate runs (timedatectl set-ntp true): AWS refuses what is signed 5 minutes off"

Lend: TypeAlias = Callable[[Entitlement], None]
"""Has an entitlement's role lent for nothing, on record."""


def diagnose(parts: Parts, person_id: str) -> Iterator[Look]:
    """Look at everything that needs AWS. ``person_id``: who stands in the ledger for it."""

    def lend(entitlement: Entitlement) -> None:
        try_role(entitlement, person_id, store=parts.store, lender=parts.lender, clock=parts.clock)

    return look_at_aws(parts, parts.catalogue.current().catalogue, lend)


def look_at_aws(parts: Parts, catalogue: Catalogue, lend: Lend | None) -> Iterator[Look]:
    """What needs something that failed is left out, and said. ``lend`` is None where nothing could be put on record: then no role is lent."""
    for number, (title, look) in enumerate(_NEEDED, start=1):
        found = seen(title, partial(look, parts))
        yield found
        if found.state == "fail":
            yield from look_at_proofs(parts)
            checked = ("auditors",) if parts.settings.deploy_check else ()
            yield left_out(
                title, *(later for later, _ in _NEEDED[number:]), "roles", "queue", "trail", *checked
            )
            return
    yield from look_at_proofs(parts)
    yield from _roles(parts, catalogue, lend)
    yield from look_at_sources(parts, {one.account for one in catalogue.entitlements.values()})
    yield from look_at_auditors(parts, catalogue)


def _sts(parts: Parts) -> Look:
    parts.sts_time()
    return ok("sts", f"answers, for {parts.settings.aws_region}")


def _clock(parts: Parts) -> Look:
    theirs = parts.sts_time()
    if theirs is None:
        return unknown("aws clock", "STS does not say what time it is", _NEXT_OF_CLOCK)
    off = theirs - parts.clock().replace(microsecond=0)  # which is all that theirs says
    if abs(off) < _WORTH_A_NOTE:
        return ok("aws clock", "the server's agrees with it")
    side = "behind" if off > timedelta() else "ahead of"
    return Look(
        title="aws clock",
        state="fail" if abs(off) >= SKEW_THAT_AWS_TAKES else "note",
        found=f"the server's is {in_words(abs(off))} {side} it",
        advice=_NEXT_OF_CLOCK,
    )


def _broker(parts: Parts) -> Look:
    return ok("broker", parts.broker_arn())


_NEEDED: Final[tuple[tuple[str, Callable[[Parts], Look]], ...]] = (
    ("sts", _sts),
    ("aws clock", _clock),
    ("broker", _broker),
)


def _roles(parts: Parts, catalogue: Catalogue, lend: Lend | None) -> Iterator[Look]:
    """Each elevated role once, however many entitlements lend it."""
    entitlements = catalogue.entitlements.values()
    lent = {one.role_arn: one for one in entitlements if one.mechanism is Mechanism.SESSION}
    if not lent:
        yield note("roles", "no entitlement lends sessions", "add one to the catalogue: docs/catalogue.md")
    for _, entitlement in sorted(lent.items()):
        yield _role(entitlement, parts, lend)


def _role(entitlement: Entitlement, parts: Parts, lend: Lend | None) -> Look:
    try:
        if lend is not None:
            lend(entitlement)
        parts.policies.read(entitlement.role_arn)
    except LiftgateError as fault:
        return Look(
            title="role", state="fail", found=f"{entitlement.name}: {fault.sentence}", advice=fault.advice
        )
    if lend is None:
        return unknown(
            "role",
            f"{entitlement.name}: {entitlement.role_arn} shows the denies on it; not lent: there is no ledger to say so",
            "ask again once the database is there",
        )
    return ok("role", f"{entitlement.name}: {entitlement.role_arn} is lent, and shows the denies on it")
