"""``liftgate watch``: takes CloudTrail's events in a process of its own, beside the servers. Run it as often as you like."""

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any, Final

import click

from liftgate.errors import Invalid
from liftgate.server.consumers import backfill_since, start_watch
from liftgate.server.errors import NothingToWatch
from liftgate.server.json_log import hear_libraries
from liftgate.server.parts import Parts, running_parts
from liftgate.server.probing import answering_probes, listening_for_probes
from liftgate.server.roles import Role
from liftgate.server.serving import certificate_of, read_on_hangup
from liftgate.server.settings import Settings, load_settings
from liftgate.server.settings_option import settings_option
from liftgate.server.settings_sources import chosen_file
from liftgate.span import SpanUnreadable, parse_span
from liftgate.watch.sources.backfill import Backfilled
from liftgate.watch.sources.catch_up import CaughtUp

# Of two signals that come together one may reach another thread. It is heeded when this one wakes, so it must not sleep for ever.
_WAKES_EVERY_SECONDS: Final = 1


class SinceUnreadable(Invalid):
    """``--backfill`` does not say since when."""

    code = "since_unreadable"


@click.command("watch", short_help="Take CloudTrail's events, for a server")
@settings_option
@click.option("--consumers", type=click.IntRange(1, 32), help="How many at once [default: watch_consumers].")
@click.option(
    "--backfill",
    "since",
    metavar="SINCE",
    help="First fetch from the trail's log files what came since then: 6h, or 2026-11-24T09:00Z.",
)
@click.option("--once", is_flag=True, help="End after the backfill.")
@click.option("--metrics-port", type=int, help="Port for /healthz, /readyz and /metrics.")
def command(
    file: Path | None, consumers: int | None, since: str | None, *, once: bool, metrics_port: int | None
) -> None:
    """Take CloudTrail's events from the queue that the server's settings name, and from the trail's log files.

    Any number of these may run, and `liftgate serve` does it too unless `watch_consumers` is 0. It stops on SIGINT and
    SIGTERM, once the events that it holds are taken. With a `metrics_port` it answers probes there. See docs/watch-sources.md.
    """
    if once and since is None:
        raise click.UsageError("--once needs --backfill")
    given: Mapping[str, Any] = {"watch_consumers": consumers, "metrics_port": metrics_port}
    watch(
        load_settings(chosen_file(file, os.environ), given),
        since=since,
        once=once,
    )


def watch(settings: Settings, *, since: str | None, once: bool) -> None:
    """Watch until told to stop. Raises ``NothingToWatch``, ``SinceUnreadable``, and what the queue says at the start."""
    told = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    # Whatever the settings say of the server's processes, this one does nothing else: so it is measured, and held ready.
    settings = settings.model_copy(update={"roles": (Role.WATCH,), "worker": None})
    with ExitStack() as stack:
        has_port = settings.metrics_port is not None and not once
        certificate = certificate_of(settings) if has_port else None
        port = stack.enter_context(listening_for_probes(settings, "liftgate watch")) if has_port else None
        parts = stack.enter_context(running_parts(settings, audience=settings.public_url or ""))
        hear_libraries(parts.log)
        read_on_hangup(certificate, parts.log)
        moment = None if since is None else read_since(since, parts.clock())
        if not once:
            _look_at_queue(parts)
        if moment is not None:
            _say_backfilled(backfill_since(parts, moment, stopping=told.is_set))
        if once:
            return
        click.echo(f"Liftgate watches {_watched(parts)}")
        stop = start_watch(parts, at_least=1, told=_say_caught_up)
        if port is not None:
            address = stack.enter_context(answering_probes(parts, port, certificate))
            click.echo(f"Whether it is well: {address}/readyz")
        try:
            while not told.wait(_WAKES_EVERY_SECONDS):
                pass
        finally:
            stop()


def read_since(text: str, now: datetime) -> datetime:
    """A moment with its zone, or a span before now. Raises ``SinceUnreadable``."""
    try:
        return now - parse_span(text)
    except SpanUnreadable:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SinceUnreadable(
            f"`{text[:40]}` is neither a span nor a moment with its zone",
            advice="write it as 6h, 2d, or 2026-11-24T09:00Z",
            value=text[:40],
            where="--backfill",
        )
    return moment.astimezone(UTC)


def _look_at_queue(parts: Parts) -> None:
    if parts.sources.queue is not None:
        parts.sources.queue.length()
    elif parts.sources.trail is None:
        raise NothingToWatch(
            "the settings name no queue and no trail's bucket",
            advice="set `watch_queue_url` and `watch_trail_bucket`; see docs/watch-sources.md",
        )


def _watched(parts: Parts) -> str:
    places = [parts.settings.watch_queue_url, parts.sources.trail and parts.sources.trail.place]
    return " and ".join(place for place in places if place)


def _say_backfilled(done: Backfilled) -> None:
    click.echo(f"Fetched {_counted(done.files)}")
    _say_left(done.left)


def _say_caught_up(done: CaughtUp) -> None:
    if done.files or done.left:
        click.echo(f"Fetched {_counted(done.files)}, delivered since {done.since:%Y-%m-%dT%H:%MZ}")
        _say_left(done.left)


def _counted(files: int) -> str:
    return f"{files:,} log file{'' if files == 1 else 's'}"


def _say_left(names: Sequence[str]) -> None:
    for name in names:
        click.echo(f"not taken: {name}")
