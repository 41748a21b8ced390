"""What commands need of the server, said as a protocol; ``api`` fulfils it, and is imported only when it is called."""

from datetime import timedelta
from typing import Protocol

from liftgate.cli.fields import JsonObject


class Api(Protocol):
    """Calls of the API. ``path`` is what follows ``/api/v1``. Raises any family of ``liftgate.errors``."""

    def get(self, path: str, **query: str | int | None) -> JsonObject:
        """Ask for something."""

    def post(self, path: str, body: JsonObject | None = None) -> JsonObject:
        """Make or change something, once, even where the call has to be repeated."""

    @property
    def server_ahead(self) -> timedelta:
        """How far the server's clock is ahead of ours; zero where they agree within two seconds."""
