"""``liftgate catalogue``: what may be asked for; and a check of its files before they are put in place."""

import difflib
from pathlib import Path
from typing import Any

import click

from liftgate.cli.connection import connection
from liftgate.cli.entitlement import entitlement_fields
from liftgate.cli.errors import NoSuchEntitlement
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.extra import needing
from liftgate.cli.fields import JsonObject, as_object, items, seconds, text
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import paint, say, say_fields, say_json, say_next, warn
from liftgate.plain_text import plain
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
@click.option(
    "--find", "words", metavar="WORDS", help="Only those in which these words stand: people, buckets …"
)
@click.argument("name", required=False, metavar="[NAME]")
@click.pass_context
def show(context: click.Context, name: str | None, words: str | None) -> None:
    """Show the entitlements that you may ask for or review, or one of them in full."""
    _show(context, name, words=words)


@command.command("check", short_help="Find every fault in files", epilog=SHARED)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@output_option
@click.pass_context
def check(context: click.Context, paths: tuple[Path, ...]) -> None:
    """Find every fault in catalogue files or folders, without a server."""
    with needing("catalogue check"):
        from liftgate.catalogue.parse import check_catalogue  # noqa: PLC0415 - only this command needs a YAML reader
        from liftgate.catalogue.render import render_faults  # noqa: PLC0415
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


def _show(context: click.Context, name: str | None = None, *, words: str | None = None) -> None:
    with connection(context) as here:
        answer = here.api.get("/catalogue", q=words)
    entitlements = [as_object(item, "entitlements") for item in items(answer, "entitlements")]
    if name is not None:
        _show_one(entitlements, name, as_json=wants_json(context))
    elif wants_json(context):
        say_json(answer)
    else:
        _say_all(entitlements, words)
    faults = items(answer, "faults")
    if faults:
        warn("the server's catalogue files are faulty; it goes on with the last good ones", "liftgate doctor")


def _say_all(entitlements: list[JsonObject], words: str | None) -> None:
    if not entitlements:
        say(
            "Nothing that you may ask for or review has these words."
            if words
            else "There is nothing that you may ask for or review."
        )
        return
    say_table(_COLUMNS, [_row(one) for one in entitlements])
    say_next("liftgate request s3://BUCKET/PREFIX/ --write --for 20m --reason …")


def _row(entitlement: JsonObject) -> tuple[str, ...]:
    return (
        text(entitlement, "name"),
        text(as_object(entitlement.get("ceiling"), "ceiling"), "in_words"),
        in_words(seconds(entitlement, "longest_seconds")),
        text(entitlement, "description"),
    )


def _show_one(entitlements: list[JsonObject], name: str, *, as_json: bool) -> None:
    names = [text(one, "name") for one in entitlements]
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        raise NoSuchEntitlement(
            f"there is no entitlement `{name[:80]}` that you may ask for or review",
            advice=f"did you mean `{near[0]}`?" if near else "list them: liftgate catalogue",
            value=name[:80],
        )
    found = entitlements[names.index(name)]
    if as_json:
        say_json(found)
        return
    say(paint(plain(name), "bold"))
    say_fields(entitlement_fields(found))
