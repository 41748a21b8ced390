"""``intersect``, ``equivalent`` and ``is_empty`` against the slow reference."""

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.iam.iam_reference import glob, reference_allows, words
from tests.iam.test_iam_contain import policies, requests
from tests.iam.test_iam_contain_conditions import contexts, limited_policies
from tests.iam.test_iam_contain_variables import allow, deny, policy, small_requests
from tests.iam.test_iam_contain_variables import policies as moving_policies

from liftgate.iam.contain import (
    Contained,
    Equivalent,
    NotContained,
    NotEquivalent,
    Undecided,
    contains,
    equivalent,
    intersect,
    is_empty,
)
from liftgate.iam.evaluate import allows
from liftgate.iam.parse import parse_policy
from liftgate.iam.patterns.automaton import Budget, BudgetSpent
from liftgate.iam.patterns.intersection import NoGlob, shared
from liftgate.iam.policy import Effect, Patterns, Policy, Principals, Statement, to_json
from liftgate.iam.request import Request

GLOBS = st.text(alphabet="ab*?", max_size=6)
TEXTS = tuple(words("abx", 5))


@given(GLOBS, GLOBS)
@example("a*", "*a")
@example("*ab*", "*bc*")
@example("a?*", "?*b")
def test_what_two_globs_share_is_exact(one: str, other: str) -> None:
    found = shared(one, other, Budget(100_000))
    for text in TEXTS:
        assert (glob(one, text) and glob(other, text)) is any(glob(each, text) for each in found)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("h/${aws:username}/*", "h/*", ("h/${aws:username}/*",)),
        ("h/${aws:username}/*", "other/*", ()),
        ("h/*", "h/${aws:username}", ("h/${aws:username}",)),
        ("h/${aws:username}/*", "h/${aws:username}/*.csv", ("h/${aws:username}/*.csv",)),
        ("a${*}b", "a?b", ("a${*}b",)),
    ],
)
def test_a_variable_is_kept_where_it_falls_into_a_star_or_meets_itself(
    one: str, other: str, expected: tuple[str, ...]
) -> None:
    assert shared(one, other, Budget(10_000)) == expected


@pytest.mark.parametrize("other", ["h/a*", "h/?", "h/${aws:userid}", "h/a"])
def test_a_variable_that_may_run_into_something_has_no_glob(other: str) -> None:
    with pytest.raises(NoGlob):
        shared("h/${aws:username}", other, Budget(10_000))


def test_a_pattern_bomb_has_no_glob_in_bounded_steps() -> None:
    bombs = "*a" * 200, "*b" * 200
    budget = Budget(50_000)
    with pytest.raises((NoGlob, BudgetSpent)):
        shared(*bombs, budget)
    one = policy(allow(bombs[0]))
    assert isinstance(intersect(one, policy(allow(bombs[1])), steps=20_000), Undecided)


def check(a: Policy, b: Policy, tried: Iterable[Request]) -> None:
    met = intersect(a, b)
    if isinstance(met, Undecided):
        return
    for request in tried:
        both = reference_allows(a, request) and reference_allows(b, request)
        assert allows(met, request) is both
    assert not isinstance(contains(met, a), NotContained)
    assert not isinstance(contains(met, b), NotContained)


@given(policies(limited=False), policies(limited=False))
@settings(max_examples=40)
def test_the_intersection_allows_what_both_allow(a: Policy, b: Policy) -> None:
    check(a, b, requests(limited=False))


@given(policies(limited=True), policies(limited=True))
@settings(max_examples=25)
def test_the_intersection_under_conditions(a: Policy, b: Policy) -> None:
    check(a, b, list(requests(limited=True))[::3])


@given(limited_policies, limited_policies, st.randoms(use_true_random=False))
@settings(max_examples=35)
def test_the_intersection_under_every_kind_of_condition(a: Policy, b: Policy, chance: Random) -> None:
    check(a, b, contexts(chance, 80))


