"""Tells people of requests and grants, by whichever channels there are."""

from liftgate.server.parts import Parts


def tell(told_id: str, parts: Parts) -> None:
    """Deliver one telling. There is no channel yet, and so nobody to tell."""
    with parts.store.read() as view:
        view.told(told_id)
