"""Options that say what is to be deployed, for writing it and for checking it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from liftgate.cli.errors import BadValue

if TYPE_CHECKING:
    from liftgate.deployment.options import DeployOptions

_PLAN: Final = (
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
        "--broker",
        metavar="ARN",
        help="A user or role that is there already, for Liftgate, to be put under a boundary; makes none.",
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
    click.option("--no-auditor", is_flag=True, help="No role by which the server checks what was deployed."),
)


def plan_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add what decides what is to exist."""
    for option in reversed(_PLAN):
        function = option(function)
    return function


def options_of(given: dict[str, Any]) -> "DeployOptions":
    """What was given, as a value. Raises ``BadValue`` and ``BadDeployOption``."""
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
        auditor=not given["no_auditor"],
    )
