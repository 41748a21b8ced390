"""``liftgate slack``: say whose Slack user you are, and take that back."""

import click

from liftgate.cli.connection import connection
from liftgate.cli.fields import moment, text
from liftgate.cli.moments import until
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import paint, say, say_json
from liftgate.clock import system_clock
from liftgate.plain_text import plain


@click.group("slack")
def command() -> None:
    """Answer requests in Slack: prove which user there you are."""


@command.command("link", short_help="Get a code to send from Slack", epilog=SHARED)
@client_options
@output_option
@click.pass_context
def link(context: click.Context) -> None:
    """Get a code. The Slack user who sends it, once and within ten minutes, is yours from then on."""
    with connection(context) as here:
        made = here.api.post("/slack-links")
    if wants_json(context):
        say_json(made)
        return
    left = until(moment(made, "expires_at"), system_clock())
    say(f"Say this in Slack within {left}, and let nobody else see it:")
    say(f"  {paint(plain(text(made, 'say')), 'bold')}")


@command.command("unlink", short_help="Take your Slack users back", epilog=SHARED)
@client_options
@click.pass_context
def unlink(context: click.Context) -> None:
    """End what codes have linked. A user that the catalogue names stays."""
    with connection(context) as here:
        here.api.delete("/slack-links")
    say("No Slack user is linked to you by a code any more.")
