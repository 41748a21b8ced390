"""``liftgate grants``: a list of grants."""

import click

from liftgate.cli.answers import GrantAnswer, read_grants
from liftgate.cli.connection import connection
from liftgate.cli.describe import time_left
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say, say_json, say_next
from liftgate.clock import system_clock

_STATES = ("scheduled", "active", "ended", "revoked", "returned")
_COLUMNS = (
    Column(title="GRANT"),
    Column(title="STATE", state=True),
    Column(title="BY"),
    Column(title="WHAT", folds=True),
    Column(title="WHEN"),
)


@click.command("grants", epilog=SHARED)
@click.option("--all", "everybody", is_flag=True, help="Not only yours: all that you may see.")
@click.option("--state", type=click.Choice(_STATES), help="Only those in this state.")
@click.option(
    "--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many, newest first."
)
@client_options
@output_option
@click.pass_context
def command(context: click.Context, everybody: bool, state: str | None, limit: int) -> None:
    """List grants, newest first."""
    view = "all" if everybody else "mine"
    with connection(context) as here:
        page = read_grants(here.api.get("/grants", view=view, state=state, limit=limit))
    if wants_json(context):
        say_json(page.raw)
        return
    _say(page.items)
    if page.more:
        say_next(
            f"liftgate grants --limit {min(limit * 2, 200)}"
            if limit < 200
            else "there are more: narrow with --state"
        )


def _say(grants: tuple[GrantAnswer, ...]) -> None:
    if not grants:
        say("No grants.")
        return
    now = system_clock()
    rows = [
        (grant.id, grant.state, grant.requester.name, grant.scope.in_words, time_left(grant, now))
        for grant in grants
    ]
    say_table(_COLUMNS, rows)
