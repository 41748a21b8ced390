"""``liftgate release``: let somebody ask again, as one of two guards."""

from urllib.parse import quote

import click

from liftgate.cli.answered import read_holds, say_holds
from liftgate.cli.connection import connection
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import paint, say, say_json
from liftgate.plain_text import plain


@click.command("release", epilog=SHARED)
@click.argument("person")
@click.option("--reason", required=True, help="Why they may ask again: it is on record.")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, person: str, reason: str) -> None:
    """Release the hold on somebody. Two guards must, neither of them the person.

    For example: liftgate release ada --reason "it was a drill"
    """
    with connection(context) as here:
        path = f"/holds/{quote(person, safe='')}/releases"
        left = read_holds(here.api.post(path, {"reason": reason}))
    if wants_json(context):
        say_json(left.raw)
    elif left.items:
        say_holds(left)
    else:
        say(f"{paint(plain(person), 'bold')} is on hold no longer.")
