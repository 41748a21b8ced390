"""``liftgate slack``: say whose Slack user you are, and take that back: ``liftgate identities``, by a shorter name."""

import click

from liftgate.cli.commands.identities import say_slack_code
from liftgate.cli.connection import connection
from liftgate.cli.identities import ask_for_code, read_identities
from liftgate.cli.options import SHARED, client_options, output_option
from liftgate.cli.terminal import say


@click.group("slack")
def command() -> None:
    """Answer requests in Slack: prove which user there you are."""


@command.command("link", short_help="Get a code to send from Slack", epilog=SHARED)
@client_options
@output_option
@click.pass_context
def link(context: click.Context) -> None:
    """Get a code. The Slack user who sends it, once and within ten minutes, is yours from then on.

    The same as `liftgate identities link --slack`.
    """
    with connection(context) as here:
        say_slack_code(context, ask_for_code(here.api, "slack"))


@command.command("unlink", short_help="Take your Slack users back", epilog=SHARED)
@client_options
@click.pass_context
def unlink(context: click.Context) -> None:
    """End what codes have linked. A user that the catalogue names stays."""
    with connection(context) as here:
        for one in read_identities(here.api.get("/me/identities")).items:
            if one.link_id is not None and one.identity.startswith("slack:"):
                here.api.delete(f"/identities/{one.link_id}")
    say("No Slack user is linked to you by a code any more.")
