"""What proxies say of the calls that they pass on, believed of those that were declared and of nobody else.

Nothing is decided by a client's address: it stands in the log. The scheme and host by which people reach the server are what
``public_url`` says, whatever anybody forwards.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_.:=-]{8,64}")
_MOST_HOPS: Final = 20


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What is known of where a call comes from."""

    client: str | None  # address of whoever called, as far as it is believed
    request_id: str | None = None  # the proxy's own
    plain: bool = False  # a proxy was called without TLS


class Proxies:
    """The proxies that are believed."""

    def __init__(self, networks: Sequence[IPv4Network | IPv6Network]) -> None:
        self._networks = networks

    def read(self, scope: Scope) -> Forwarded:
        """What a call's own connection says, and, where that is of a proxy, what the proxy says."""
        peer = scope["client"][0] if scope.get("client") else None
        if not self._networks or not self._is_trusted(peer):
            return Forwarded(peer)
        headers = Headers(scope=scope)
        sent = headers.getlist("x-request-id")
        schemes = _list(headers, "x-forwarded-proto")
        return Forwarded(
            client=self._client(peer, _list(headers, "x-forwarded-for")),
            request_id=sent[0] if len(sent) == 1 and _REQUEST_ID.fullmatch(sent[0]) else None,
            plain=bool(schemes) and schemes[-1].lower() != "https",
        )

    def _client(self, peer: str | None, hops: Sequence[str]) -> str | None:
        """From the nearest hop outwards, the first that is no proxy of ours: what stands before it, anybody may have written."""
        found = peer
        for hop in reversed(hops[-_MOST_HOPS:]):
            address = _address(hop)
            if address is None:
                break
            found = address
            if not self._is_trusted(address):
                break
        return found

    def _is_trusted(self, address: str | None) -> bool:
        try:
            found = ip_address(address or "")
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None) or found
        return any(mapped in network for network in self._networks)


def _list(headers: Headers, name: str) -> list[str]:
    return [part.strip() for line in headers.getlist(name) for part in line.split(",")]


def _address(hop: str) -> str | None:
    """An address as proxies write it: bare, or with a port."""
    bare = hop[1:].partition("]")[0] if hop.startswith("[") else hop
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ip_address(bare))
    except ValueError:
        return None
