"""``liftgate hold``: shut somebody out at once."""

from urllib.parse import quote

import click

from liftgate.cli.answered import read_shut_out, say_shut_out
from liftgate.cli.asking_back import is_sure
from liftgate.cli.connection import connection
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say_json


@click.command("hold", epilog=SHARED)
@click.argument("person")
@click.option("--reason", required=True, help="Why: guards and auditors read it, the person does not.")
@click.option("--yes", is_flag=True, help="Do not ask back at a terminal.")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, person: str, reason: str, *, yes: bool) -> None:
    """Shut somebody out: a laptop is gone, a sign-in was stolen.

    They are signed out everywhere and cannot sign in, all their grants are taken back, and they get nothing new, until two guards
    release them. Guards do it, and everybody to themselves. For example: liftgate hold ada --reason "her laptop was stolen"
    """
    if not yes and not is_sure(f"Shut `{person}` out, now?"):
        raise click.exceptions.Exit(1)
    with connection(context) as here:
        done = read_shut_out(here.api.post(f"/holds/{quote(person, safe='')}", {"reason": reason}))
    if wants_json(context):
        say_json(done.raw)
    else:
        say_shut_out(done)
