"""A relay in front of an S3 endpoint, which changes no byte and notes with whose key each part of an upload was signed."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

_AT_ONCE: Final = 64 * 1024
_LONGEST_HEAD: Final = 32 * 1024
_PART: Final = re.compile(
    rb"PUT \S*[?&]partNumber=(\d+)\S* HTTP/1\.1\r\n(?:[^\r\n]+\r\n)*?"
    rb"authorization: AWS4-HMAC-SHA256 Credential=([A-Za-z0-9]+)/",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Relay:
    """Where it listens, and what it saw: the number of each part and the access key id that signed it, as they came."""

    endpoint_url: str
    parts: list[tuple[int, str]] = field(default_factory=list)

    def part_keys(self) -> list[str]:
        """The access key ids that signed the parts, in the order of the parts."""
        return [key for _, key in sorted(self.parts)]


@contextmanager
def relay_to(endpoint_url: str) -> Iterator[Relay]:
    """Listen on a free port of loopback until the block ends."""
    behind = urlsplit(endpoint_url)
    address = (str(behind.hostname), int(behind.port or 80))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = Relay(f"http://127.0.0.1:{listener.getsockname()[1]}")
        threading.Thread(target=_accept, args=(listener, address, relay), daemon=True).start()
        yield relay
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, address: tuple[str, int], relay: Relay) -> None:
    with suppress(OSError):  # the listener was shut: the block has ended
        while True:
            caller, _ = listener.accept()
            server = socket.create_connection(address)
            for one, other, heard in ((caller, server, relay), (server, caller, None)):
                threading.Thread(target=_pass_on, args=(one, other, heard), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket, relay: Relay | None) -> None:
    kept = b""
    with suppress(OSError):  # whichever side leaves first
        while some := one.recv(_AT_ONCE):
            if relay is not None:
                kept = _noted(kept + some, relay)
            other.sendall(some)
        other.shutdown(socket.SHUT_WR)


def _noted(heard: bytes, relay: Relay) -> bytes:
    """Note the parts whose heads are whole; returns the end, in which another may have begun."""
    end = 0
    for found in _PART.finditer(heard):
        relay.parts.append((int(found[1]), found[2].decode()))
        end = found.end()
    return heard[end:][-_LONGEST_HEAD:]
