"""What a pending request waits for, in the words in which everybody is told."""

from collections.abc import Sequence
from datetime import datetime

from liftgate.access.model import RequestRecord
from liftgate.access.review import people_in_words
from liftgate.access.stages import (
    Step,
    answered_by,
    can_be_met,
    current,
    may_still_answer,
    needed_later,
    steps_of,
)
from liftgate.access.state import Pending, RequestState
from liftgate.catalogue.model import Catalogue


def waiting_for(
    record: RequestRecord, state: RequestState, catalogue: Catalogue, now: datetime
) -> str | None:
    """``1 approval of grace or linus``, by the catalogue as it is now; None for a request that waits for nothing."""
    if not isinstance(state, Pending):
        return None
    if record.request.entitlement not in catalogue.entitlements:
        return "its requester to cancel it: the catalogue no longer has its entitlement"
    steps = steps_of(record.request, record.reviews, catalogue, now)
    turn = current(steps)
    if turn is None:
        return "another approval: the catalogue wants less by now than when it was asked for"
    if not can_be_met(steps, record.reviews):
        return (
            "people whom the catalogue does not have: too few are left for its stages; deny it, or cancel it"
        )
    who = people_in_words(may_still_answer(turn, steps, record.reviews))
    stage = f" (stage {turn.stage.name}, {turn.number + 1} of {len(steps)})" if len(steps) > 1 else ""
    return f"{turn.left} approval{'' if turn.left == 1 else 's'} of {who}{stage}{_kept(turn, steps, record)}"


def _kept(turn: Step, steps: Sequence[Step], record: RequestRecord) -> str:
    """Who could answer, and is kept for a later stage."""
    kept = needed_later(turn.may_answer - answered_by(record.reviews), steps, record.reviews)
    return f"; {people_in_words(kept)} must answer later" if kept else ""
