"""``liftgate return``: give a grant back before its window ends."""

import click

from liftgate.cli.answers import read_grant
from liftgate.cli.connection import connection
from liftgate.cli.describe import say_grant
from liftgate.cli.identifiers import grant_id
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say_json
from liftgate.clock import system_clock


@click.command("return", epilog=SHARED)
@click.argument("name", metavar="ID")
@click.option("--reason", help="Why, for the record.")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, name: str, reason: str | None) -> None:
    """Give a grant back before its window ends."""
    path = f"/grants/{grant_id(name)}/return"
    with connection(context) as here:
        grant = read_grant(here.api.post(path, {"reason": reason} if reason else {}))
        here.shelf.drop(grant.id)
        here.shelf.drop_picks()
    if wants_json(context):
        say_json(grant.raw)
    else:
        say_grant(grant, system_clock())
