"""``liftgate ledger``: the record of everything that was asked, decided, lent and taken back."""

import shlex
import sys
from pathlib import Path

import click

from liftgate.cli.connection import connection
from liftgate.cli.errors import BadValue
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.fields import JsonObject, as_object, flag, items, moment, number, optional, text
from liftgate.cli.identifiers import kind_of_id
from liftgate.cli.moments import read_moment, shown
from liftgate.cli.options import SHARED, client_options, output_option, wants_json
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import paint, say, say_fields, say_folded, say_json, say_next
from liftgate.clock import rfc3339
from liftgate.plain_text import plain

_COLUMNS = (
    Column(title="ENTRY"),
    Column(title="AT"),
    Column(title="WHAT"),
    Column(title="BY"),
    Column(title="ABOUT"),
)


@click.group("ledger")
def command() -> None:
    """The record of all that was asked, decided, lent and taken back."""


@command.command("verify", short_help="Check that nothing was changed", epilog=SHARED)
@click.option(
    "--file",
    "exported",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Verify an export on this machine, without the server.",
)
@client_options
@output_option
@click.pass_context
def verify(context: click.Context, exported: Path | None) -> None:
    """Check that nothing on record was changed, put in or left out."""
    verdict = _verified_file(exported) if exported else _verified_by_server(context)
    if wants_json(context):
        say_json(verdict)
    else:
        _say_verdict(verdict)
    if not flag(verdict, "intact"):
        raise click.exceptions.Exit(ExitCode.CORRUPT)


@command.command("show", short_help="Show entries", epilog=SHARED)
@click.option("--about", metavar="ID", help="Only entries about this request or grant.")
@click.option("--kind", metavar="KIND", help="Only entries of this kind: grant.made.")
@click.option(
    "--by", "actor", metavar="PERSON", help="Only what this person did; `liftgate`: what nobody asked for."
)
@click.option("--since", metavar="TIME", help="Only entries from then on: 2026-11-24T09:00Z.")
@click.option("--until", metavar="TIME", help="Only entries before then.")
@click.option("--newest", is_flag=True, help="The newest first.")
@click.option("--after", type=click.IntRange(min=0), metavar="ENTRY", help="Begin after this entry.")
@click.option(
    "--before", type=click.IntRange(min=0), metavar="ENTRY", help="With --newest: begin before this entry."
)
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many entries.")
@client_options
@output_option
@click.pass_context
def show(
    context: click.Context,
    /,
    *,
    about: str | None,
    kind: str | None,
    actor: str | None,
    since: str | None,
    until: str | None,
    newest: bool,
    after: int | None,
    before: int | None,
    limit: int,
) -> None:
    """Show entries, the oldest first."""
    if about:
        kind_of_id(about)
    if before is not None and not newest:
        raise BadValue(
            "`--before` goes back from an entry", advice="add --newest, or use --after", where="--before"
        )
    if after is not None and newest:
        raise BadValue(
            "`--after` goes on from an entry", advice="leave --newest out, or use --before", where="--after"
        )
    asked: dict[str, str | int | None] = {
        "after": 0 if after is None and not newest else after,
        "before": before,
        "about": about,
        "kind": kind,
        "actor": actor,
        "since": rfc3339(read_moment(since, where="--since")) if since else None,
        "until": rfc3339(read_moment(until, where="--until")) if until else None,
        "order": "newest" if newest else None,
    }
    with connection(context) as here:
        page = here.api.get("/ledger/entries", limit=limit, **asked)
    if wants_json(context):
        say_json(page)
        return
    entries = [as_object(item, "items") for item in items(page, "items")]
    if not entries:
        say("No entries.")
        return
    say_table(_COLUMNS, [_row(entry) for entry in entries])
    following = page.get("next_before" if newest else "next_after")
    if isinstance(following, int):
        given = {"--about": about, "--kind": kind, "--by": actor, "--since": since, "--until": until}
        only = "".join(f" {name} {shlex.quote(value)}" for name, value in given.items() if value)
        say_next(f"liftgate ledger show {'--newest --before' if newest else '--after'} {following}{only}")


@command.command("export", short_help="Write it all as JSON Lines", epilog=SHARED)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Into a new file, instead of stdout.",
)
@client_options
@click.pass_context
def export(context: click.Context, target: Path | None) -> None:
    """Write the whole ledger as JSON Lines, which anyone can verify."""
    with connection(context) as here:
        lines = here.api.lines("/ledger/export")
        if target is None:
            for line in lines:
                sys.stdout.write(line.decode("utf-8", "backslashreplace"))
            return
        try:
            with target.open("xb") as file:
                file.writelines(lines)
        except OSError as error:
            raise _file_error(target, error) from None
    say(f"Wrote {plain(str(target))}")
    say_next(f"liftgate ledger verify --file {target}")


def _verified_by_server(context: click.Context) -> JsonObject:

    with connection(context) as here:
        return here.api.get("/ledger/verification")


def _verified_file(path: Path) -> JsonObject:
    from liftgate.ledger.chain import Broken  # noqa: PLC0415 - only this command needs the ledger
    from liftgate.ledger.export import verify_export  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            verdict = verify_export(file)
    except OSError as error:
        raise _file_error(path, error) from None
    if isinstance(verdict, Broken):
        return {"intact": False, "broken_at": verdict.seq, "because": verdict.because}
    head = {"seq": verdict.head.seq, "hash": verdict.head.hash} if verdict.head else None
    return {"intact": True, "count": verdict.count, "head": head}


def _say_verdict(verdict: JsonObject) -> None:
    if not flag(verdict, "intact"):
        say(
            f"{paint('broken', 'red')} at entry {number(verdict, 'broken_at')}: {plain(text(verdict, 'because'))}"
        )
        say_next("find out who can write to the database, and compare with an earlier export")
        return
    say(f"{paint('intact', 'green')}: {number(verdict, 'count')} entries, each bound to the one before it")
    head = optional(lambda source, name: as_object(source.get(name), name), verdict, "head")
    if head:
        say_fields([("head", f"{number(head, 'seq')} {text(head, 'hash')}")])
        say()
        say_folded(
            "",
            "Keep the head somewhere else: with it, a ledger that was cut off or rewritten is found.",
            indent=0,
        )


def _row(entry: JsonObject) -> tuple[str, ...]:
    about = optional(text, entry, "grant_id") or optional(text, entry, "request_id") or ""
    return (
        str(number(entry, "seq")),
        shown(moment(entry, "at")),
        text(entry, "kind"),
        text(entry, "actor"),
        about,
    )


def _file_error(path: Path, error: OSError) -> BadValue:
    return BadValue(
        f"`{path}`: {(error.strerror or str(error)).lower()}", advice="name another file", where=str(path)
    )
