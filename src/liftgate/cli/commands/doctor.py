"""``liftgate doctor``: what works, what does not, and what to do about it."""

import os
from typing import Final

import click

from liftgate.cli.checks import Check, all_checks
from liftgate.cli.options import SHARED, client_options, given_options, output_option, wants_json
from liftgate.cli.terminal import paint, say, say_folded, say_json

_COLOURS: Final = {"ok": "green", "note": "yellow", "fail": "red"}
_INDENT: Final = 20


@click.command("doctor", epilog=SHARED)
@client_options
@output_option
@click.pass_context
def command(context: click.Context) -> None:
    """Say in order what works and what does not, with the next step for each."""
    checks = []
    for check in all_checks(given_options(context), os.environ):
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


def _say(check: Check) -> None:
    mark = paint(check.state.ljust(6), _COLOURS[check.state])
    say_folded(mark + check.title.ljust(_INDENT - 6), check.found, indent=_INDENT)
    if check.advice:
        say_folded(" " * 6 + paint("next:".ljust(_INDENT - 6), "bold"), check.advice, indent=_INDENT)
