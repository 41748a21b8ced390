"""The address of Liftgate's server: where to call, and the origin that a proof of identity is bound to."""

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from liftgate.cli.errors import BadServerAddress

_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_EXAMPLE: Final = "https://liftgate.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUrl:
    """A checked address. ``origin`` is made from what the user wrote, never from what a server said (RFC 6454)."""

    base: str  # without a slash at its end
    origin: str
    is_loopback: bool


def parse_server_url(text: str) -> ServerUrl:
    """The address in a text. Raises ``BadServerAddress``; plain http is for loopback only."""
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _bad(text, "is not an address") from None
    _check_form(text, parts, host)
    is_loopback = _is_loopback(host)
    if parts.scheme == "http" and not is_loopback:
        raise _bad(
            text, "would send your sign-in over the network unprotected", f"use https://{parts.netloc}"
        )
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{port}"
    origin = f"{parts.scheme}://{shown_host}{shown_port}"
    return ServerUrl(base=origin + parts.path.rstrip("/"), origin=origin, is_loopback=is_loopback)


def _check_form(text: str, parts: SplitResult, host: str) -> None:
    if not (text.isascii() and text.isprintable()) or " " in text or "\\" in text:
        raise _bad(text, "holds characters that an address cannot have")
    if parts.scheme not in _DEFAULT_PORTS:
        raise _bad(
            text, "does not begin with https://", f"did you mean https://{text.rpartition('://')[2]} ?"
        )
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise _bad(text.rpartition("@")[2], "had a user name or password before it")
    if not host or "?" in text or "#" in text:
        raise _bad(text, "is not the address of a server")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bad(text: str, why: str, advice: str = f"write it like {_EXAMPLE}") -> BadServerAddress:
    return BadServerAddress(f"server `{text[:100]}` {why}", advice=advice, value=text[:100], where="--server")
