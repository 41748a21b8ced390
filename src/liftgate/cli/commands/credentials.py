"""``liftgate credentials``: a credential_process for AWS SDKs and tools. ``quick`` answers before this where it can."""

import os

import click

from liftgate.cli.borrowing import borrow
from liftgate.cli.options import SHARED, client_options, given_options
from liftgate.cli.settings import read_settings
from liftgate.cli.terminal import say


@click.command("credentials", epilog=SHARED)
@click.option("--grant", metavar="ID", help="The grant to borrow under; without it, your only active one.")
@client_options
@click.pass_context
def command(context: click.Context, grant: str | None) -> None:
    """Print credentials for AWS tools: their credential_process.

    Borrowed sessions are kept on this machine, shared by all your processes, and renewed before they end, for as
    long as the grant's window goes on.
    """
    say(borrow(read_settings(given_options(context), os.environ), grant).document)
