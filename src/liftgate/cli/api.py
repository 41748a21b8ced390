"""The server's HTTP API as a signed-in caller sees it."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from liftgate.cli.fields import JsonObject, as_object
from liftgate.cli.ports import Call, Wire
from liftgate.cli.problem import ServerSaysUnauthenticated

PREFIX: Final = "/api/v1"


class SignedInApi:
    """The API with a token on each call. Where a token is refused, a new sign-in is tried, once."""

    def __init__(self, wire: Wire, token: Callable[[str | None], str]) -> None:
        self._wire = wire
        self._token = token  # takes the token that was just refused, or None

    def get(self, path: str, **query: str | int | None) -> JsonObject:
        """See ``Api``."""
        return as_object(self._send(Call(method="GET", path=PREFIX + path, query=query)))

    def post(self, path: str, body: JsonObject | None = None) -> JsonObject:
        """See ``Api``."""
        key = str(uuid.uuid4())
        return as_object(self._send(Call(method="POST", path=PREFIX + path, body=body, key=key)))

    def delete(self, path: str) -> None:
        """End something."""
        self._send(Call(method="DELETE", path=PREFIX + path))

    def lines(self, path: str) -> Iterator[bytes]:
        """Ask for JSON Lines."""
        self.get("/me")  # so that an old token is renewed before the stream begins
        call = Call(method="GET", path=PREFIX + path, token=self._token(None))
        return self._wire.lines(call)

    @property
    def server_ahead(self) -> timedelta:
        """See ``Api``."""
        return self._wire.server_ahead

    def _send(self, call: Call) -> JsonObject | None:
        token = self._token(None)
        try:
            return self._wire.send(replace(call, token=token))
        except ServerSaysUnauthenticated:
            renewed = self._token(token)
        return self._wire.send(replace(call, token=renewed))
