"""A request's ticket is looked up again when it is approved."""

from datetime import datetime

from liftgate.access.model import Answer, RequestRecord
from liftgate.access.state import Pending, request_state
from liftgate.access.ticket import TicketSeen, Trackers, see_ticket
from liftgate.catalogue.model import Catalogue


def ticket_at_approval(
    record: RequestRecord | None,
    people: frozenset[str],
    answer: Answer,
    *,
    catalogue: Catalogue,
    trackers: Trackers | None,
    now: datetime,
) -> TicketSeen | None:
    """What the tracker says when one of ``people``, whoever approves and for whom, is a reviewer; it is asked for nobody else.

    Raises what ``see_ticket`` raises.
    """
    if record is None or answer is not Answer.APPROVE:
        return None
    request = record.request
    entitlement = catalogue.entitlements.get(request.entitlement)
    if entitlement is None or not isinstance(request_state(record, now), Pending):
        return None
    if request.requester in people or not people & entitlement.review.reviewers:
        return None
    return see_ticket(request.ticket, entitlement.justification, trackers)
