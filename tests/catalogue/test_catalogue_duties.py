"""Whose reviews somebody answers, found without going through all entitlements for each look."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.access.rules_desk import HOUR, catalogue, rule, ruled, stage

from liftgate.access.sight import reviewable_entitlements
from liftgate.catalogue.model import BreakGlass, Catalogue, Entitlement

NAMES = ("ada", "grace", "linus", "kathy")
PEOPLE = st.frozensets(st.sampled_from(NAMES), max_size=3)


def entitlement(
    number: int, first: frozenset[str], later: frozenset[str], lookers: frozenset[str], delegable: bool
) -> Entitlement:
    glass = BreakGlass(by=frozenset(), longest=HOUR, review_within=timedelta(hours=4), reviewers=lookers)
    stages = (stage("a", *first, escalate_to=later), stage("b", *later))
    return replace(ruled(rule(*stages, delegable=delegable)), name=f"e{number}", break_glass=glass)


CATALOGUES = st.lists(st.tuples(PEOPLE, PEOPLE, PEOPLE, st.booleans()), max_size=4).map(
    lambda drawn: catalogue(*(entitlement(number, *one) for number, one in enumerate(drawn)))
)


@given(CATALOGUES, st.sampled_from(NAMES), PEOPLE)
def test_duties_are_what_a_look_through_all_finds(
    drawn: Catalogue, person: str, stands_for: frozenset[str]
) -> None:
    all_of_them = drawn.entitlements.items()
    duties = drawn.duties_of(person)
    assert duties.answers == {name for name, one in all_of_them if person in one.review.reviewers}
    assert duties.looks_at == {
        name for name, one in all_of_them if one.break_glass and person in one.break_glass.reviewers
    }
    assert reviewable_entitlements(person, drawn, stands_for) == {
        name
        for name, one in all_of_them
        if person in one.reviewers or (one.review.delegable and stands_for & one.review.reviewers)
    }


def test_duties_are_found_once_for_each_version() -> None:
    first = catalogue(entitlement(1, frozenset({"grace"}), frozenset(), frozenset(), delegable=True))
    assert first.duties_of("grace") is first.duties_of("grace")
    other = replace(first, entitlements={})
    assert other.duties_of("grace").answers == frozenset()
    assert first == replace(first)  # whether somebody has asked makes no difference
