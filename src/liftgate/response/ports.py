"""What responses need of a store, said as protocols. Every method that changes something takes the ledger's draft of it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from liftgate.access.hold import Hold, Release
from liftgate.access.ports import AccessReader, AccessWriter, Effect
from liftgate.ledger.model import Draft
from liftgate.response.model import Response
from liftgate.watch.ports import FindingRecord


class ResponseReader(AccessReader, Protocol):
    """A consistent view of findings, and of what was done about them."""

    def finding(self, finding_id: str) -> FindingRecord | None:
        """One finding."""

    def responses(self, finding_ids: Sequence[str]) -> tuple[Response, ...]:
        """What was done about findings, in the order in which it was."""

    def open_holds(self, person_id: str | None = None) -> tuple[Hold, ...]:
        """Holds that are not over, the oldest first; of one person, or all."""

    def hold_of(self, person_id: str, finding_id: str) -> Hold | None:
        """The hold that a finding placed on somebody, over or not."""


class ResponseWriter(ResponseReader, AccessWriter, Protocol):
    """A transaction that does one step."""

    def add_response(self, response: Response, draft: Draft, effects: Sequence[Effect] = ()) -> bool:
        """A step that was done, with what must follow; False, and nothing of it kept, where it was done before."""

    def place_hold(self, hold: Hold, draft: Draft, effects: Sequence[Effect] = ()) -> bool:
        """A hold, with what must follow; False, and nothing kept, where the same finding placed it before. Whoever asks ``hold_on`` for the person waits."""

    def end_sign_ins_of(self, person_id: str) -> int:
        """Forget all sign-ins of somebody, and what would lead to one; how many browsers and terminals there were."""

    def lock_holds(self, person_id: str) -> tuple[Hold, ...]:
        """Like ``open_holds``; nobody else releases them until this transaction ends."""

    def add_release(self, hold: Hold, release: Release, draft: Draft, *, is_over: bool) -> None:
        """A guard's release of one hold; ``is_over``: it was the last that was needed."""


class ResponseStore(Protocol):
    """Opens transactions."""

    def read(self) -> AbstractContextManager[ResponseReader]:
        """A read-only view."""

    def write(self) -> AbstractContextManager[ResponseWriter]:
        """A writing transaction: committed when the block ends, rolled back when it raises."""
