"""``liftgate demo``: play the story on an embedded AWS, and leave it running for you to try."""

import json
import shlex
import shutil
import signal
import sys
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from liftgate.demo.story import Step, story
from liftgate.demo.world import World, running_world
from liftgate.plain_text import plain

_AS_IT_IS: Final[dict[str, Any]] = {
    "break_long_words": False,
    "break_on_hyphens": False,
    "replace_whitespace": False,
    "drop_whitespace": True,
}


@click.command("demo", short_help="See it all on an embedded AWS")
@click.option(
    "--check",
    is_flag=True,
    help="Play the story for a machine: one JSON object a line; exit 1 if a step fails.",
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, help="Port of the server [default: a free one]."
)
def command(*, check: bool, port: int) -> None:
    """Play the main job end to end on an AWS in this machine that really enforces, then leave it running.

    Nothing is sent to the real AWS, and nothing is left behind.
    """
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)
    )  # so that what was started is stopped
    with running_world(port=port) as world:
        failed = [step for step in _told(world, check=check) if not step.ok]
        if check:
            sys.exit(1 if failed else 0)
        _say_what_to_try(world, failed)
        _leave_running(world)


def _told(world: World, *, check: bool) -> list[Step]:
    steps = []
    for step in story(world):
        steps.append(step)
        if check:
            told = {key: value for key, value in asdict(step).items() if key != "command"}
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            _say(len(steps), step)
    return steps


def _say(number: int, step: Step) -> None:
    mark = click.style("ok", fg="green") if step.ok else click.style("FAILED", fg="red", bold=True)
    click.echo(f"{number:>2}. {step.step}  [{mark}]")
    click.secho(f"    $ {step.command}", dim=True)
    width = shutil.get_terminal_size().columns
    for line in step.observed.splitlines():
        click.echo(
            textwrap.fill(plain(line), width, initial_indent="    ", subsequent_indent="      ", **_AS_IT_IS)
        )
    if not step.ok:
        click.echo(f"    expected: {step.expected}")
    click.echo()


def _say_what_to_try(world: World, failed: list[Step]) -> None:
    if failed:
        click.secho(f"{len(failed)} step(s) did not go as expected.", fg="red", bold=True)
    programs = sys.executable.rsplit("/", 1)[0]
    click.echo(f"Liftgate is running at {world.address}, with an embedded AWS. Ctrl-C stops both.\n")
    click.echo(f"In a browser, as Ada, who may only read: {world.address}/\n")
    click.echo(
        '  1. Sign in as Ada. Choose Ask, paste s3://lakeside-reports/2026/ and press "Fill in the form".'
    )
    click.echo("  2. How long: 2m. Why: trying Liftgate. Press Ask: two minutes of writing need no review.")
    click.echo(
        "  3. Copy the command that you are shown, and run it in another terminal, with README.md for FILE.\n"
    )
    click.echo("That terminal first needs these lines, with or without a browser:\n")
    click.echo(f"  cd {shlex.quote(str(Path.cwd()))}")
    click.echo(f'  export PATH="{programs}:$PATH"')
    click.echo(f"  export AWS_CONFIG_FILE={world.aws_config}")
    click.echo(f"  export AWS_PROFILE=baseline LIFTGATE_SERVER={world.address}\n")
    click.echo("Without a browser, in this order; then the last one again after a minute:\n")
    click.echo("  aws s3 cp README.md s3://lakeside-reports/2026/")
    click.echo('  liftgate request s3://lakeside-reports/2026/ --write --for 1m --reason "trying Liftgate"')
    click.echo("  aws s3 cp README.md s3://lakeside-reports/2026/ --profile liftgate\n")
    click.echo(f"Who may ask for what: {world.catalogue}")
    sys.stdout.flush()


def _leave_running(world: World) -> None:
    try:
        world.wait()
    except KeyboardInterrupt:
        click.echo("\nStopping.")
