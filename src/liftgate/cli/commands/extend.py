"""``liftgate extend``: go on from a running grant."""

import click

from liftgate.cli.answers import read_request
from liftgate.cli.asking import show_and_follow
from liftgate.cli.connection import connection
from liftgate.cli.identifiers import grant_id
from liftgate.cli.moments import read_span
from liftgate.cli.options import SHARED, client_options, output_option, wants_json


@click.command("extend", epilog=SHARED)
@click.argument("name", metavar="ID")
@click.option("--for", "duration", required=True, metavar="SPAN", help="How much longer: 20m, 1h30m.")
@click.option("--reason", required=True, help="Why: reviewers read it.")
@click.option("--ticket", help="The ticket it belongs to, where it is another one.")
@click.option("--wait", is_flag=True, help="Follow the request until it is answered.")
@client_options
@output_option
@click.pass_context
def command(
    context: click.Context, name: str, *, duration: str, reason: str, ticket: str | None, wait: bool
) -> None:
    """Ask to go on from your running grant.

    It is a new request under the same rules. Its grant begins where the running one ends, and has an id of its own.
    """
    body = {
        "duration_seconds": int(read_span(duration, where="--for").total_seconds()),
        "justification": reason,
        **({"ticket": ticket} if ticket else {}),
    }
    path = f"/grants/{grant_id(name)}/extensions"
    with connection(context) as here:
        request = read_request(here.api.post(path, body))
        show_and_follow(here, request, wait=wait, as_json=wants_json(context))
