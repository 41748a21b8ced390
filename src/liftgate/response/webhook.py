"""Tells a webhook, signed as Standard Webhooks says (https://www.standardwebhooks.com), so that its receiver knows who says so."""

import hashlib
import json
import math
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from liftgate import VERSION
from liftgate.clock import rfc3339
from liftgate.response.notify import Message, NotDelivered

_PATIENCE: Final = httpx.Timeout(10, connect=5)


class SignedWebhook:
    """One address. Neither it nor its secret is ever shown: of the address, its host alone."""

    def __init__(self, url: str, secret: str, http: httpx.Client) -> None:
        self._url = url
        self._signer = Webhook(secret)
        self._http = http

    @property
    def name(self) -> str:
        """The host."""
        return urlsplit(self._url).hostname or ""

    def send(self, message: Message, now: datetime) -> None:
        """POST a message; whatever but 2xx is a failure, and nobody is sent on elsewhere. Raises ``NotDelivered``."""
        body = json.dumps(
            {"type": message.type, "timestamp": rfc3339(message.at), "data": message.data},
            separators=(",", ":"),
        )
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(math.floor(now.timestamp())),
            "webhook-signature": self._signer.sign(message.id, now, body),
        }
        try:
            # Its body is nobody's business, and may be endless: it is not read.
            with self._http.stream("POST", self._url, content=body.encode(), headers=headers) as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise self._failure(type(fault).__name__) from None  # its text may quote the address
        if not 200 <= status < 300:
            raise self._failure(f"it answered {status}")

    def _failure(self, how: str) -> NotDelivered:
        return NotDelivered(
            f"the webhook at `{self.name}` did not take the message: {how}",
            advice="it is tried again; look there, and at `webhooks` in the settings",
            value=self.name,
        )


def webhook_client() -> httpx.Client:
    """A client that follows nobody elsewhere, and waits for nobody long."""
    return httpx.Client(
        follow_redirects=False, timeout=_PATIENCE, headers={"User-Agent": f"liftgate/{VERSION}"}
    )


def webhook_id(url: str) -> str:
    """A name for an address, which may itself be a secret."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]
