"""``liftgate exec``: run a command with lent credentials in its environment."""

import os
import sys

import click

from liftgate.cli.aws_config import profile_settings
from liftgate.cli.borrowing import borrow
from liftgate.cli.exit_code import ExitCode
from liftgate.cli.options import SHARED, client_options, given_options
from liftgate.cli.process_environment import process_environment
from liftgate.cli.profile_install import aws_config_path
from liftgate.cli.settings import Settings, read_settings
from liftgate.plain_text import plain


@click.command(
    "exec", epilog=SHARED, context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option("--grant", metavar="ID", help="The grant to borrow under; without it, your only active one.")
@client_options
@click.argument("words", nargs=-1, required=True, metavar="-- CMD…", type=click.UNPROCESSED)
@click.pass_context
def command(context: click.Context, grant: str | None, words: tuple[str, ...]) -> None:
    """Run a command with lent credentials in its environment.

    For programs that know no AWS profiles. The credentials are not renewed while it runs; use a profile
    (liftgate profile install) for what takes longer than a session.
    """
    settings = read_settings(given_options(context), os.environ)
    borrowed = borrow(settings, grant)
    environment = process_environment(os.environ, borrowed, _profile(settings))
    sys.stdout.flush()
    try:
        os.execvpe(words[0], list(words), environment)  # noqa: S606 - running what the user typed is the command's purpose
    except FileNotFoundError:
        _fail(f"there is no command `{words[0]}`", ExitCode.NO_SUCH_PROGRAM)
    except (OSError, ValueError) as error:
        _fail(f"`{words[0]}` cannot be run: {error}", ExitCode.CANNOT_RUN)


def _profile(settings: Settings) -> dict[str, str]:
    name = (
        settings.profile
        or os.environ.get("AWS_PROFILE")
        or os.environ.get("AWS_DEFAULT_PROFILE")
        or "default"
    )
    try:
        text = aws_config_path(os.environ).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    return profile_settings(text, name) or {}


def _fail(sentence: str, code: ExitCode) -> None:
    print(f"liftgate: {plain(sentence)}", file=sys.stderr)
    raise click.exceptions.Exit(code)
