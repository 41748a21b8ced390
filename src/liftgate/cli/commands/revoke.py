"""``liftgate revoke``: take a grant back."""

import click

from liftgate.cli.answers import read_grant
from liftgate.cli.connection import connection
from liftgate.cli.describe import say_grant
from liftgate.cli.identifiers import grant_id
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say_json, say_next
from liftgate.clock import system_clock


@click.command("revoke", epilog=SHARED)
@click.argument("name", metavar="ID")
@click.option("--reason", required=True, help="Why: its holder reads it.")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, name: str, reason: str) -> None:
    """Take a grant back: no new sessions, and AWS refuses what runs under it."""
    path = f"/grants/{grant_id(name)}/revocation"
    with connection(context) as here:
        grant = read_grant(here.api.post(path, {"reason": reason}))
        here.shelf.drop(grant.id)
    if wants_json(context):
        say_json(grant.raw)
        return
    say_grant(grant, system_clock())
    if grant.ending and grant.ending.deny == "pending":
        say_next(f"liftgate show {grant.id}")
