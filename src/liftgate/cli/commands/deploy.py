"""``liftgate deploy``: the roles, policies and event sources that a catalogue needs, as files for AWS. It needs no server."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liftgate.cli.commands.deploy_check import check
from liftgate.cli.deploy_options import options_of, plan_options
from liftgate.cli.extra import needing
from liftgate.cli.options import output_option, wants_json
from liftgate.cli.terminal import say, say_folded, say_json, say_next, warn

if TYPE_CHECKING:
    from liftgate.deployment.files import Put
    from liftgate.deployment.model import Plan

_OPTIONS = (
    click.option(
        "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder for the files."
    ),
    plan_options,
    click.option(
        "--events",
        type=click.IntRange(min=0),
        default=1_000_000,
        show_default=True,
        help="Calls on watched objects in a month, for what it costs.",
    ),
    output_option,
)


def _with_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.group("deploy")
def command() -> None:
    """Write what a catalogue needs at AWS, as files to review and apply, and see whether accounts are so.

    Nothing at AWS is changed. To write files, nothing there is called either; `check` reads there. No server is needed.
    """


@command.command("cloudformation", short_help="As CloudFormation templates")
@click.argument("paths", nargs=-1, required=True, metavar="CATALOGUE…", type=click.Path(path_type=Path))
@_with_options
@click.option(
    "--stack-set",
    is_flag=True,
    help="Other accounts of an organization by StackSets, from one account.",
)
@click.pass_context
def cloudformation(context: click.Context, /, **given: Any) -> None:
    """Write CloudFormation: a folder an account, a template a concern; with --stack-set a file for each further account.

    A second run writes only what changed, and never a file that is not its own.
    """
    _write("cloudformation", context, given)


@command.command("terraform", short_help="As a Terraform module")
@click.argument("paths", nargs=-1, required=True, metavar="CATALOGUE…", type=click.Path(path_type=Path))
@_with_options
@click.pass_context
def terraform(context: click.Context, /, **given: Any) -> None:
    """Write a Terraform module: a file a concern and account, a provider alias an account and region.

    A second run writes only what changed, and never a file that is not its own.
    """
    _write("terraform", context, given)


command.add_command(check)


def _write(tool: str, context: click.Context, given: dict[str, Any]) -> None:
    with needing("deploy"):
        from liftgate.catalogue.parse import load_catalogue  # noqa: PLC0415 - only this command needs a YAML reader
        from liftgate.deployment.files import put_files  # noqa: PLC0415
        from liftgate.deployment.plan import plan_for  # noqa: PLC0415
        from liftgate.deployment.write import written  # noqa: PLC0415
    plan = plan_for(load_catalogue(given["paths"]), options_of(given))
    files = written(tool, plan, given["events"], stack_set=given.get("stack_set", False))
    put = put_files(given["out"], files)
    if wants_json(context):
        say_json(_as_json(put, plan, given["events"]))
        return
    _say(put, plan, given)


def _say(put: "Put", plan: "Plan", given: dict[str, Any]) -> None:
    from liftgate.deployment.cost import PRICES_OF, PRICES_WHERE, monthly_cost, not_counted, total  # noqa: PLC0415

    for word, paths in (("new", put.new), ("changed", put.changed), ("same", put.same)):
        for path in paths:
            say(f"{word:<8} {given['out'] / path}")
    for path in put.left:
        warn(f"{given['out'] / path} is of an earlier run", "delete its stack or resources, then the file")
    cost = total(monthly_cost(plan, given["events"]))
    say(
        f"About ${cost} a month at {given['events']:,} calls on watched objects: prices of {PRICES_OF}, {PRICES_WHERE}."
    )
    say_folded("Not counted: ", f"{'; '.join(not_counted(plan))}.", indent=0)
    say_next(f"read {given['out'] / 'README.md'}")


def _as_json(put: "Put", plan: "Plan", events: int) -> dict[str, Any]:
    from liftgate.deployment.cost import PRICES_OF, monthly_cost, not_counted, total  # noqa: PLC0415

    items = monthly_cost(plan, events)
    return {
        "new": list(put.new),
        "changed": list(put.changed),
        "same": list(put.same),
        "left": list(put.left),
        "dollars_a_month": str(total(items)),
        "prices_of": PRICES_OF,
        "not_counted": list(not_counted(plan)),
    }
