"""``liftgate doctor``: what works, what does not, and what to do about it."""

import os
from collections.abc import Iterator
from typing import Final

import click

from liftgate.cli.checks import Check, all_checks
from liftgate.cli.connection import connection
from liftgate.cli.drills import drill_checks, reconcile_checks
from liftgate.cli.errors import BadValue
from liftgate.cli.options import SHARED, client_options, given_options, output_option, wants_json
from liftgate.cli.terminal import paint, say, say_folded, say_json

_COLOURS: Final = {"ok": "green", "note": "yellow", "fail": "red"}
_INDENT: Final = 20


@click.command("doctor", epilog=SHARED)
@click.option(
    "--revocation", is_flag=True, help="A drill: lend, revoke, and see that AWS refuses. For guards."
)
@click.option("--entitlement", metavar="NAME", help="Drill on this one alone.")
@click.option("--reconcile", is_flag=True, help="Hold AWS against the store, and mend. For guards.")
@client_options
@output_option
@click.pass_context
def command(context: click.Context, *, revocation: bool, entitlement: str | None, reconcile: bool) -> None:
    """Say in order what works and what does not, with the next step for each.

    A drill changes and reads nothing in S3; its session is in nobody's hands.
    """
    if entitlement and not revocation:
        raise BadValue("`--entitlement` says where to drill", advice="add --revocation")
    checks = []
    for check in _checks(context, entitlement, revocation=revocation, reconcile=reconcile):
        checks.append(check)
        if not wants_json(context):
            _say(check)
    failed = [check for check in checks if check.exit_code]
    if wants_json(context):
        say_json({"checks": [check.as_json() for check in checks]})
    elif not failed:
        say("All is well.")
    if failed:
        raise click.exceptions.Exit(failed[0].exit_code)


def _checks(
    context: click.Context, entitlement: str | None, *, revocation: bool, reconcile: bool
) -> Iterator[Check]:
    if not (revocation or reconcile):
        yield from all_checks(given_options(context), os.environ)
        return
    with connection(context) as here:
        if reconcile:
            yield from reconcile_checks(here)
        if revocation:
            yield from drill_checks(here, entitlement)


def _say(check: Check) -> None:
    mark = paint(check.state.ljust(6), _COLOURS[check.state])
    say_folded(mark + check.title.ljust(_INDENT - 6), check.found, indent=_INDENT)
    if check.advice:
        say_folded(" " * 6 + paint("next:".ljust(_INDENT - 6), "bold"), check.advice, indent=_INDENT)
