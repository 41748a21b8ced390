"""What Slack needs of a store, said as a protocol."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The message that shows a request."""

    request_id: str
    channel: str
    ts: str
    digest: str  # of what it says


class SlackBook(Protocol):
    """Where requests are shown, in one transaction."""

    def message(self, request_id: str) -> Shown | None:
        """The message that shows a request."""

    def keep_message(self, shown: Shown) -> None:
        """A message, in place of what was known of it before."""
