"""``liftgate settlement``: what became of a grant."""

import click

from liftgate.cli.answered import read_settlement, say_settlement
from liftgate.cli.connection import connection
from liftgate.cli.identifiers import grant_id
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say_json
from liftgate.clock import system_clock


@click.command("settlement", epilog=SHARED)
@click.argument("name", metavar="GRANT")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, name: str) -> None:
    """Say what was used of a grant, and what would have sufficed.

    It is made when the grant is over and CloudTrail has told its calls.
    """
    with connection(context) as here:
        found = read_settlement(here.api.get(f"/grants/{grant_id(name)}/settlement"))
    if wants_json(context):
        say_json(found.raw)
    else:
        say_settlement(found, system_clock())
