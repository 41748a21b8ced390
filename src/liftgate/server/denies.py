"""Brings the denies of one role in place: at once after a revocation, and again by the worker."""

from datetime import timedelta
from typing import Final

from liftgate.elevation.model import DenyState
from liftgate.elevation.revocation import bring_denies_in_place
from liftgate.errors import LiftgateError
from liftgate.server.parts import Parts

_PATIENCE: Final = timedelta(seconds=3)


def settle_role(role_arn: str, parts: Parts, *, look_again: bool = False) -> DenyState:
    """Bring one role's denies in line with the store, now. Raises where that must be tried again."""
    return bring_denies_in_place(
        role_arn,
        store=parts.store,
        policies=parts.policies,
        clock=parts.clock,
        holder=parts.new_name("holder"),
        pause=parts.pause,
        look_again=look_again,
    )


def deny_soon(role_arn: str, parts: Parts) -> None:
    """Try at once, since somebody waits for the answer, but not for longer than they would wait.

    Where that fails or takes longer, the queued work stays, the answer says `pending`, and the worker goes on.
    """
    trying = parts.background.submit(_try, role_arn, parts)
    try:
        trying.result(timeout=_PATIENCE.total_seconds())
    except TimeoutError:
        trying.cancel()
    parts.wake_worker.set()


def _try(role_arn: str, parts: Parts) -> None:
    try:
        settle_role(role_arn, parts)
    except LiftgateError as failure:
        parts.log.warning("deny pending", role=role_arn, code=failure.code)
    except Exception as fault:  # noqa: BLE001 - the grant has ended and the caller must learn it; the worker tries again
        parts.log.error("deny pending", role=role_arn, error=type(fault).__name__)  # noqa: TRY400 - its text may quote anything
