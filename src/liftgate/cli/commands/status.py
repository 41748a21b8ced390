"""``liftgate status``: what is mine and not over."""

import click

from liftgate.cli.answers import GrantAnswer, RequestAnswer, read_grants, read_requests
from liftgate.cli.connection import Connection, connection
from liftgate.cli.describe import after_grant, time_left
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.showing import show
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say, say_json, say_next
from liftgate.clock import system_clock

_GRANT_COLUMNS = (
    Column(title="GRANT"),
    Column(title="STATE", state=True),
    Column(title="WHAT", folds=True),
    Column(title="WHEN"),
)
_REQUEST_COLUMNS = (
    Column(title="REQUEST"),
    Column(title="STATE", state=True),
    Column(title="WHAT", folds=True),
    Column(title="WAITS FOR", folds=True),
)


@click.command("status", epilog=SHARED)
@click.argument("name", required=False, metavar="[ID]")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, name: str | None) -> None:
    """Show your open requests and live grants, or one of them."""
    with connection(context) as here:
        if name:
            show(here, name, wait=False, as_json=wants_json(context))
        else:
            _show_mine(here, as_json=wants_json(context))


def _show_mine(here: Connection, *, as_json: bool) -> None:
    active = read_grants(here.api.get("/grants", view="mine", state="active"))
    scheduled = read_grants(here.api.get("/grants", view="mine", state="scheduled"))
    pending = read_requests(here.api.get("/requests", view="mine", state="pending"))
    if as_json:
        say_json({"active": active.raw, "scheduled": scheduled.raw, "pending": pending.raw})
        return
    _say_mine((*active.items, *scheduled.items), pending.items)


def _say_mine(grants: tuple[GrantAnswer, ...], requests: tuple[RequestAnswer, ...]) -> None:
    now = system_clock()
    if grants:
        rows = [(grant.id, grant.state, grant.scope.in_words, time_left(grant, now)) for grant in grants]
        say_table(_GRANT_COLUMNS, rows)
    if grants and requests:
        say()
    if requests:
        lines = [(one.id, one.state, one.scope.in_words, one.waiting_for or "") for one in requests]
        say_table(_REQUEST_COLUMNS, lines)
    _say_what_next(grants, requests)


def _say_what_next(grants: tuple[GrantAnswer, ...], requests: tuple[RequestAnswer, ...]) -> None:
    for grant in grants:
        if grant.state == "active":
            say_next(*after_grant(grant, grant.scope, in_place=grant.in_place is not None))
            return
    if requests:
        say_next(f"liftgate show {requests[0].id} --wait")
    elif not grants:
        say("No open requests, no live grants.")
        say_next("liftgate request s3://BUCKET/PREFIX/ --write --for 20m --reason …")
