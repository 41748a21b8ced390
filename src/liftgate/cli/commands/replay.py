"""``liftgate replay``: CloudTrail log files, judged on this machine. It needs no server and no AWS account."""

from pathlib import Path
from typing import Any

import click

from liftgate.cli.exit_code import ExitCode
from liftgate.cli.extra import needing
from liftgate.cli.options import wants_json
from liftgate.clock import system_clock

_FILE = click.Path(path_type=Path)
_IN_S3 = "s3://"


class _Place(click.Path):
    """A path on this machine, or a place in S3, which stays text: a path has no two slashes one after the other."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and value.startswith(_IN_S3):
            return value
        return super().convert(value, param, ctx)


@click.command("replay")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=_Place(path_type=Path))
@click.option(
    "--output",
    "form",
    type=click.Choice(["table", "json", "ocsf", "asff"]),
    help="A table, or one JSON object a line: Liftgate's own, OCSF's, or AWS Security Hub's.",
)
@click.option("--grants", type=_FILE, metavar="FILE", help="What was granted: JSON, see docs/watch.md.")
@click.option(
    "--catalogue", type=_FILE, metavar="PATH", help="Its elevated roles may be used under grants alone."
)
@click.option(
    "--rules", multiple=True, type=_FILE, metavar="PATH", help="Rule files of your own, or folders."
)
@click.option(
    "--verify", "keys", type=_FILE, metavar="KEYS", help="Also verify digest files, by these public keys."
)
@click.option(
    "--since",
    metavar="WHEN",
    help="Only what was delivered since: 2026-11-02, 2026-11-02T09:00Z, or 6h for six hours ago.",
)
@click.option("--until", metavar="WHEN", help="Only what was delivered until then, a day to its end.")
@click.pass_context
def command(
    context: click.Context,
    *,
    paths: tuple[Path | str, ...],
    form: str | None,
    grants: Path | None,
    catalogue: Path | None,
    rules: tuple[Path, ...],
    keys: Path | None,
    since: str | None,
    until: str | None,
) -> None:
    """Judge CloudTrail log files, or folders of them, plain or gzip, without a server.

    A PATH may also be a place in S3, such as s3://BUCKET/AWSLogs/111122223333/CloudTrail/eu-west-1/: it is read with your own AWS
    credentials, and what lies there is not kept.

    Without --grants nothing is known of grants: then it shows who changed permissions or what is recorded. The exit code
    is 0 where nothing was found, 1 where something was, and 2 where something could not be read.
    """
    with needing("replay"):
        from liftgate.cli.replay_logs import read_span  # noqa: PLC0415 - only this command needs to read CloudTrail
        from liftgate.cli.replaying import Replaying  # noqa: PLC0415
    run = Replaying(
        paths=paths,
        grants=grants,
        catalogue=catalogue,
        rules=rules,
        keys=keys,
        span=read_span(since, until, system_clock()),
    )
    summary = run.say(form or ("json" if wants_json(context) else "table"))
    if summary.findings:
        raise click.exceptions.Exit(ExitCode.REFUSED)
    if summary.set_aside_count:
        raise click.exceptions.Exit(ExitCode.USAGE)
