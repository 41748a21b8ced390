"""What commands need of a server, said as protocols. ``wire`` speaks HTTP, and is imported only when it is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from liftgate.cli.fields import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP call. ``key`` makes a POST safe to repeat."""

    method: str
    path: str  # from the server's base on
    query: Mapping[str, str | int | None] | None = None
    body: JsonObject | None = None
    token: str | None = None
    key: str | None = None


class Wire(Protocol):
    """A connection to one server. Raises any family of ``liftgate.errors``."""

    def send(self, call: Call) -> JsonObject | None:
        """The JSON object that was answered, or None for an answer without content."""

    def lines(self, call: Call) -> Iterator[bytes]:
        """The answer as lines, as it arrives."""

    def close(self) -> None:
        """Hang up."""

    @property
    def server_ahead(self) -> timedelta:
        """How far the server's clock is ahead of ours; zero where they agree within two seconds."""


class Api(Protocol):
    """Calls of the API. ``path`` is what follows ``/api/v1``. Raises any family of ``liftgate.errors``."""

    def get(self, path: str, **query: str | int | None) -> JsonObject:
        """Ask for something."""

    def post(self, path: str, body: JsonObject | None = None) -> JsonObject:
        """Make or change something, once, even where the call has to be repeated."""

    @property
    def server_ahead(self) -> timedelta:
        """How far the server's clock is ahead of ours; zero where they agree within two seconds."""
