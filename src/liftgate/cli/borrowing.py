"""Borrows for a command: from the cache alone where that is enough, with the network only where it is not."""

import os

from liftgate.cli.borrow import Borrower
from liftgate.cli.choices import SIGNING_IN
from liftgate.cli.connection import connect
from liftgate.cli.errors import OwnCredentials
from liftgate.cli.identifiers import grant_id
from liftgate.cli.settings import Settings
from liftgate.cli.shelf import Borrowed, Shelf
from liftgate.cli.terminal import warn
from liftgate.clock import system_clock


def borrow(settings: Settings, grant: str | None) -> Borrowed:
    """A session under the named grant, or the only active one."""
    if os.environ.get(SIGNING_IN):
        raise OwnCredentials(
            "the AWS profile that should prove who is asking runs liftgate itself",
            advice="name the profile that you hold all day: --profile NAME, or LIFTGATE_PROFILE",
            where="--profile",
        )
    wanted = grant_id(grant) if grant else None
    borrower = Borrower(
        shelf=Shelf(settings, warn), connect=lambda: connect(settings).api, clock=system_clock, warn=warn
    )
    return borrower.borrow(wanted)
