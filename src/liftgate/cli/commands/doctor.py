"""``liftgate doctor``: what works, what does not, and what to do about it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from liftgate.cli.arrivals import arrival_checks
from liftgate.cli.check import Check, State
from liftgate.cli.checks import Further, all_checks
from liftgate.cli.connection import Connection, connection
from liftgate.cli.diagnoses import checks_on_this_machine, diagnosis_checks
from liftgate.cli.drills import drill_checks, reconcile_checks
from liftgate.cli.errors import BadValue
from liftgate.cli.options import SHARED, client_options, given_options, output_option, wants_json
from liftgate.cli.terminal import paint, say, say_folded, say_json

_COLOURS: Final[dict[State, str]] = {"ok": "green", "note": "yellow", "unknown": "yellow", "fail": "red"}
_MARKS: Final[dict[State, str]] = {"ok": "ok", "note": "note", "unknown": "?", "fail": "fail"}
_SUMMED_UP: Final[dict[State, str]] = {
    "fail": "Not working",
    "note": "Worth a look",
    "unknown": "Not known",
    "ok": "Well",
}
_INDENT: Final = 20
_SUMMARY: Final = 14


@click.command("doctor", epilog=SHARED)
@click.option(
    "--roles",
    is_flag=True,
    help="AWS as the server sees it; each role lent, for a session that may do nothing. For guards.",
)
@click.option(
    "--revocation", is_flag=True, help="A drill: lend, revoke, and see that AWS refuses. For guards."
)
@click.option("--entitlement", metavar="NAME", help="Drill on this one alone.")
@click.option("--reconcile", is_flag=True, help="Hold AWS against the store, and mend. For guards.")
@click.option("--all", "everything", is_flag=True, help="All of it, in order, but --reconcile.")
@click.option("--server-side", is_flag=True, help="On the server's machine: what the server would work with.")
@click.option(
    "--settings",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --server-side: the server's TOML file [default: where it looks itself].",
)
@client_options
@output_option
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    entitlement: str | None,
    server_side: bool,
    file: Path | None,
    **asked: bool,
) -> None:
    """Say in order what works, what does not, and what is not known, with the next step for each.

    A drill changes and reads nothing in S3. Nobody is handed its session, nor those by which roles are tried, which may do nothing.
    What was tried is on the ledger, and nowhere else. It ends with 0 where nothing failed, else with the code of the first failure.
    """
    _refuse_senseless(entitlement, file, server_side=server_side, **asked)
    if server_side:
        _tell(context, checks_on_this_machine(file, os.environ))
    else:
        _tell(context, _checks(context, entitlement, **asked))


def _refuse_senseless(
    entitlement: str | None, file: Path | None, *, server_side: bool, **asked: bool
) -> None:
    if entitlement and not (asked["revocation"] or asked["everything"]):
        raise BadValue("`--entitlement` says where to drill", advice="add --revocation")
    if file and not server_side:
        raise BadValue("`--settings` are the server's", advice="add --server-side")
    if server_side and any(asked.values()):
        raise BadValue(
            "`--server-side` looks at what is here, and asks no running server",
            advice="leave the others out, or leave it out",
        )


def _checks(
    context: click.Context,
    entitlement: str | None,
    *,
    roles: bool,
    revocation: bool,
    reconcile: bool,
    everything: bool,
) -> Iterator[Check]:
    def drills(here: Connection) -> Iterator[Check]:
        return drill_checks(here, entitlement)

    # Before a drill of now: its call comes minutes later.
    further: tuple[Further, ...] = (diagnosis_checks, arrival_checks, drills)
    if everything:
        yield from all_checks(given_options(context), os.environ, further)
        return
    chosen = [
        look
        for look, is_asked in ((reconcile_checks, reconcile), (diagnosis_checks, roles), (drills, revocation))
        if is_asked
    ]
    if not chosen:
        yield from all_checks(given_options(context), os.environ)
        return
    with connection(context) as here:
        for look in chosen:
            yield from look(here)


def _tell(context: click.Context, checks: Iterator[Check]) -> None:
    told = []
    for check in checks:
        told.append(check)
        if not wants_json(context):
            _say(check)
    failed = [check for check in told if check.exit_code]
    if wants_json(context):
        say_json({"checks": [check.as_json() for check in told]})
    else:
        _sum_up(told)
    if failed:
        raise click.exceptions.Exit(failed[0].exit_code)


def _sum_up(told: Sequence[Check]) -> None:
    """Name what is well and what is not, so that nobody takes the one for the other."""
    say()
    if all(check.state == "ok" for check in told):
        say("All is well.")
        return
    for state, words in _SUMMED_UP.items():
        titles = dict.fromkeys(check.title for check in told if check.state == state)
        if titles:
            head = paint(f"{words}:".ljust(_SUMMARY), _COLOURS[state])
            say_folded(head, ", ".join(titles), indent=_SUMMARY)


def _say(check: Check) -> None:
    mark = paint(_MARKS[check.state].ljust(6), _COLOURS[check.state])
    say_folded(mark + check.title.ljust(_INDENT - 6), check.found, indent=_INDENT)
    if check.advice:
        say_folded(" " * 6 + paint("next:".ljust(_INDENT - 6), "bold"), check.advice, indent=_INDENT)
