"""What a pending request waits for, in the words in which everybody is told."""

from liftgate.access.model import Answer, RequestRecord
from liftgate.access.review import people_in_words
from liftgate.access.state import Pending, RequestState
from liftgate.catalogue.model import Catalogue


def waiting_for(record: RequestRecord, state: RequestState, catalogue: Catalogue) -> str | None:
    """``1 approval of grace or linus``, by the catalogue as it is now; None for a request that waits for nothing."""
    if not isinstance(state, Pending):
        return None
    entitlement = catalogue.entitlements.get(record.request.entitlement)
    if entitlement is None:
        return "its requester to cancel it: the catalogue no longer has its entitlement"
    rule = entitlement.review
    approvers = approved_by(record) & rule.reviewers
    left = max(record.request.approvals_needed, rule.approvals) - len(approvers)
    who = people_in_words(rule.reviewers - approvers - {record.request.requester})
    return f"{left} approval{'' if left == 1 else 's'} of {who}"


def approved_by(record: RequestRecord) -> frozenset[str]:
    """Who has approved so far; nobody's approval of their own request counts."""
    approvers = {review.reviewer for review in record.reviews if review.answer is Answer.APPROVE}
    return frozenset(approvers - {record.request.requester})
