"""Listening, TLS, and uvicorn: how an application is put on the network."""

import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from liftgate.errors import Invalid, Unavailable
from liftgate.server.edge import Log
from liftgate.server.running_settings import RunningSettings

ANSWERS_WITHIN: Final = 10  # seconds for calls that have begun when the server is told to stop


class AddressTaken(Unavailable):
    """The server cannot listen where it should."""

    code = "address_taken"


class TlsUnusable(Invalid):
    """The certificate or its key cannot be used."""

    code = "tls_unusable"


@contextmanager
def listening(host: str, port: int, option: str) -> Iterator[socket.socket]:
    """Listen there for as long as the block lasts. ``option`` sets the port. Raises ``AddressTaken``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as fault:
        raise AddressTaken(
            f"cannot listen on {host}:{port}: {(fault.strerror or str(fault)).lower()}",
            advice=f"choose another port: {option} 0 takes a free one",
            value=f"{host}:{port}",
        ) from None
    with listener:
        # asyncio sets this only on sockets that name their protocol, and those of `create_server` do not. Without it a
        # caller who keeps the connection waits 40 ms for the body of each answer: it is held back until they acknowledge
        # its head. Accepted connections inherit it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def address_of(listener: socket.socket, host: str, *, tls: bool) -> str:
    """By which address it is reached."""
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{shown}:{listener.getsockname()[1]}"


class Certificate:
    """The server's certificate and key, which can be read anew while it serves."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises ``TlsUnusable``."""
        self._certificate = certificate
        self._key = key
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        # Said, since not every build of Python leaves out what keeps no secret once the key is known: Debian's does not.
        self.context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
        self.read()

    def read(self) -> None:
        """Take the files as they are now, for connections from here on. Raises ``TlsUnusable``; what was read before then stays."""
        try:
            # First elsewhere: a certificate whose key does not fit would already have replaced the one in use.
            _load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), self._certificate, self._key)
            _load(self.context, self._certificate, self._key)
        except (OSError, ValueError) as fault:
            said = (
                fault.strerror if isinstance(fault, OSError) and not isinstance(fault, ssl.SSLError) else None
            )
            raise TlsUnusable(
                f"the certificate or its key cannot be used: {(said or _reason(fault)).lower()}",
                advice="both are files in PEM that the server may read, the key is without a passphrase, and they belong together",
                where="tls_certificate",
            ) from None


def certificate_of(settings: RunningSettings) -> Certificate | None:
    """What the settings name; None where something else ends TLS. Raises ``TlsUnusable``."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    return Certificate(settings.tls_certificate, settings.tls_key)


def read_on_hangup(certificate: Certificate | None, log: Log) -> None:
    """Have SIGHUP read the certificate anew; without one it does nothing, and ends nobody either."""

    def read_again(*_: object) -> None:
        if certificate is not None:
            try:
                certificate.read()
                log.info("certificate read again")
            except TlsUnusable as fault:
                log.error("certificate not read again", code=fault.code, said=fault.sentence)  # noqa: TRY400 - the sentence says it

    signal.signal(signal.SIGHUP, read_again)


class _Server(uvicorn.Server):
    """Says at once that it was told to stop. uvicorn takes the signals to itself, and first waits for calls that wait in turn."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came."""
        self._stopping()
        super().handle_exit(sig, frame)


def server_for(
    app: ASGIApp, certificate: Certificate | None, stopping: Callable[[], None] = lambda: None
) -> uvicorn.Server:
    """A server that is not yet run. ``stopping`` is called when a signal tells it to stop."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the edge reads them, of proxies that were declared
        lifespan="off",
        timeout_graceful_shutdown=ANSWERS_WITHIN,
        h11_max_incomplete_event_size=32 * 1024,
    )
    config.load()
    if certificate is not None:
        config.ssl = certificate.context
    return _Server(config, stopping)


def _load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    # A key with a passphrase must not make a server wait at a terminal: it is refused.
    context.load_cert_chain(certificate, key, password=lambda: "")


def _reason(fault: Exception) -> str:
    return (getattr(fault, "reason", None) or type(fault).__name__).replace("_", " ")
