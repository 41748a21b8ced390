"""Puts a command in touch with the server: settings, a connection, and a token when one is needed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import randbelow

import click

from liftgate.cli.api import SignedInApi
from liftgate.cli.options import given_options
from liftgate.cli.ports import Wire
from liftgate.cli.proof import sign_in_body
from liftgate.cli.settings import Settings, read_settings
from liftgate.cli.shelf import Shelf
from liftgate.cli.sign_in import TokenSource
from liftgate.cli.terminal import warn
from liftgate.clock import system_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One command's touch with the server. Nothing is sent before something is asked."""

    settings: Settings
    wire: Wire
    tokens: TokenSource
    api: SignedInApi
    shelf: Shelf


@contextmanager
def connection(context: click.Context) -> Iterator[Connection]:
    """The connection that the options, the environment and the client file describe."""
    made = connect(read_settings(given_options(context), os.environ))
    try:
        yield made
    finally:
        made.wire.close()


def connect(settings: Settings) -> Connection:
    """The connection for settings."""
    from liftgate.cli.wire import HttpWire  # noqa: PLC0415 - httpx takes longer to import than all of this

    wire = HttpWire(settings.server, system_clock)
    tokens = TokenSource(
        settings,
        wire,
        prove=lambda signed_at: sign_in_body(settings, signed_at),
        clock=system_clock,
        random_below=randbelow,
        warn=warn,
    )
    return Connection(
        settings=settings,
        wire=wire,
        tokens=tokens,
        api=SignedInApi(wire, tokens.token),
        shelf=Shelf(settings, warn),
    )
