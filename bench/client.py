"""A caller of the HTTP API that costs little itself: one connection kept alive, plain JSON.

It sends what `liftgate` sends, an Idempotency-Key on each POST included.
"""

import json
import uuid
from http.client import HTTPConnection
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

_API: Final = "/api/v1"


class Client:
    """One person, signed in by the demo's local sign-in."""

    def __init__(self, address: str, person: str) -> None:
        parts = urlsplit(address)
        assert parts.hostname is not None
        self._connection = HTTPConnection(parts.hostname, parts.port, timeout=30)
        self._numbers = count(1)
        self._token: str | None = None
        self._token = self.post("/sign-ins", {"method": "local", "person": person})["token"]

    def lend(self) -> dict[str, Any]:
        """Ask for a place that nobody asked for before, and take the credentials: two calls."""
        body = {
            "actions": ["write"],
            "locations": [f"s3://lakeside-reports/2026/job-{next(self._numbers)}/"],
            "duration_seconds": 1200,
            "justification": "Mend the figures of the third quarter",
        }
        request = self.post("/requests", body)
        return self.post(f"/grants/{request['grant']['id']}/sessions", None)

    def post(self, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """One POST, answered with 201 and a JSON object; anything else is an error."""
        headers = {"Accept": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        self._connection.request("POST", _API + path, content, headers)
        response = self._connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        if response.status != 201:
            raise RuntimeError(f"POST {path}: {response.status} {answer}")
        return answer

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
