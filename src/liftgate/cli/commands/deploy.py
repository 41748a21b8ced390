"""``liftgate deploy``: the roles, policies and event sources that a catalogue needs, as files for AWS. It needs no server."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liftgate.cli.errors import BadValue, ExtraMissing
from liftgate.cli.options import output_option, wants_json
from liftgate.cli.terminal import say, say_json, say_next, warn

if TYPE_CHECKING:
    from liftgate.deployment.files import Put
    from liftgate.deployment.model import Plan
    from liftgate.deployment.options import DeployOptions

_OPTIONS = (
    click.option(
        "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder for the files."
    ),
    click.option(
        "--region", required=True, metavar="REGION", help="Where Liftgate, its queue and its trail are."
    ),
    click.option(
        "--account", metavar="ID", help="Liftgate's own account, where the catalogue names several."
    ),
    click.option(
        "--runs-on",
        type=click.Choice(["ec2", "ecs", "lambda"]),
        default="ec2",
        show_default=True,
        help="Which service hands Liftgate its role.",
    ),
    click.option(
        "--broker", metavar="ARN", help="A user or role that is there already, for Liftgate; makes none."
    ),
    click.option("--baseline", metavar="NAME", help="Make the read-only role too, by this name."),
    click.option(
        "--baseline-user",
        "users",
        multiple=True,
        metavar="ARN",
        help="An IAM user who may take it up; repeat it.",
    ),
    click.option("--trail-bucket", metavar="BUCKET", help="Of a trail that is there already; makes none."),
    click.option("--trail-key", metavar="ARN", help="KMS key of the trail's log files."),
    click.option("--queue", metavar="ARN", help="Of a queue that is there already, and filled; makes none."),
    click.option("--dead-letter-queue", metavar="ARN", help="That queue's dead-letter queue."),
    click.option("--alarm-topic", metavar="ARN", help="SNS topic that alarms are told to."),
    click.option("--reads", is_flag=True, help="Log reads of objects too; AWS charges for each."),
    click.option(
        "--also-region",
        "regions",
        multiple=True,
        metavar="REGION",
        help="With watched buckets too; repeat it.",
    ),
    click.option("--organization", metavar="ID", help="Demand it in trust policies of other accounts."),
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
    """Write what a catalogue needs at AWS, as files to review and apply. Nothing at AWS is called. No server is needed."""


@command.command("cloudformation", short_help="As CloudFormation templates")
@click.argument("paths", nargs=-1, required=True, metavar="CATALOGUE…", type=click.Path(path_type=Path))
@_with_options
@click.pass_context
def cloudformation(context: click.Context, /, **given: Any) -> None:
    """Write CloudFormation: a folder an account, a template a concern.

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


def _write(tool: str, context: click.Context, given: dict[str, Any]) -> None:
    try:
        from liftgate.catalogue.parse import load_catalogue  # noqa: PLC0415 - only this command needs a YAML reader
        from liftgate.deployment.files import put_files  # noqa: PLC0415
        from liftgate.deployment.plan import plan_for  # noqa: PLC0415
        from liftgate.deployment.write import written  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ExtraMissing(
            f"`deploy` needs a part that is not installed: {error.name}",
            advice="pip install 'liftgate[server]'",
        ) from None
    plan = plan_for(load_catalogue(given["paths"]), _options(given))
    put = put_files(given["out"], written(tool, plan, given["events"]))
    if wants_json(context):
        say_json(_as_json(put, plan, given["events"]))
        return
    _say(put, plan, given)


def _options(given: dict[str, Any]) -> "DeployOptions":
    from liftgate.deployment.options import DeployOptions, NewBaseline, RunsOn  # noqa: PLC0415

    if given["users"] and not given["baseline"]:
        raise BadValue(
            "--baseline-user is given without --baseline", advice="name the role to be made: --baseline NAME"
        )
    return DeployOptions(
        region=given["region"],
        account=given["account"],
        runs_on=RunsOn(given["runs_on"]),
        broker_arn=given["broker"],
        baseline=NewBaseline(name=given["baseline"], users=given["users"]) if given["baseline"] else None,
        trail_bucket=given["trail_bucket"],
        trail_key_arn=given["trail_key"],
        queue_arn=given["queue"],
        dead_letter_queue_arn=given["dead_letter_queue"],
        alarm_topic_arn=given["alarm_topic"],
        reads=given["reads"],
        also_regions=given["regions"],
        organization=given["organization"],
    )


def _say(put: "Put", plan: "Plan", given: dict[str, Any]) -> None:
    from liftgate.deployment.cost import PRICES_OF, PRICES_WHERE, monthly_cost, total  # noqa: PLC0415

    for word, paths in (("new", put.new), ("changed", put.changed), ("same", put.same)):
        for path in paths:
            say(f"{word:<8} {given['out'] / path}")
    for path in put.left:
        warn(f"{given['out'] / path} is of an earlier run", "delete its stack or resources, then the file")
    cost = total(monthly_cost(plan, given["events"]))
    say(
        f"About ${cost} a month at {given['events']:,} calls on watched objects: prices of {PRICES_OF}, {PRICES_WHERE}."
    )
    say_next(f"read {given['out'] / 'README.md'}")


def _as_json(put: "Put", plan: "Plan", events: int) -> dict[str, Any]:
    from liftgate.deployment.cost import PRICES_OF, monthly_cost, total  # noqa: PLC0415

    items = monthly_cost(plan, events)
    return {
        "new": list(put.new),
        "changed": list(put.changed),
        "same": list(put.same),
        "left": list(put.left),
        "dollars_a_month": str(total(items)),
        "prices_of": PRICES_OF,
    }
