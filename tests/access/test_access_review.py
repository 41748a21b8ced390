"""Who agrees: the moves of a pending request, and who may not make them."""

from datetime import timedelta

import pytest
from tests.access.access_examples import NOON, caller, catalogue, entitlement, request

from liftgate.access.ending import give_back, may_revoke, revoke
from liftgate.access.errors import AlreadyReviewed, MayNotRevoke, NotAReviewer, NotTheRequester, SelfReview
from liftgate.access.model import Answer, EndingKind, Review
from liftgate.access.review import answer_request, cancel, grant_for
from liftgate.access.sight import may_see, reviewable_entitlements
from liftgate.access.stages import current, steps_of
from liftgate.access.state import Active, Pending
from liftgate.catalogue.model import Catalogue

ONE = catalogue()
TWO = catalogue(entitlement(approvals=2, reviewers=frozenset({"grace", "linus", "sec"})))
PENDING = Pending(request(), ())
LIVE = Active(grant_for(request(), grant_id="gr-0123456789abcdef", now=NOON))


def answer(pending: Pending, name: str, by: Catalogue = ONE, said: Answer = Answer.APPROVE) -> Review:
    steps = steps_of(pending.request, pending.approvals, by, NOON)
    return answer_request(pending, caller(name), said, "fine", steps=steps, now=NOON)


def approve(pending: Pending, name: str, by: Catalogue = ONE) -> Review:
    return answer(pending, name, by)


def is_enough(pending: Pending, review: Review, by: Catalogue) -> bool:
    return current(steps_of(pending.request, (*pending.approvals, review), by, NOON)) is None


def test_a_reviewer_approves() -> None:
    review = approve(PENDING, "grace")
    assert (review.reviewer, review.answer, review.comment) == ("grace", Answer.APPROVE, "fine")
    assert is_enough(PENDING, review, ONE)


def test_nobody_reviews_their_own_request_even_as_a_reviewer() -> None:
    own = Pending(request(requester="linus"), ())
    with pytest.raises(SelfReview) as refusal:
        approve(own, "linus")
    assert "grace" in refusal.value.advice
    assert "linus" not in refusal.value.advice


def test_another_identity_of_the_requester_is_still_the_requester() -> None:
    second = caller("linus", by="arn:aws:iam::111122223333:user/linus-admin")
    own = Pending(request(requester="linus"), ())
    steps = steps_of(own.request, (), ONE, NOON)
    with pytest.raises(SelfReview):
        answer_request(own, second, Answer.APPROVE, "", steps=steps, now=NOON)


def test_a_requester_cannot_deny_their_own_request_either() -> None:
    with pytest.raises(SelfReview):
        answer(Pending(request(requester="linus"), ()), "linus", said=Answer.DENY)


def test_a_stranger_cannot_review() -> None:
    with pytest.raises(NotAReviewer) as refusal:
        approve(PENDING, "eve")
    assert refusal.value.advice == "one of its reviewers must answer it: grace or linus"


def test_a_guard_who_is_no_reviewer_cannot_review() -> None:
    with pytest.raises(NotAReviewer):
        approve(PENDING, "sec")


def test_two_approvals_need_two_people() -> None:
    first = approve(PENDING, "grace", TWO)
    assert not is_enough(PENDING, first, TWO)
    half = Pending(PENDING.request, (first,))
    with pytest.raises(AlreadyReviewed):
        approve(half, "grace", TWO)
    assert is_enough(half, approve(half, "sec", TWO), TWO)


def test_an_approval_of_somebody_who_is_no_reviewer_any_more_does_not_count() -> None:
    first = approve(PENDING, "linus", TWO)
    without_linus = catalogue(entitlement(approvals=2, reviewers=frozenset({"grace", "sec"})))
    half = Pending(PENDING.request, (first,))
    assert not is_enough(half, approve(half, "grace", without_linus), without_linus)


def test_a_rule_made_stricter_while_waiting_counts() -> None:
    assert not is_enough(PENDING, approve(PENDING, "grace", TWO), TWO)


def test_a_rule_made_laxer_while_waiting_does_not_count() -> None:
    strict = Pending(request(approvals_needed=2), ())
    assert not is_enough(strict, approve(strict, "grace"), ONE)


def test_a_denial_is_never_enough_to_approve() -> None:
    denial = answer(PENDING, "grace", said=Answer.DENY)
    assert not is_enough(PENDING, denial, ONE)


def test_only_the_requester_cancels() -> None:
    assert cancel(PENDING, caller("ada"), now=NOON).by == "ada"
    with pytest.raises(NotTheRequester):
        cancel(PENDING, caller("grace"), now=NOON)


@pytest.mark.parametrize("name", ["grace", "linus", "sec"])
def test_reviewers_and_guards_revoke(name: str) -> None:
    ending = revoke(LIVE, caller(name), "seen enough", catalogue=catalogue(), now=NOON)
    assert (ending.kind, ending.by) == (EndingKind.REVOKED, name)


@pytest.mark.parametrize("name", ["ada", "eve", "audit"])
def test_others_do_not_revoke(name: str) -> None:
    with pytest.raises(MayNotRevoke):
        revoke(LIVE, caller(name), "", catalogue=catalogue(), now=NOON)


def test_a_guard_revokes_a_grant_whose_entitlement_is_gone() -> None:
    gone = catalogue(entitlement("another"))
    assert may_revoke("sec", "reports-write", gone)
    assert not may_revoke("grace", "reports-write", gone)


def test_only_the_requester_returns() -> None:
    assert give_back(LIVE, caller("ada"), "done", now=NOON).kind is EndingKind.RETURNED
    with pytest.raises(NotTheRequester):
        give_back(LIVE, caller("sec"), "", now=NOON)


def test_who_sees_what() -> None:
    seen_by = {
        name
        for name in ("ada", "grace", "linus", "sec", "audit", "eve")
        if may_see(name, requester="ada", entitlement="reports-write", catalogue=catalogue())
    }
    assert seen_by == {"ada", "grace", "linus", "sec", "audit"}
    assert reviewable_entitlements("eve", catalogue()) == frozenset()


def test_a_start_that_has_passed_by_the_time_of_approval_begins_then() -> None:
    late = request(starts_at=NOON + timedelta(hours=1))
    window = grant_for(late, grant_id="gr-0123456789abcdef", now=NOON + timedelta(hours=3)).window
    assert window.starts_at == NOON + timedelta(hours=3)
