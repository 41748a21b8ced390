"""``liftgate serve``: one process with the roles that its settings give it, all of them where they say nothing."""

import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import click
import uvicorn

from liftgate.server.app import create_app
from liftgate.server.consumers import start_watch
from liftgate.server.deploy_checking import start_deploy_check
from liftgate.server.errors import NothingToWatch
from liftgate.server.json_log import hear_libraries
from liftgate.server.parts import Parts, running_parts
from liftgate.server.probing import answering_probes, listening_for_probes, probes_of
from liftgate.server.roles import Role
from liftgate.server.serving import (
    Certificate,
    address_of,
    certificate_of,
    listening,
    read_on_hangup,
    server_for,
)
from liftgate.server.settings import Settings, load_settings
from liftgate.server.settings_option import settings_option
from liftgate.server.settings_sources import chosen_file
from liftgate.server.slack.socket import start_slack
from liftgate.server.tracker_settings import of_no_tracker
from liftgate.server.worker import start_worker

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@click.command("serve", short_help="Run the server")
@settings_option
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one [default: 8484].")
@click.option("--catalogue", type=click.Path(path_type=Path), multiple=True, help="Catalogue file or folder.")
@click.option("--roles", metavar="ROLE,…", help="What this process does [default: api,worker,watch].")
@click.option(
    "--tls-certificate",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Certificate and those above it, in PEM.",
)
@click.option("--tls-key", metavar="FILE", type=click.Path(path_type=Path), help="Its private key, in PEM.")
@click.option("--metrics-port", type=int, help="Port for /healthz, /readyz and /metrics alone.")
def command(file: Path | None, catalogue: tuple[Path, ...], **given: Any) -> None:
    """Run the server: HTTP API, worker, and watch, in one process or in several.

    Run it as often as you like behind a load balancer; PostgreSQL is then the only thing shared. SIGTERM ends it within a
    minute, once calls that have begun are answered; SIGHUP has its certificate read anew. See docs/running.md.
    """
    options: Mapping[str, Any] = {"catalogue": catalogue or None, **given}
    serve(load_settings(chosen_file(file, os.environ), options))


def serve(settings: Settings) -> None:
    """Serve until told to stop (SIGINT, SIGTERM); calls that have begun are answered first."""
    is_api, has_own_port = Role.API in settings.runs, settings.metrics_port is not None
    with ExitStack() as stack:
        certificate = certificate_of(settings)
        tls = certificate is not None
        beside = (
            stack.enter_context(listening_for_probes(settings, "liftgate serve")) if has_own_port else None
        )
        host = settings.host if is_api else settings.metrics_host
        if is_api or beside is None:
            main = stack.enter_context(listening(host, settings.port, "liftgate serve --port"))
        else:
            main, beside = beside, None  # a process that answers nobody else needs one port
        address = address_of(main, host, tls=tls)
        audience = settings.public_url or (address if is_api else "")
        parts = stack.enter_context(running_parts(settings, audience=audience))
        hear_libraries(parts.log)
        _warn(parts)
        with _loops(parts):
            if beside is not None:
                stack.enter_context(answering_probes(parts, beside, certificate))
            _say_ready(address, settings, is_api=is_api)
            parts.log.info("listening", address=address, roles=sorted(settings.runs))
            app = create_app(parts) if is_api else probes_of(parts)
            _run(server_for(app, certificate, parts.closing.set), parts, main, certificate)


@contextmanager
def _loops(parts: Parts) -> Iterator[None]:
    """What the roles of this process do beside answering, for as long as the block lasts. Raises ``NothingToWatch``."""
    runs, stops = parts.settings.runs, list[Callable[[], None]]()
    if runs == {Role.WATCH} and parts.sources.queue is None and parts.sources.trail is None:
        raise NothingToWatch(
            "this process is to watch alone, and the settings name no queue and no trail's bucket",
            advice="set `watch_queue_url` and `watch_trail_bucket`; see docs/watch-sources.md",
        )
    try:
        if Role.WORKER in runs:
            stops += [start_worker(parts), start_deploy_check(parts)]
        if Role.WATCH in runs:
            stops.append(start_watch(parts, at_least=1 if runs == {Role.WATCH} else 0))
        if Role.API in runs:
            stops.append(start_slack(parts))
        yield
    finally:
        # All at once: each may have to finish what it holds, and they need not wait for one another.
        with ThreadPoolExecutor(max(1, len(stops)), thread_name_prefix="liftgate-stop") as pool:
            for done in [pool.submit(stop) for stop in stops]:
                done.result()


def _warn(parts: Parts) -> None:
    """Say at once which entitlements nobody can ask for, since their tickets cannot be checked, and what is said in an old way."""
    for one in of_no_tracker(parts.catalogue.current().catalogue, parts.settings.trackers):
        parts.log.warning("no such tracker", tracker=one.justification.tracker, entitlement=one.name)
    if parts.settings.worker is not None:
        parts.log.warning(
            "the setting `worker` will go", say_instead=f"roles = {sorted(parts.settings.runs)}"
        )


def _run(
    server: uvicorn.Server, parts: Parts, listener: socket.socket, certificate: Certificate | None
) -> None:
    # uvicorn raises the signal again once it has stopped; the parts are still to be closed then.
    def stop(*_: object) -> None:
        parts.closing.set()
        server.should_exit = True

    for number in _SIGNALS:
        signal.signal(number, stop)
    read_on_hangup(certificate, parts.log)
    # What was built to serve with stays to the end. Looked through again by each full collection, with every thread
    # stopped, it would make one call in a few hundred wait a tenth of a second.
    gc.collect()
    gc.freeze()
    server.run(sockets=[listener])


def _say_ready(address: str, settings: Settings, *, is_api: bool) -> None:
    if is_api:
        click.echo(f"Liftgate serves {settings.public_url or address}")
        click.echo(f"Next: export LIFTGATE_SERVER={settings.public_url or address}; liftgate doctor")
    else:
        click.echo(
            f"Liftgate runs {' and '.join(sorted(settings.runs))}; whether it is well: {address}/readyz"
        )
