"""Makes the accounts of grants that are over, with the server's settings."""

from liftgate.access.ports import Effect, EffectKind
from liftgate.server.parts import Parts
from liftgate.server.responding import messages_about
from liftgate.watch.settled import NotYet, settle_grant


def settle_account(grant_id: str, parts: Parts) -> None:
    """Make a grant's account, or queue it for when its calls have settled."""
    made = settle_grant(
        grant_id,
        after=parts.settings.settle_after,
        messages=lambda about: messages_about(about, parts),
        store=parts.store,
        clock=parts.clock,
    )
    if isinstance(made, NotYet):
        with parts.store.write() as transaction:
            transaction.outbox.enqueue([Effect(kind=EffectKind.SETTLE, key=grant_id, due_at=made.due_at)])
    elif made is not None:
        parts.log.info(
            "grant settled",
            grant=grant_id,
            calls=made.settlement.calls,
            findings=len(made.settlement.findings),
        )
        parts.wake_messenger.set()
