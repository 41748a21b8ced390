"""Addresses of servers, as people write them in settings."""

from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

from liftgate.identity.local import is_loopback

__all__ = ["is_loopback", "origin_of"]


def origin_of(address: str) -> str:
    """The origin of an address (RFC 6454): its scheme, host and port, as a browser and our command line say them."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    is_origin = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not host or not is_origin:
        raise PydanticCustomError(
            "origin", "is not the address of a server; write it like https://liftgate.example.com"
        )
    shown = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, default} else "")
