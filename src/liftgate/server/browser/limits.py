"""How browsers reach this server, and how long they stay signed in, by its settings."""

from liftgate.identity.browser import BrowserLimits
from liftgate.server.parts import Parts


def limits_of(parts: Parts) -> BrowserLimits:
    """How long browsers stay signed in."""
    return BrowserLimits(idle=parts.settings.session_idle, absolute=parts.settings.session_lasts)


def is_tls(parts: Parts) -> bool:
    """Whether browsers reach this server over TLS."""
    return parts.audience.startswith("https://")
