"""``liftgate review``: what waits for an answer, and the answers."""

import click

from liftgate.cli.answers import RequestAnswer, read_request, read_requests
from liftgate.cli.connection import Connection, connection
from liftgate.cli.describe import say_outcome, say_request
from liftgate.cli.exit_code import exit_code_of
from liftgate.cli.fields import JsonObject
from liftgate.cli.identifiers import request_id
from liftgate.cli.moments import read_span, until
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say, say_error, say_json, say_next
from liftgate.clock import system_clock
from liftgate.errors import LiftgateError
from liftgate.span import in_words

_COLUMNS = (
    Column(title="REQUEST"),
    Column(title="BY"),
    Column(title="WHAT", folds=True),
    Column(title="FOR"),
    Column(title="REASON", folds=True),
    Column(title="LAPSES"),
)


@click.group("review", invoke_without_command=True, epilog=SHARED)
@client_options
@output_option
@click.pass_context
def command(context: click.Context) -> None:
    """List the requests that wait for your answer, and answer them."""
    if context.invoked_subcommand is None:
        _list(context)


@command.command("show", epilog=SHARED)
@click.argument("name", metavar="ID")
@client_options
@output_option
@click.pass_context
def show_one(context: click.Context, name: str) -> None:
    """Show one request in full."""
    with connection(context) as here:
        request = read_request(here.api.get(f"/requests/{request_id(name)}"))
    if wants_json(context):
        say_json(request.raw)
        return
    say_request(request, system_clock())
    if request.state == "pending":
        say_next(*_answers(request))


@command.command("approve", epilog=SHARED)
@click.argument("names", nargs=-1, required=True, metavar="ID…")
@click.option("--comment", default="", help="For the record; the requester reads it.")
@click.option("--for", "duration", metavar="SPAN", help="For less time than was asked for.")
@click.option("--only", multiple=True, metavar="s3://…", help="These places alone, of what was asked for.")
@click.option("--action", "actions", multiple=True, metavar="s3:X", help="These actions alone.")
@client_options
@output_option
@click.pass_context
def approve(
    context: click.Context,
    *,
    names: tuple[str, ...],
    comment: str,
    duration: str | None,
    only: tuple[str, ...],
    actions: tuple[str, ...],
) -> None:
    """Approve requests, or less than they ask for: several approvals come to what they have in common."""
    body = {
        "answer": "approve",
        "comment": comment,
        **({"duration_seconds": int(read_span(duration, where="--for").total_seconds())} if duration else {}),
        **({"locations": list(only)} if only else {}),
        **({"actions": list(actions)} if actions else {}),
    }
    _answer_all(context, names, body)


@command.command("deny", epilog=SHARED)
@click.argument("names", nargs=-1, required=True, metavar="ID…")
@click.option("--comment", required=True, help="Why; the requester reads it.")
@client_options
@output_option
@click.pass_context
def deny(context: click.Context, names: tuple[str, ...], comment: str) -> None:
    """Deny requests."""
    _answer_all(context, names, {"answer": "deny", "comment": comment})


@command.command("conclude", epilog=SHARED)
@click.argument("name", metavar="ID")
@click.option("--justified/--not-justified", required=True, help="What you found.")
@click.option("--comment", required=True, help="What you looked at; its person reads it.")
@client_options
@output_option
@click.pass_context
def conclude(context: click.Context, *, name: str, justified: bool, comment: str) -> None:
    """Say what came of looking at an emergency (break-glass)."""
    body = {"justified": justified, "comment": comment}
    with connection(context) as here:
        request = read_request(here.api.post(f"/requests/{request_id(name)}/conclusion", body))
    if wants_json(context):
        say_json(request.raw)
    else:
        say_request(request, system_clock())


def _list(context: click.Context) -> None:
    with connection(context) as here:
        page = read_requests(here.api.get("/requests", view="to_review", state="pending"))
        emergencies = read_requests(here.api.get("/requests", view="to_conclude"))
    if wants_json(context):
        say_json({**page.raw, "to_conclude": emergencies.raw})
        return
    now = system_clock()
    for one in emergencies.items:
        say_request(one, now)
        say_next(
            f"liftgate show {one.grant.id}" if one.grant else f"liftgate review show {one.id}",
            f"liftgate review conclude {one.id} --justified --comment …",
            f"liftgate review conclude {one.id} --not-justified --comment …",
        )
    if not page.items:
        if not emergencies.items:
            say("Nothing waits for your answer.")
        return
    say_table(
        _COLUMNS,
        [
            (
                one.id,
                one.requester.name,
                one.scope.in_words,
                in_words(one.duration),
                one.justification,
                f"in {until(one.lapses_at, now)}",
            )
            for one in page.items
        ],
    )
    say_next(*_answers(page.items[0]))


def _answers(request: RequestAnswer) -> tuple[str, ...]:
    return (
        f"liftgate review approve {request.id}",
        f"liftgate review deny {request.id} --comment …",
    )


def _answer_all(context: click.Context, names: tuple[str, ...], body: JsonObject) -> None:
    as_json = wants_json(context)
    wanted = [
        request_id(name) for name in dict.fromkeys(names)
    ]  # all ids are right before the first is answered
    with connection(context) as here:
        codes = [_answer(here, name, body, as_json=as_json) for name in wanted]
    failed = [code for code in codes if code]
    if failed:
        raise click.exceptions.Exit(failed[0])


def _answer(here: Connection, name: str, body: JsonObject, *, as_json: bool) -> int:
    try:
        request = read_request(here.api.post(f"/requests/{name}/reviews", body))
    except LiftgateError as error:  # the others are still answered
        code = exit_code_of(error)
        say_error(error, as_json=as_json, exit_code=code)
        return code
    if as_json:
        say_json(request.raw)
    else:
        say_outcome(request, system_clock())
    return 0
