"""Shows a request, follows it where that is wanted, and ends with the right exit code."""

import time
from contextlib import suppress
from typing import Final

import click

from liftgate.cli.answers import RequestAnswer, read_request
from liftgate.cli.borrow import Borrower
from liftgate.cli.connection import Connection
from liftgate.cli.describe import after_request, say_outcome, say_request
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.follow import ending_code, follow
from liftgate.cli.live_line import live_line
from liftgate.cli.ports import Api
from liftgate.cli.terminal import say, say_json, say_next, warn
from liftgate.clock import system_clock
from liftgate.errors import LiftgateError

HELD_SECONDS: Final = 20
"""How long the server may hold back its answer; well within the time that a call may take."""


def show_and_follow(here: Connection, request: RequestAnswer, *, wait: bool, as_json: bool) -> None:
    """Print a request; with ``wait``, also what became of it, and exit with that."""
    if not as_json:
        say_request(request, system_clock())
    if wait and request.state == "pending":
        if not as_json:
            say()
        request = _followed(here.api, request)
        if not as_json:
            say_outcome(request, system_clock())
    if request.state == "approved":
        here.shelf.drop_picks()  # there may be two active grants now: ask before borrowing without a name
        if wait:
            _borrow_ahead(here, request)
    if as_json:
        say_json(request.raw)
    else:
        say_next(*after_request(request))
    if wait and ending_code(request):
        raise click.exceptions.Exit(ending_code(request))


def _borrow_ahead(here: Connection, request: RequestAnswer) -> None:
    """Whoever waited goes on at once: the session is at hand before they ask for it. Where it is not, they ask then."""
    grant = request.grant
    if grant is None or grant.state != "active" or request.in_place:
        return
    borrower = Borrower(shelf=here.shelf, connect=lambda: here.api, clock=system_clock, warn=warn)
    with suppress(LiftgateError):
        borrower.borrow(grant.id)


def _followed(api: Api, request: RequestAnswer) -> RequestAnswer:
    try:
        with live_line(system_clock) as watcher:
            return follow(
                request,
                fetch=lambda: read_request(api.get(f"/requests/{request.id}", wait_seconds=HELD_SECONDS)),
                watcher=watcher,
                clock=system_clock,
                sleep=time.sleep,
            )
    except KeyboardInterrupt:
        warn("no longer waiting; the request stands", next_step=f"liftgate show {request.id} --wait")
        raise click.exceptions.Exit(ExitCode.INTERRUPTED) from None
