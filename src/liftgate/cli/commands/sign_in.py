"""``liftgate sign-in``: now, instead of when a command needs it."""

import click

from liftgate.cli.connection import connection
from liftgate.cli.errors import LoginNeeded
from liftgate.cli.fields import as_object, text
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say, say_json
from liftgate.plain_text import plain


@click.command("sign-in", epilog=SHARED)
@client_options
@output_option
@click.pass_context
def command(context: click.Context) -> None:
    """Sign in anew. There is no need to: every command does so by itself."""
    with connection(context) as here:
        if here.settings.is_login:
            raise LoginNeeded(
                "here a browser signs you in", advice="liftgate login, or first: liftgate sign-out"
            )
        here.tokens.forget()
        answer = here.api.get("/me")
    if wants_json(context):
        say_json(answer)
        return
    person = as_object(answer.get("person"), "person")
    say(
        f"Signed in as {plain(text(person, 'name'))} ({plain(text(person, 'id'))}), by {plain(text(answer, 'identity'))}."
    )
