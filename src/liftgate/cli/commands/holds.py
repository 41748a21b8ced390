"""``liftgate holds``: who gets nothing new, since something was found."""

import click

from liftgate.cli.answered import read_holds, say_holds
from liftgate.cli.connection import connection
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say_json


@click.command("holds", epilog=SHARED)
@client_options
@output_option
@click.pass_context
def command(context: click.Context) -> None:
    """List who is on hold: no new requests, approvals or sessions.

    For guards and auditors.
    """
    with connection(context) as here:
        holds = read_holds(here.api.get("/holds"))
    if wants_json(context):
        say_json(holds.raw)
    else:
        say_holds(holds)
