"""``liftgate dead-letters``: events of CloudTrail that could not be taken."""

import click

from liftgate.cli.connection import connection
from liftgate.cli.errors import BadValue
from liftgate.cli.fields import JsonObject, as_object, items, moment, number, optional, text, texts
from liftgate.cli.moments import shown
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say, say_json, say_next
from liftgate.plain_text import plain

_COLUMNS = (
    Column(title="MESSAGE"),
    Column(title="SENT AT"),
    Column(title="RECEIVED"),
    Column(title="EVENT"),
    Column(title="REASON", folds=True),
    Column(title="BEGINS", folds=True),
)
_BEGINNING = 120  # characters of a message that a table has room for


@click.group("dead-letters")
def command() -> None:
    """Events of CloudTrail that could not be taken. For guards."""


@command.command("list", short_help="List them", epilog=SHARED)
@click.option(
    "--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many, oldest first."
)
@client_options
@output_option
@click.pass_context
def list_them(context: click.Context, limit: int) -> None:
    """List events that could not be taken, oldest first, and why as far as they tell. They stay where they are."""
    with connection(context) as here:
        page = here.api.get("/watch/dead-letters", limit=limit)
    if wants_json(context):
        say_json(page)
        return
    letters = [as_object(item, "items") for item in items(page, "items")]
    if not letters:
        say("No dead letters.")
        return
    say_table(_COLUMNS, [_row(letter) for letter in letters])
    say_next("liftgate dead-letters replay MESSAGE, or --all, once what kept them from being taken is mended")


@command.command("replay", short_help="Send them to be taken again", epilog=SHARED)
@click.argument("messages", metavar="[MESSAGE]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of them.")
@client_options
@output_option
@click.pass_context
def replay(context: click.Context, messages: tuple[str, ...], *, everything: bool) -> None:
    """Send events to be taken again. One that was taken before changes nothing."""
    if bool(messages) == everything:
        raise BadValue(
            "say which", advice="name messages, or add --all; liftgate dead-letters list shows them"
        )
    body: JsonObject = {"ids": list(messages)} if messages else {}
    with connection(context) as here:
        sent = here.api.post("/watch/dead-letters/replay", body)
    if wants_json(context):
        say_json(sent)
        return
    for message in texts(sent, "ids"):
        say(f"sent again  {plain(message)}")
    if not texts(sent, "ids"):
        say("No dead letters.")


def _row(letter: JsonObject) -> tuple[str, ...]:
    return (
        text(letter, "id"),
        shown(moment(letter, "sent_at")),
        f"{number(letter, 'receives')}x",
        optional(text, letter, "event_name") or "",
        text(letter, "reason"),
        text(letter, "excerpt")[:_BEGINNING],
    )
