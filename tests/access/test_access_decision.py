"""May they? What the catalogue says to an ask, and each attack on a ceiling that a requester can type."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.access.access_examples import NOON, PEOPLE, ask, catalogue, entitlement

from liftgate.access.decision import Allowed, Refused, decide
from liftgate.access.model import Ask
from liftgate.catalogue.model import Catalogue, JustificationRule, Mechanism, WithoutReview
from liftgate.errors import LiftgateError
from liftgate.iam.scope import Location

WRITE = frozenset({"s3:PutObject"})
DELETE = frozenset({"s3:DeleteObject"})


def allowed(what: Ask, by: Catalogue | None = None, who: str = "ada") -> Allowed:
    decision = decide(what, PEOPLE[who], by or catalogue(), NOON)
    assert isinstance(decision, Allowed), decision
    return decision


def refused(what: Ask, by: Catalogue | None = None, who: str = "ada") -> tuple[LiftgateError, ...]:
    decision = decide(what, PEOPLE[who], by or catalogue(), NOON)
    assert isinstance(decision, Refused), decision
    return decision.because


def codes(because: tuple[LiftgateError, ...]) -> list[str]:
    return [reason.code for reason in because]


def test_what_lies_inside_is_allowed_and_needs_the_entitlements_approvals() -> None:
    decision = allowed(ask("s3://reports/2026/q3/"))
    assert decision.by.name == "reports-write"
    assert decision.approvals_needed == 1
    assert decision.scope.locations == {Location("reports", "2026/q3/*")}


def test_a_path_without_a_slash_means_the_object_and_all_under_it() -> None:
    assert allowed(ask("s3://reports/2026/q3")).scope.locations == {
        Location("reports", "2026/q3"),
        Location("reports", "2026/q3/*"),
    }


def test_of_two_readings_the_one_inside_the_ceiling_is_taken() -> None:
    assert allowed(ask("s3://reports/2026")).scope.locations == {Location("reports", "2026/*")}


@pytest.mark.parametrize(
    "place",
    [
        "s3://reports/",
        "s3://reports/2025/",
        "s3://reports/2026-secret/",
        "s3://reports/202",
        "s3://reports/2026*",
        "s3://reports/*/2026/",
        "s3://reports/?026/",
        "s3://reports/20",
        "s3://reports/*",
        "s3://payroll/2026/",
        "s3://reports-eu/2026/",
        "s3://report/2026/",
        "s3://reports/x2026/",
        "s3://reports/Reports/2026/",
        "arn:aws-cn:s3:::reports/2026/*",
    ],
)
def test_what_lies_outside_is_refused_and_the_excess_named(place: str) -> None:
    (reason,) = refused(ask(place))
    assert reason.code == "outside_ceiling"
    assert "`reports-write` does not hold" in reason.sentence
    assert reason.advice


def test_only_the_part_outside_is_named() -> None:
    (reason,) = refused(ask("s3://reports/2026/", "s3://payroll/x/"))
    assert "payroll" in reason.sentence
    assert "s3://reports" not in reason.sentence


def test_an_action_outside_is_refused_and_named() -> None:
    writes_only = catalogue(entitlement(actions=WRITE))
    (reason,) = refused(ask(actions=WRITE | DELETE), writes_only)
    assert reason.code == "outside_ceiling"
    assert "delete" in reason.sentence.lower()


def test_all_reasons_are_given_at_once() -> None:
    demanding = catalogue(
        entitlement(
            justification=JustificationRule(at_least=10, ticket_required=True, ticket_pattern="[A-Z]+-[0-9]+")
        )
    )
    because = refused(ask("s3://payroll/", duration=timedelta(hours=2), justification="x"), demanding)
    assert codes(because) == ["outside_ceiling", "too_long", "justification_too_short", "ticket_needed"]


def test_the_longest_duration_is_allowed_and_a_second_more_is_not() -> None:
    assert allowed(ask(duration=timedelta(hours=1))).by.longest == timedelta(hours=1)
    assert codes(refused(ask(duration=timedelta(hours=1, seconds=1)))) == ["too_long"]


@pytest.mark.parametrize(
    ("ticket", "fits"), [("OPS-12", True), ("ops-12", False), ("OPS-12\n", False), ("xOPS-12", False)]
)
def test_a_ticket_must_match_as_a_whole(ticket: str, fits: bool) -> None:
    strict = catalogue(
        entitlement(justification=JustificationRule(at_least=0, ticket_pattern="[A-Z]+-[0-9]+"))
    )
    decision = decide(ask(ticket=ticket), PEOPLE["ada"], strict, NOON)
    assert isinstance(decision, Allowed) is fits


def test_without_review_holds_only_for_its_time_and_actions() -> None:
    quick = catalogue(entitlement(without_review=WithoutReview(longest=timedelta(minutes=5), actions=WRITE)))
    assert allowed(ask(duration=timedelta(minutes=5)), quick).approvals_needed == 0
    assert allowed(ask(duration=timedelta(minutes=6)), quick).approvals_needed == 1
    assert allowed(ask(duration=timedelta(minutes=5), actions=WRITE | DELETE), quick).approvals_needed == 1


def test_the_entitlement_with_the_fewest_approvals_is_found() -> None:
    both = catalogue(entitlement("a-strict", approvals=2), entitlement("b-lax", approvals=1))
    assert allowed(ask(), both).by.name == "b-lax"
    assert allowed(ask(entitlement="a-strict"), both).by.name == "a-strict"


BOTH_WAYS = catalogue(
    entitlement("a-in-place", approvals=0, mechanism=Mechanism.IN_PLACE), entitlement("lent", approvals=2)
)


def test_where_both_ways_would_do_a_session_is_lent_unless_in_place_is_asked_for() -> None:
    assert allowed(ask(), BOTH_WAYS).by.name == "lent"
    assert allowed(ask(mechanism=Mechanism.SESSION), BOTH_WAYS).by.name == "lent"
    assert allowed(ask(mechanism=Mechanism.IN_PLACE), BOTH_WAYS).by.name == "a-in-place"


def test_an_entitlement_is_given_in_its_own_way_alone() -> None:
    in_place = ask(entitlement="lent", mechanism=Mechanism.IN_PLACE)
    (reason,) = refused(in_place, BOTH_WAYS)
    assert (reason.code, reason.advice) == ("other_mechanism", "leave --in-place out")
    (reason,) = refused(ask(entitlement="a-in-place", mechanism=Mechanism.SESSION), BOTH_WAYS)
    assert (reason.code, reason.advice) == ("other_mechanism", "add --in-place")
    assert codes(refused(ask(mechanism=Mechanism.IN_PLACE), catalogue())) == ["other_mechanism"]


def test_an_entitlement_of_others_looks_like_none() -> None:
    others = catalogue(entitlement(), entitlement("theirs", requesters=frozenset({"linus"})))
    (reason,) = refused(ask(entitlement="theirs"), others)
    (unknown,) = refused(ask(entitlement="nothing"), others)
    assert reason.code == unknown.code == "no_such_entitlement"
    assert reason.sentence.replace("theirs", "nothing") == unknown.sentence


def test_a_misspelt_entitlement_is_suggested() -> None:
    (reason,) = refused(ask(entitlement="report-write"))
    assert reason.advice == "did you mean `reports-write`?"


def test_somebody_with_no_entitlement_is_told_whom_to_ask() -> None:
    (reason,) = refused(ask(), who="eve")
    assert reason.code == "nothing_to_ask_for"
    assert "requesters" in reason.advice


def test_the_nearest_entitlement_explains_the_refusal() -> None:
    two = catalogue(
        entitlement("a-payroll", locations=frozenset({Location("payroll", "*")})),
        entitlement("b-reports"),
    )
    because = refused(ask("s3://reports/2026/", duration=timedelta(hours=3)), two)
    assert codes(because) == ["too_long"]
    assert "b-reports" in because[0].sentence


@pytest.mark.parametrize(
    ("ahead", "fits"),
    [
        (timedelta(seconds=-30), True),
        (timedelta(minutes=-2), False),
        (timedelta(days=29), True),
        (timedelta(days=31), False),
    ],
)
def test_a_start_lies_between_now_and_thirty_days(ahead: timedelta, fits: bool) -> None:
    decision = decide(ask(starts_at=NOON + ahead), PEOPLE["ada"], catalogue(), NOON)
    assert isinstance(decision, Allowed) is fits


def test_keys_of_kms_outside_the_ceiling_are_refused() -> None:
    foreign = replace(ask(), kms_keys=frozenset({"arn:aws:kms:us-east-1:111122223333:key/abc"}))
    assert codes(refused(foreign)) == ["outside_ceiling"]
