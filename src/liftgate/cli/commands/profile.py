"""``liftgate profile``: make AWS's own tools borrow by themselves."""

import os
import shutil
import sys
from pathlib import Path

import click

from liftgate.cli.errors import OwnCredentials
from liftgate.cli.identifiers import grant_id
from liftgate.cli.options import SHARED, given_options, server_options
from liftgate.cli.profile_install import aws_config_path, install_profile, process_line
from liftgate.cli.settings import read_settings
from liftgate.cli.terminal import say, say_next
from liftgate.plain_text import plain


@click.group("profile")
def command() -> None:
    """Make AWS's own tools borrow by themselves, through a profile."""


@command.command("install", short_help="Write a profile for AWS tools", epilog=SHARED)
@click.option("--profile", "name", default="liftgate", show_default=True, help="The profile to write.")
@click.option(
    "--source-profile",
    "source",
    metavar="NAME",
    help="The profile that proves who you are, and lends its region.",
)
@click.option("--grant", metavar="ID", help="Always borrow under this grant.")
@server_options
@click.pass_context
def install(context: click.Context, name: str, source: str | None, grant: str | None) -> None:
    """Write a profile into the AWS config file, and nothing else in it.

    With it, `aws --profile liftgate …`, and every SDK, borrows a session when it needs one.
    """
    settings = read_settings(given_options(context), os.environ)
    proving = source or settings.profile or _ambient_profile()
    if proving == name:
        raise OwnCredentials(
            f"`{name}` cannot prove who you are: it is the profile that would be written",
            advice="name the profile that you hold all day: --source-profile NAME",
            where="--source-profile",
        )
    process = process_line(
        _program(), settings, source_profile=proving, grant=grant_id(grant) if grant else None
    )
    done = install_profile(aws_config_path(os.environ), name, process, source_profile=proving)
    verb = "Wrote" if done.changed else "Nothing to change:"
    say(f"{verb} profile {name} in {plain(str(done.path))}")
    say_next(f"aws --profile {name} s3 ls")


def _ambient_profile() -> str | None:
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return None  # credentials in the environment come before any profile
    return os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"


def _program() -> str:
    """The path by which others can start us."""
    started_as = Path(sys.argv[0])
    if started_as.name == "liftgate" and started_as.exists():
        return str(started_as.absolute())
    return shutil.which("liftgate") or str(Path(sys.executable).with_name("liftgate"))
