"""Brings the denies of one role in place: at once after a revocation, and again by the worker."""

from liftgate.elevation.model import DenyState
from liftgate.elevation.revocation import bring_denies_in_place
from liftgate.errors import LiftgateError
from liftgate.server.parts import Parts


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
    """Try at once, since somebody waits for the answer; where that fails, the queued work stays and the worker goes on."""
    try:
        settle_role(role_arn, parts)
    except LiftgateError as failure:
        parts.log.warning("deny pending", role=role_arn, code=failure.code)
    parts.wake_worker.set()
