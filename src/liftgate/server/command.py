"""``liftgate serve``: one process with the API and the worker."""

import gc
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import uvicorn

from liftgate.errors import Unavailable
from liftgate.server.app import create_app
from liftgate.server.consumers import start_watch
from liftgate.server.parts import Parts, running_parts
from liftgate.server.settings import Settings, load_settings
from liftgate.server.settings_sources import chosen_file
from liftgate.server.slack.socket import start_slack
from liftgate.server.worker import start_worker


class AddressTaken(Unavailable):
    """The server cannot listen where it should."""

    code = "address_taken"


@click.command("serve", short_help="Run the server")
@click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="LIFTGATE_SETTINGS",
    help="TOML file; LIFTGATE_… variables go before it. Left out, it is looked for: docs/settings.md.",
)
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one [default: 8484].")
@click.option("--catalogue", type=click.Path(path_type=Path), multiple=True, help="Catalogue file or folder.")
def command(file: Path | None, host: str | None, port: int | None, catalogue: tuple[Path, ...]) -> None:
    """Run the server: HTTP API and worker in one process.

    Run it as often as you like behind a load balancer; PostgreSQL is then the only thing shared.
    """
    given: Mapping[str, Any] = {"host": host, "port": port, "catalogue": catalogue or None}
    serve(load_settings(chosen_file(file, os.environ), given))


def serve(settings: Settings) -> None:
    """Serve until told to stop (SIGINT, SIGTERM); calls that have begun are answered first."""
    with _listening(settings) as listener:
        address = _address(settings, listener)
        with running_parts(settings, audience=settings.public_url or address) as parts:
            _warn_of_trackers(parts)
            stop_worker = start_worker(parts) if settings.worker else lambda: None
            stop_watch = start_watch(parts)
            stop_slack = start_slack(parts)
            try:
                _say_ready(address, settings)
                _run(parts, listener)
            finally:
                stop_slack()
                stop_watch()
                stop_worker()


def _warn_of_trackers(parts: Parts) -> None:
    """Say at once which entitlements nobody can ask for: their tickets cannot be checked."""
    known = {one.name for one in parts.settings.trackers}
    for entitlement in parts.catalogue.current().catalogue.entitlements.values():
        tracker = entitlement.justification.tracker
        if tracker is not None and tracker not in known:
            parts.log.warning("no such tracker", tracker=tracker, entitlement=entitlement.name)


def _run(parts: Parts, listener: socket.socket) -> None:
    config = uvicorn.Config(
        create_app(parts),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing is decided by where a call comes from
        lifespan="off",
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=32 * 1024,
    )
    server = uvicorn.Server(config)

    # uvicorn raises the signal again once it has stopped; the parts are still to be closed then.
    def stop(*_: object) -> None:
        parts.closing.set()
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    # What was built to serve with stays to the end. Looked through again by each full collection, with every thread
    # stopped, it would make one call in a few hundred wait a tenth of a second.
    gc.collect()
    gc.freeze()
    server.run(sockets=[listener])


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except OSError as fault:
        raise AddressTaken(
            f"cannot listen on {settings.host}:{settings.port}: {(fault.strerror or str(fault)).lower()}",
            advice="choose another port: liftgate serve --port 0 takes a free one",
            value=f"{settings.host}:{settings.port}",
        ) from None
    with listener:
        # asyncio sets this only on sockets that name their protocol, and those of `create_server` do not. Without it a
        # caller who keeps the connection waits 40 ms for the body of each answer: it is held back until they acknowledge
        # its head. Accepted connections inherit it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _address(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}"


def _say_ready(address: str, settings: Settings) -> None:
    click.echo(f"Liftgate serves {settings.public_url or address}")
    click.echo(f"Next: export LIFTGATE_SERVER={settings.public_url or address}; liftgate doctor")
