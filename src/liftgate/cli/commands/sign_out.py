"""``liftgate sign-out``: end the sign-in on this machine."""

import click

from liftgate.cli.api import PREFIX
from liftgate.cli.connection import connection
from liftgate.cli.options import SHARED, client_options
from liftgate.cli.ports import Call
from liftgate.cli.problem import ServerSaysUnauthenticated
from liftgate.cli.terminal import say


@click.command("sign-out", epilog=SHARED)
@client_options
@click.pass_context
def command(context: click.Context) -> None:
    """End the sign-in, here and at the server, and forget borrowed sessions.

    Sessions that were lent go on in AWS until their end; to end a grant: liftgate return ID.
    """
    with connection(context) as here:
        token = here.tokens.kept()
        here.tokens.forget()
        here.shelf.drop_all()
        if token:
            try:
                here.wire.send(Call(method="DELETE", path=f"{PREFIX}/sign-ins/current", token=token))
            except ServerSaysUnauthenticated:
                token = None
    say("Signed out." if token else "Nobody was signed in.")
