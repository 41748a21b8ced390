"""What a pending request waits for, in the words in which everybody is told."""

from datetime import datetime

from liftgate.access.model import RequestRecord
from liftgate.access.review import people_in_words
from liftgate.access.stages import current, may_still_answer, steps_of
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
    who = people_in_words(may_still_answer(turn, record.reviews))
    stage = f" (stage {turn.stage.name}, {turn.number + 1} of {len(steps)})" if len(steps) > 1 else ""
    return f"{turn.left} approval{'' if turn.left == 1 else 's'} of {who}{stage}"
