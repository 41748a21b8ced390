"""The port for those who keep a process running: probes and measures alone, answered by a thread of their own."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from starlette.types import ASGIApp

from liftgate.server.addresses import is_loopback
from liftgate.server.app import create_probes_app
from liftgate.server.parts import Parts
from liftgate.server.serving import Certificate, address_of, listening, server_for
from liftgate.server.settings import Settings


@contextmanager
def listening_for_probes(settings: Settings, command: str) -> Iterator[socket.socket]:
    """Listen where the settings say, for as long as the block lasts. ``command`` takes ``--metrics-port``. Raises ``AddressTaken``."""
    with listening(
        settings.metrics_host, settings.metrics_port or 0, f"{command} --metrics-port"
    ) as listener:
        yield listener


def probes_of(parts: Parts) -> ASGIApp:
    """What answers there."""
    return create_probes_app(parts, own_machine=is_loopback(parts.settings.metrics_host))


@contextmanager
def answering_probes(parts: Parts, listener: socket.socket, certificate: Certificate | None) -> Iterator[str]:
    """Answer for as long as the block lasts, though all other threads wait; gives the address."""
    server = server_for(probes_of(parts), certificate)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="liftgate-probes", daemon=True)
    thread.start()
    address = address_of(listener, parts.settings.metrics_host, tls=certificate is not None)
    parts.log.info("listening for probes", address=address)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join()
