"""``liftgate sign-in``: now, instead of when a command needs it."""

import click

from liftgate.cli.connection import connection
from liftgate.cli.errors import LoginNeeded
from liftgate.cli.fields import as_object, text
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say, say_json
from liftgate.cli.token_file import token_body, token_in
from liftgate.plain_text import plain


@click.command("sign-in", epilog=SHARED)
@click.option(
    "--token-file",
    metavar="FILE",
    help="Sign in with the token that a pipeline's platform left there, `-` for standard input. For as long as it lasts, other "
    "commands need no more. `LIFTGATE_TOKEN_FILE` does the same for all, and reads the file again when it must.",
)
@client_options
@output_option
@click.pass_context
def command(context: click.Context, token_file: str | None) -> None:
    """Sign in anew. There is no need to: every command does so by itself."""
    shown = None if token_file is None else token_body(token_in(token_file))
    with connection(context) as here:
        if shown is None and here.settings.is_login:
            raise LoginNeeded(
                "here a browser signs you in", advice="liftgate login, or first: liftgate sign-out"
            )
        here.tokens.forget()
        if shown is not None:
            here.tokens.show(shown)
        answer = here.api.get("/me")
    if wants_json(context):
        say_json(answer)
        return
    person = as_object(answer.get("person"), "person")
    say(
        f"Signed in as {plain(text(person, 'name'))} ({plain(text(person, 'id'))}), by {plain(text(answer, 'identity'))}."
    )
