"""What Slack needs of a store, said as a protocol."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The message that shows a request."""

    request_id: str
    channel: str
    ts: str
    digest: str  # of what it says


class SlackBook(Protocol):
    """Where requests are shown, and whose Slack users people are; in one transaction."""

    def message(self, request_id: str) -> Shown | None:
        """The message that shows a request."""

    def keep_message(self, shown: Shown) -> None:
        """A message, in place of what was known of it before."""

    def add_code(self, code_hash: str, person_id: str, *, expires_at: datetime) -> None:
        """A code that was handed to somebody; earlier ones of theirs are worth nothing from then on."""

    def use_code(self, code_hash: str, *, now: datetime) -> str | None:
        """Whose code it is, once; None for one that is used, over or none."""

    def link(self, user: str, person_id: str, *, at: datetime) -> None:
        """A Slack user is a person's from now on, and nobody else's."""

    def unlink(self, person_id: str) -> tuple[str, ...]:
        """A person's Slack users are theirs no more; which those were."""

    def users(self, people: frozenset[str]) -> frozenset[str]:
        """The Slack users of some people, by proof."""

    def person(self, user: str) -> str | None:
        """Whose Slack user it is, by proof."""