@given(moving_policies, moving_policies, st.integers(0, 6))
@settings(max_examples=35)
def test_the_intersection_with_variables(a: Policy, b: Policy, chosen: int) -> None:
    check(a, b, small_requests(chosen))


def test_most_intersections_have_a_spelling() -> None:
    found: list[bool] = []

    @given(policies(limited=True), policies(limited=True))
    @settings(max_examples=100, database=None)
    def count(a: Policy, b: Policy) -> None:
        met = intersect(a, b)
        found.append(isinstance(met, Policy))
        if isinstance(met, Policy) and met.statements:
            assert equivalent(parse_policy(to_json(met)), met)

    count()
    assert sum(found) > len(found) * 0.6


def test_an_intersection_reads_as_one_would_write_it() -> None:
    one = policy(allow("rep*", prefix_StringLike=("a*", "b/")))
    other = policy(allow("*.csv", prefix_StringLike=("*/",)), deny("report.csv"))
    met = intersect(one, other)
    assert isinstance(met, Policy)
    assert to_json(met) == (
        '{"Version":"2012-10-17","Statement":['
        '{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::h/rep*.csv",'
        '"Condition":{"StringLike":{"s3:prefix":["a*/","b/"]}}},'
        '{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::h/report.csv"}]}'
    )


def _named(*pairs: tuple[str, str]) -> Policy:
    statement = Statement(
        effect=Effect.ALLOW,
        actions=Patterns(("s3:GetObject",)),
        resources=Patterns(("*",)),
        principals=Principals(pairs),
    )
    return Policy(statements=(statement,))


def test_callers_are_intersected_where_their_names_tell() -> None:
    everyone, role = _named(("*", "*")), _named(("AWS", "arn:aws:iam::111122223333:role/x"))
    services = [_named(("Service", f"{name}.amazonaws.com")) for name in ("s3", "sns")]
    assert intersect(everyone, role) == role
    assert intersect(services[0], services[1]) == Policy(statements=())
    assert isinstance(intersect(role, _named(("AWS", "111122223333"))), Undecided)


@given(policies(limited=True), policies(limited=True))
@settings(max_examples=35)
def test_equivalence_is_containment_both_ways(a: Policy, b: Policy) -> None:
    answer = equivalent(a, b)
    assert bool(answer) is (bool(contains(a, b)) and bool(contains(b, a)))
    if isinstance(answer, NotEquivalent):
        said = reference_allows(a, answer.witness), reference_allows(b, answer.witness)
        assert said == ((True, False) if answer.allowed_by == "a" else (False, True))


def test_equivalence_says_which_side_allows_more() -> None:
    narrow, wide = policy(allow("a?*")), policy(allow("a*"))
    assert equivalent(policy(allow("a?*"), allow("a")), wide) == Equivalent()
    here, there = equivalent(narrow, wide), equivalent(wide, narrow)
    assert isinstance(here, NotEquivalent)
    assert isinstance(there, NotEquivalent)
    assert (here.allowed_by, there.allowed_by) == ("b", "a")


@given(policies(limited=True))
@settings(max_examples=35)
def test_emptiness_is_exact(a: Policy) -> None:
    answer = is_empty(a)
    if isinstance(answer, NotContained):
        assert reference_allows(a, answer.witness)
    else:
        assert isinstance(answer, Contained)
        assert not [one for one in requests(limited=True) if reference_allows(a, one)]


def test_what_allows_nothing_is_seen_through() -> None:
    assert is_empty(policy()) == Contained()
    assert is_empty(policy(deny("*"))) == Contained()
    assert is_empty(policy(allow("a*"), deny("*"))) == Contained()
    assert is_empty(policy(allow("*", prefix_StringEquals=("a",), prefix_StringLike=("b*",)))) == Contained()
    found = is_empty(policy(allow("a*"), deny("a?*")))
    assert isinstance(found, NotContained)
    assert found.witness.resource == "arn:aws:s3:::h/a"
