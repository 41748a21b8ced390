"""``liftgate known``: what calls of a span are judged by, for a replay elsewhere."""

import click

from liftgate.cli.connection import connection
from liftgate.cli.known_pages import all_known
from liftgate.cli.moments import read_moment
from liftgate.cli.options import SHARED, client_options, output_option
from liftgate.cli.terminal import say_json
from liftgate.clock import rfc3339


@click.command("known", epilog=SHARED)
@click.option("--from", "since", required=True, metavar="TIME", help="The first moment: 2026-11-24T09:00Z.")
@click.option("--until", required=True, metavar="TIME", help="The first moment after.")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, *, since: str, until: str) -> None:
    """Print the grants, sessions and roles that calls of a span are judged by.

    As JSON, for `liftgate replay --grants FILE`. For guards and auditors.
    """
    first, end = (
        rfc3339(read_moment(said, where=f"--{name}")) for name, said in (("from", since), ("until", until))
    )
    with connection(context) as here:
        say_json(all_known(here.api, first, end))
