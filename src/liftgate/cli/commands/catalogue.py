"""``liftgate catalogue``: what may be asked for; and a check of its files before they are put in place."""

from pathlib import Path
from typing import Any

import click

from liftgate.cli.connection import connection
from liftgate.cli.errors import ExtraMissing
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.fields import JsonObject, as_object, items, optional, seconds, text
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say, say_json, say_next, warn
from liftgate.span import in_words

_COLUMNS = (
    Column(title="ENTITLEMENT"),
    Column(title="WHAT", folds=True),
    Column(title="LONGEST"),
    Column(title="ABOUT", folds=True),
)


@click.group("catalogue", invoke_without_command=True, epilog=SHARED)
@client_options
@output_option
@click.pass_context
def command(context: click.Context) -> None:
    """Show what may be asked for; check the files that say so."""
    if context.invoked_subcommand is None:
        _show(context)


@command.command("show", short_help="Show what you may ask for or review", epilog=SHARED)
@client_options
@output_option
@click.pass_context
def show(context: click.Context) -> None:
    """Show the entitlements that you may ask for or review."""
    _show(context)


@command.command("check", short_help="Find every fault in files", epilog=SHARED)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@output_option
@click.pass_context
def check(context: click.Context, paths: tuple[Path, ...]) -> None:
    """Find every fault in catalogue files or folders, without a server."""
    try:
        from liftgate.catalogue.parse import check_catalogue  # noqa: PLC0415 - only this command needs a YAML reader
        from liftgate.catalogue.render import render_faults  # noqa: PLC0415
    except ImportError as error:
        raise ExtraMissing(
            f"`catalogue check` needs a part that is not installed: {error.name}",
            advice="pip install 'liftgate[server]'",
        ) from None
    faults = check_catalogue(paths)
    if wants_json(context):
        say_json({"faults": [_fault(fault) for fault in faults]})
    elif faults:
        say(render_faults(faults).rstrip("\n"))
    else:
        say("No faults.")
    if faults:
        raise click.exceptions.Exit(ExitCode.USAGE)


def _fault(fault: Any) -> JsonObject:
    return {
        "code": str(fault.kind),
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "path": fault.path,
        "sentence": fault.sentence,
        "suggestion": fault.suggestion,
    }


def _show(context: click.Context) -> None:

    with connection(context) as here:
        answer = here.api.get("/catalogue")
    if wants_json(context):
        say_json(answer)
        return
    entitlements = [as_object(item, "entitlements") for item in items(answer, "entitlements")]
    if entitlements:
        say_table(_COLUMNS, [_row(one) for one in entitlements])
        say_next("liftgate request s3://BUCKET/PREFIX/ --write --for 20m --reason …")
    else:
        say("There is nothing that you may ask for or review.")
    faults = items(answer, "faults")
    if faults:
        warn(f"the server's catalogue files have {len(faults)} fault(s); it goes on with the last good ones")


def _row(entitlement: JsonObject) -> tuple[str, ...]:
    ceiling = entitlement.get("ceiling")
    what = text(ceiling, "in_words") if isinstance(ceiling, dict) else ""
    longest = optional(seconds, entitlement, "longest_seconds")
    return (
        text(entitlement, "name"),
        what,
        in_words(longest) if longest else "",
        optional(text, entitlement, "description") or "",
    )
