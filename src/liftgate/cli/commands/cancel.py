"""``liftgate cancel``: withdraw a request."""

import click

from liftgate.cli.answers import read_request
from liftgate.cli.connection import connection
from liftgate.cli.describe import say_outcome
from liftgate.cli.identifiers import request_id
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say_json
from liftgate.clock import system_clock


@click.command("cancel", epilog=SHARED)
@click.argument("name", metavar="ID")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, name: str) -> None:
    """Withdraw a request that was not answered yet."""
    path = f"/requests/{request_id(name)}/cancellation"
    with connection(context) as here:
        request = read_request(here.api.post(path))
    if wants_json(context):
        say_json(request.raw)
    else:
        say_outcome(request, system_clock())
