"""What can go wrong between an ask and a grant."""

from liftgate.errors import Conflict, Invalid, NotFound, Refused, Unavailable


class OutsideCeiling(Refused):
    """More was asked for than the entitlement's ceiling holds."""

    code = "outside_ceiling"


class TooLong(Refused):
    """A longer time was asked for than the entitlement allows."""

    code = "too_long"


class JustificationTooShort(Refused):
    """The reason is missing, or says too little."""

    code = "justification_too_short"


class TicketNeeded(Refused):
    """The entitlement wants a ticket, and none that fits was named."""

    code = "ticket_needed"


class RefusedByRule(Refused):
    """The entitlement refuses such asks outright."""

    code = "refused_by_rule"


class NobodyReviews(Refused):
    """No stage of review applies, and it is not free of review either."""

    code = "nobody_reviews"


class TooLongInAll(Refused):
    """A grant and all that extends it would be longer than the entitlement allows."""

    code = "too_long_in_all"


class NoBreakGlass(Refused):
    """The entitlement has no way around its review for this person."""

    code = "no_break_glass"


class BreakGlassOverdue(Refused):
    """Somebody must look at what was done in the last emergency first."""

    code = "break_glass_overdue"


class TicketUnknown(Refused):
    """The tracker knows no such ticket."""

    code = "ticket_unknown"


class TicketNotOpen(Refused):
    """The ticket is done, or was never begun."""

    code = "ticket_not_open"


class TrackerDown(Unavailable):
    """The tracker did not say in time whether the ticket is open."""

    code = "tracker_down"


class TrackerUnset(Unavailable):
    """The catalogue names a tracker that the server's settings do not have."""

    code = "tracker_unset"


class NotARequester(Refused):
    """The entitlement is not for this person."""

    code = "not_a_requester"


class NoSuchEntitlement(NotFound):
    """The catalogue has no entitlement of that name that this person may ask for."""

    code = "no_such_entitlement"


class NothingToAskFor(Refused):
    """No entitlement is for this person at all."""

    code = "nothing_to_ask_for"


class OtherMechanism(Refused):
    """The entitlement's grants reach their requester in another way than was asked for."""

    code = "other_mechanism"


class StartOutOfRange(Invalid):
    """The start lies in the past, or too far ahead."""

    code = "start_out_of_range"


class TextRefused(Invalid):
    """A text has a form that could mislead its reader, or is too long."""

    code = "text_refused"


class NoSuchRequest(NotFound):
    """No request of that id that this caller may see."""

    code = "no_such_request"


class NoSuchGrant(NotFound):
    """No grant of that id that this caller may see."""

    code = "no_such_grant"


class SelfReview(Refused):
    """Nobody answers their own request, by whichever identity."""

    code = "self_review"


class NotAReviewer(Refused):
    """The entitlement names others as its reviewers."""

    code = "not_a_reviewer"


class AlreadyReviewed(Conflict):
    """Each reviewer answers a request once."""

    code = "already_reviewed"


class RequestClosed(Conflict):
    """The request is no longer waiting for an answer."""

    code = "request_closed"


class EntitlementChanged(Conflict):
    """The catalogue changed since the request was made, and it no longer fits."""

    code = "entitlement_changed"


class NotTheRequester(Refused):
    """Only the requester may do this."""

    code = "not_the_requester"


class MayNotRevoke(Refused):
    """Only a reviewer of the entitlement or a guard may revoke."""

    code = "may_not_revoke"


class MayNotDrill(Refused):
    """Only a guard may order a revocation drill."""

    code = "may_not_drill"


class GrantClosed(Conflict):
    """The grant is over already."""

    code = "grant_closed"


class KeyReused(Conflict):
    """An Idempotency-Key was used again for another call."""

    code = "idempotency_key_reused"


class PersonHeld(Refused):
    """Somebody gets nothing new until two guards have released the hold on them."""

    code = "person_held"


class NoSuchPerson(NotFound):
    """The catalogue knows nobody of that id."""

    code = "no_such_person"


class MayNotHold(Refused):
    """Only guards put others on hold; everybody may put themselves."""

    code = "may_not_hold"


class FromBeforeHold(Refused):
    """What somebody asked for or approved counts no more, since they were shut out after it."""

    code = "from_before_hold"


class MayNotRelease(Refused):
    """Only guards release a hold, and never their own."""

    code = "may_not_release"


class NoSuchHold(NotFound):
    """No hold is on this person that this caller could release."""

    code = "no_such_hold"


class AlreadyReleased(Conflict):
    """Each guard releases a hold once: another one must say so too."""

    code = "already_released"


class NotThisStage(Refused):
    """Others answer the stage that the request is at."""

    code = "not_this_stage"


class NeededLater(Refused):
    """Each person counts in one stage only, and a later one cannot do without this one."""

    code = "needed_later"


class NotLess(Refused):
    """A reviewer may approve less than was asked for, never more."""

    code = "not_less"


class NothingLeft(Refused):
    """What several reviewers approved has nothing in common."""

    code = "nothing_left"


class NotExtendable(Conflict):
    """The grant cannot be gone on from: it is over, or somebody has asked for that already."""

    code = "not_extendable"


class BadAbsence(Invalid):
    """The span or the delegate of an absence is not possible."""

    code = "bad_absence"


class ReviewsNothing(Refused):
    """Nobody needs to stand in for somebody who reviews nothing."""

    code = "reviews_nothing"


class NoSuchAbsence(NotFound):
    """No absence of that id that is this caller's."""

    code = "no_such_absence"


class NotBreakGlass(Conflict):
    """The request was no emergency, so there is nothing to conclude."""

    code = "not_break_glass"


class MayNotConclude(Refused):
    """Only those who look at emergencies conclude, and never of their own."""

    code = "may_not_conclude"


class ConcludedAlready(Conflict):
    """Somebody looked at it before."""

    code = "concluded_already"
