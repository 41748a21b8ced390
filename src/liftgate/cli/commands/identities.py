"""``liftgate identities``: by what you are known, and another that you prove to be yours."""

import os
import sys
import webbrowser

import click

from liftgate.cli.connection import Connection, connection
from liftgate.cli.errors import BadValue
from liftgate.cli.fields import JsonObject, moment, text
from liftgate.cli.identities import (
    ask_for_code,
    link_id,
    prove_with_code,
    read_identities,
    read_link,
    read_links,
    say_identities,
    say_links,
)
from liftgate.cli.moments import until
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import paint, say, say_json
from liftgate.clock import system_clock
from liftgate.plain_text import plain


@click.group("identities", invoke_without_command=True, epilog=SHARED)
@click.option("--all", "of_all", is_flag=True, help="Everybody's that were linked. For guards and auditors.")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, *, of_all: bool) -> None:
    """List the identities by which you are known."""
    if context.invoked_subcommand is None:
        _list(context, of_all=of_all)


@command.command("list", epilog=SHARED)
@click.option("--all", "of_all", is_flag=True, help="Everybody's that were linked. For guards and auditors.")
@client_options
@output_option
@click.pass_context
def list_(context: click.Context, *, of_all: bool) -> None:
    """List the identities by which you are known."""
    _list(context, of_all=of_all)


@command.command("link", short_help="Link another identity of yours", epilog=SHARED)
@click.option("--aws", metavar="PROFILE", help="The AWS identity of that profile.")
@click.option("--browser", is_flag=True, help="An account of the OpenID provider, proved in a browser.")
@click.option("--slack", is_flag=True, help="The Slack user that sends the code.")
@click.option(
    "--with-code",
    is_flag=True,
    help="With --aws, where you are not signed in: asks for a code that you got on the page of your identities.",
)
@client_options
@output_option
@click.pass_context
def link(context: click.Context, *, aws: str | None, browser: bool, slack: bool, with_code: bool) -> None:
    """Prove that another identity is yours too. From then on it signs in as you.

    It must be one that the catalogue gives nobody, and you must be signed in by one that it gives you.
    """
    if (aws is not None) + browser + slack != 1 or (with_code and aws is None):
        raise BadValue(
            "say one identity to link", advice="liftgate identities link --aws PROFILE, --browser or --slack"
        )
    with connection(context) as here:
        if not slack and not with_code and not here.settings.is_login:
            here.tokens.forget()  # the server wants a sign-in of just now
        if aws is not None:
            code = _typed_code() if with_code else text(ask_for_code(here.api, "aws"), "code")
            _say_linked(context, prove_with_code(here.wire, here.settings.server.origin, code, aws))
        elif browser:
            _show_code(context, here)
        else:
            say_slack_code(context, ask_for_code(here.api, "slack"))


@command.command("unlink", epilog=SHARED)
@click.argument("name", metavar="LINK")
@client_options
@click.pass_context
def unlink(context: click.Context, name: str) -> None:
    """End a link. Whoever is signed in by that identity is signed out at once.

    Guards may end anybody's.
    """
    ended = link_id(name)
    with connection(context) as here:
        here.api.delete(f"/identities/{ended}")
    say(f"{ended} is unlinked.")


def say_slack_code(context: click.Context, made: JsonObject) -> None:
    """What to say in Slack."""
    if wants_json(context):
        say_json(made)
        return
    left = until(moment(made, "expires_at"), system_clock())
    say(f"Say this in Slack within {left}, and let nobody else see it:")
    say("  " + paint(plain(f"/liftgate link {text(made, 'code')}"), "bold"))


def _list(context: click.Context, *, of_all: bool) -> None:
    with connection(context) as here:
        answer = here.api.get("/identities" if of_all else "/me/identities")
    if wants_json(context):
        say_json(answer)
    elif of_all:
        say_links(read_links(answer))
    else:
        say_identities(read_identities(answer))


def _show_code(context: click.Context, here: Connection) -> None:
    made = ask_for_code(here.api, "oidc")
    address = f"{here.settings.server.base}/identities/link"
    if wants_json(context):
        say_json({**made, "address": address})
        return
    left = until(moment(made, "expires_at"), system_clock())
    say(f"Open {plain(address)} in a browser that signs in as the other account, and type")
    say(f"  {paint(plain(text(made, 'code')), 'bold')}")
    say(f"within {left}. Let nobody else see it.")
    if os.environ.get("BROWSER"):
        webbrowser.open(address)


def _say_linked(context: click.Context, answer: JsonObject) -> None:
    if wants_json(context):
        say_json(answer)
        return
    made = read_link(answer)
    say(f"From now on {plain(made.identity)} is {plain(made.person.name)} ({plain(made.person.id)}).")


def _typed_code() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline(80).strip()
    typed: str = click.prompt("Code", hide_input=True, err=True)
    return typed
