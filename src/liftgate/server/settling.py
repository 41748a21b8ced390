"""Brings a role in line with the store: at once after a decision, and again by the worker."""

from collections.abc import Callable, Iterable
from concurrent.futures import wait
from datetime import timedelta
from typing import Final

from liftgate.access.model import Grant
from liftgate.elevation.in_place.model import InPlaceState
from liftgate.elevation.in_place.reconcile import bring_in_place
from liftgate.elevation.model import DenyState
from liftgate.elevation.revocation import bring_denies_in_place
from liftgate.errors import LiftgateError
from liftgate.server.parts import Parts

_PATIENCE: Final = timedelta(seconds=3)


def settle_denies(role_arn: str, parts: Parts, *, look_again: bool = False) -> DenyState:
    """Bring one elevated role's denies in line with the store, now. Raises where that must be tried again."""
    return bring_denies_in_place(
        role_arn,
        store=parts.store,
        policies=parts.policies,
        clock=parts.clock,
        holder=parts.new_name("holder"),
        pause=parts.pause,
        look_again=look_again,
    )


def settle_in_place(role_arn: str, parts: Parts, *, look_again: bool = False) -> InPlaceState:
    """Bring the statements on one role that people hold in line with the store, now. Raises where that must be tried again."""
    return bring_in_place(
        role_arn,
        store=parts.store,
        roles=parts.held_roles,
        clock=parts.clock,
        holder=parts.new_name("holder"),
        pause=parts.pause,
        look_again=look_again,
    )


def settle_soon(grants: Iterable[Grant], parts: Parts) -> None:
    """Try the roles of these grants at once, since somebody waits for the answer, but not for longer than they would wait.

    Where that fails or takes longer, the queued work stays, the answer says `pending` or `opening`, and the worker goes on.
    """
    trying = [
        parts.background.submit(_try, settle_in_place if in_place else settle_denies, role_arn, parts)
        for role_arn, in_place in sorted({(grant.role_arn, grant.in_place is not None) for grant in grants})
    ]
    _, late = wait(trying, timeout=_PATIENCE.total_seconds())
    for one in late:
        one.cancel()
    parts.wake_worker.set()


def _try(settle: Callable[[str, Parts], object], role_arn: str, parts: Parts) -> None:
    try:
        settle(role_arn, parts)
    except LiftgateError as failure:
        parts.log.warning("role pending", role=role_arn, code=failure.code)
    except Exception as fault:  # noqa: BLE001 - the decision stands and the caller must learn it; the worker tries again
        parts.log.error("role pending", role=role_arn, error=type(fault).__name__)  # noqa: TRY400 - its text may quote anything
