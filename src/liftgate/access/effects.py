"""What must follow when a grant is made, and when it is ended early; and how a telling is queued."""

from datetime import datetime

from liftgate.access.model import Grant
from liftgate.access.ports import DENY_SLACK, OPENING_LEAD, Effect, EffectKind
from liftgate.access.told import Told


def effects_of_grant(grant: Grant, now: datetime) -> tuple[Effect, ...]:
    """A session is lent when it is asked for; a grant in place is put on its role, and taken off when it is over.

    Of either an account is made when it is over.
    """
    account = Effect(kind=EffectKind.SETTLE, key=grant.id, due_at=grant.window.ends_at)
    if grant.in_place is None:
        return (account,)
    opens = max(now, grant.window.starts_at - OPENING_LEAD)
    return (
        *(
            Effect(kind=EffectKind.IN_PLACE, key=grant.role_arn, due_at=due_at)
            for due_at in (opens, grant.window.ends_at + DENY_SLACK)
        ),
        account,
    )


def effects_of_ending(grant: Grant, now: datetime) -> tuple[Effect, ...]:
    """Running sessions are refused, or the statements taken away: a deny would hit what the requester holds all day."""
    account = Effect(kind=EffectKind.SETTLE, key=grant.id, due_at=now)
    if grant.in_place is not None:
        return (Effect(kind=EffectKind.IN_PLACE, key=grant.role_arn, due_at=now), account)
    return (*effects_of_denies(grant, now), account)


def effects_of_denies(grant: Grant, now: datetime) -> tuple[Effect, ...]:
    """A deny is put on the elevated role, and taken off it when the grant's window is surely over."""
    return (
        Effect(kind=EffectKind.DENY, key=grant.role_arn, due_at=now),
        Effect(kind=EffectKind.PRUNE, key=grant.role_arn, due_at=grant.window.ends_at + DENY_SLACK),
    )


def effect_of_told(told: Told) -> Effect:
    """The queued work that delivers a telling."""
    return Effect(kind=EffectKind.TELL, key=told.id, due_at=told.due_at)
