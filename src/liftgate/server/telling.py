"""Tells people of requests and grants, by whichever channels there are."""

from liftgate.access.telling import recipients_now
from liftgate.access.told import Told
from liftgate.server.parts import Parts


def tell(told_id: str, parts: Parts) -> None:
    """Deliver one telling. There is no channel yet, and so nobody to tell."""
    due_telling(told_id, parts)


def due_telling(told_id: str, parts: Parts) -> tuple[Told, frozenset[str]] | None:
    """A telling, and whom it concerns now; None where it concerns nobody any more."""
    catalogue = parts.catalogue.current().catalogue
    with parts.store.read() as view:
        told = view.told(told_id)
        recipients = recipients_now(told, view, catalogue, parts.clock()) if told else frozenset[str]()
    return (told, recipients) if told and recipients else None
