"""``liftgate replay``: CloudTrail log files, judged on this machine. It needs no server and no AWS account."""

from pathlib import Path

import click

from liftgate.cli.errors import ExtraMissing
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.options import wants_json

_FILE = click.Path(path_type=Path)


@click.command("replay")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=_FILE)
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
@click.pass_context
def command(
    context: click.Context,
    *,
    paths: tuple[Path, ...],
    form: str | None,
    grants: Path | None,
    catalogue: Path | None,
    rules: tuple[Path, ...],
    keys: Path | None,
) -> None:
    """Judge CloudTrail log files, or folders of them, plain or gzip, without a server.

    Without --grants nothing is known of grants: then it shows who changed permissions or what is recorded. The exit code
    is 0 where nothing was found, 1 where something was, and 2 where something could not be read.
    """
    try:
        from liftgate.cli.replaying import Replaying  # noqa: PLC0415 - only this command needs to read CloudTrail
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("liftgate"):
            raise
        raise ExtraMissing(
            f"`replay` needs a part that is not installed: {error.name}",
            advice="pip install 'liftgate[server]'",
        ) from None
    run = Replaying(paths=paths, grants=grants, catalogue=catalogue, rules=rules, keys=keys)
    summary = run.say(form or ("json" if wants_json(context) else "table"))
    if summary.findings:
        raise click.exceptions.Exit(ExitCode.REFUSED)
    if summary.set_aside_count:
        raise click.exceptions.Exit(ExitCode.USAGE)
