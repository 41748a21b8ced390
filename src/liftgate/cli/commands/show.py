"""``liftgate show``: one request, grant or finding in full."""

import click

from liftgate.cli.connection import connection
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.showing import show


@click.command("show", epilog=SHARED)
@click.argument("name", metavar="ID")
@click.option("--wait", is_flag=True, help="Follow a request until it is answered.")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, name: str, wait: bool) -> None:
    """Show a request (rq-…), a grant (gr-…) with its story, or a finding (fi-…) in full."""
    with connection(context) as here:
        show(here, name, wait=wait, as_json=wants_json(context))
