"""The demo's sign-in by a name alone, and where it may be: on loopback, whatever the settings say."""

import ipaddress

from liftgate.identity.errors import NotLoopback


def refuse_unless_loopback(host: str) -> None:
    """Raise ``NotLoopback`` unless a server that listens on ``host`` can be reached from this machine only.

    An address of loopback, or ``localhost``, which no name server may lead elsewhere (RFC 6761, section 6.3).
    """
    if not is_loopback(host):
        shown = host[:80].encode("ascii", "backslashreplace").decode()
        raise NotLoopback(
            f"local sign-in lets anybody in by a name alone, and `{shown}` is not loopback",
            advice="listen on 127.0.0.1, or switch local sign-in off",
            value=shown,
            where="host",
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, whatever a name server says: an address of loopback, or ``localhost`` (RFC 6761)."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
