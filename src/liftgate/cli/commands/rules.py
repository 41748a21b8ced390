"""``liftgate rules``: what is looked for in calls; and the rules' own tests. It needs no server."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liftgate.cli.exit_code import ExitCode
from liftgate.cli.extra import needing
from liftgate.cli.options import output_option, wants_json
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say, say_json, say_next

if TYPE_CHECKING:
    from liftgate.watch.rules.model import Rule
    from liftgate.watch.rules.trial import Tried

_FILE = click.Path(path_type=Path)
_RULES = (
    Column(title="RULE"),
    Column(title="SEVERITY"),
    Column(title="ANSWER"),
    Column(title="ON"),
    Column(title="WHAT IT FINDS", folds=True),
)
_FAILED = (
    Column(title="RULE"),
    Column(title="AT"),
    Column(title="TEST", folds=True),
    Column(title="WHY", folds=True),
)


@click.group("rules")
def command() -> None:
    """Look at the rules that find what should not have happened. No server is needed."""


@command.command("list", short_help="List all rules")
@click.argument("files", nargs=-1, metavar="[FILE…]", type=_FILE)
@output_option
@click.pass_context
def list_rules(context: click.Context, files: tuple[Path, ...]) -> None:
    """List the shipped rules, with what rule files or folders add to them or change in them."""
    rules = _load(files, as_json=wants_json(context))
    if wants_json(context):
        for rule in rules:
            say_json(
                {
                    "name": rule.name,
                    "title": rule.title,
                    "severity": str(rule.severity),
                    "answer": str(rule.answer),
                    "on": str(rule.on),
                    "when": rule.when.text,
                    "without_store": rule.without_store,
                    "file": rule.file,
                }
            )
        return
    say_table(_RULES, [_row(rule) for rule in rules])


def _row(rule: "Rule") -> tuple[str, ...]:
    title = f"{rule.title} (only without a store)" if rule.without_store else rule.title
    return rule.name, rule.severity, rule.answer, rule.on, title


@command.command("test", short_help="Run rules' own tests")
@click.argument("files", nargs=-1, metavar="[FILE…]", type=_FILE)
@output_option
@click.pass_context
def test(context: click.Context, files: tuple[Path, ...]) -> None:
    """Run the tests that stand with the rules, of the shipped ones and of those in files or folders.

    The exit code is 0 where all pass, 1 where one fails, and 2 where a file cannot be read as rules.
    """
    rules = _load(files, as_json=wants_json(context))
    from liftgate.watch.rules.trial import try_rules  # noqa: PLC0415 - only this command needs it

    tried = list(try_rules(rules))
    failed = [one for one in tried if one.wrong is not None]
    if wants_json(context):
        say_json({"rules": len(rules), "tests": len(tried), "failed": [_object(one) for one in failed]})
    elif failed:
        say_table(_FAILED, [(one.rule, one.test.place, one.test.says, one.wrong or "") for one in failed])
        say(f"{_count(len(failed), 'test')} of {len(tried)} failed.")
    else:
        say(f"{_count(len(tried), 'test')} of {_count(len(rules), 'rule')} passed.")
    if failed:
        raise click.exceptions.Exit(ExitCode.REFUSED)


def _object(one: "Tried") -> dict[str, str | None]:
    return {"rule": one.rule, "test": one.test.says, "at": one.test.place, "wrong": one.wrong}


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _load(files: Sequence[Path], *, as_json: bool) -> "tuple[Rule, ...]":
    with needing("rules"):
        from liftgate.catalogue.render import render_faults  # noqa: PLC0415 - as above
        from liftgate.watch.rules.errors import RulesFaulty  # noqa: PLC0415
        from liftgate.watch.rules.load import load_rulebook  # noqa: PLC0415
    try:
        return load_rulebook(files, without_store=True).rules
    except RulesFaulty as error:
        if as_json:
            raise
        say(render_faults(error.faults).rstrip("\n"))
        say_next("correct the files, then: liftgate rules test FILE…")
        raise click.exceptions.Exit(ExitCode.USAGE) from None
