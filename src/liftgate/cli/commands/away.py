"""``liftgate away``: who answers for a reviewer who is away."""

import click

from liftgate.cli.absences import AbsenceAnswer, read_absence, read_absences, say_absences
from liftgate.cli.connection import connection
from liftgate.cli.errors import BadValue
from liftgate.cli.fields import JsonObject
from liftgate.cli.identifiers import absence_id
from liftgate.cli.moments import read_moment
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.terminal import say_json
from liftgate.clock import rfc3339


@click.group("away", invoke_without_command=True, epilog=SHARED)
@click.option("--until", metavar="MOMENT", help="When you are back: 2026-12-01T09:00Z.")
@click.option("--delegate", metavar="PERSON", help="Who may answer for you: their id.")
@click.option("--start", metavar="MOMENT", help="When it begins, where that is not now.")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, *, until: str | None, delegate: str | None, start: str | None) -> None:
    """Name who may review in your place while you are away; without options, list absences."""
    if context.invoked_subcommand is not None:
        return
    if until is None and delegate is None and start is None:
        _list(context)
        return
    if until is None or delegate is None:
        raise BadValue(
            "an absence needs --until and --delegate",
            advice="liftgate away --until 2026-12-01T09:00Z --delegate PERSON",
        )
    body = {
        "delegate": delegate,
        "until": rfc3339(read_moment(until, where="--until")),
        **({"starts_at": rfc3339(read_moment(start, where="--start"))} if start else {}),
    }
    with connection(context) as here:
        _show(context, here.api.post("/absences", body))


@command.command("end", epilog=SHARED)
@click.argument("name", metavar="ID")
@client_options
@output_option
@click.pass_context
def end(context: click.Context, name: str) -> None:
    """Come back: your delegate answers for you no longer."""
    with connection(context) as here:
        _show(context, here.api.post(f"/absences/{absence_id(name)}/end", {}))


def _list(context: click.Context) -> None:
    with connection(context) as here:
        answer = here.api.get("/absences")
    if wants_json(context):
        say_json(answer)
    else:
        say_absences(read_absences(answer))


def _show(context: click.Context, answer: JsonObject) -> None:
    if wants_json(context):
        say_json(answer)
        return
    found: AbsenceAnswer = read_absence(answer)
    say_absences((found,))
