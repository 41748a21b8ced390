"""``intersect``, ``equivalent`` and ``is_empty`` against the slow reference."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.iam.iam_reference import glob, reference_allows, words
from tests.iam.test_iam_contain import policies, requests
from tests.iam.test_iam_contain_conditions import contexts, limited_policies
from tests.iam.test_iam_contain_variables import ME, OTHER, allow, deny, policy, small_requests, statement
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
from liftgate.iam.language.variables import fits
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


MOVING = st.lists(st.sampled_from(["a", "b", "*", "?", ME, ME, OTHER]), max_size=4).map("".join)
ENDING = st.sampled_from([ME, OTHER, ME + OTHER, f"{ME}*", f"*{ME}", f"{ME}?"])
SHORT = tuple(words("ab", 3))
FILLED = [
    {"aws:username": (name,), "aws:userid": (ident,)} for name in words("ab", 2) for ident in ("", "a", "bb")
]


@pytest.mark.slow
@given(st.tuples(MOVING, MOVING) | st.builds(lambda head, end: (head, head + end), MOVING, ENDING))
@settings(max_examples=300)
@example(("a", f"a{ME}"))
@example(("a*", f"a{ME}"))
@example(("?", f"a{ME}"))
@example((f"a{ME}{OTHER}", f"a{ME}"))
@example(("*", f"*{ME}"))
def test_what_two_globs_with_variables_share_is_exact_or_has_no_glob(pair: tuple[str, str]) -> None:
    """A variable may be filled in with nothing, also where the other pattern has come to its end."""
    one, other = pair
    for left, right in (pair, (other, one)):
        try:
            found = shared(left, right, Budget(100_000))
        except NoGlob:
            continue
        for context in FILLED:
            for text in SHORT:
                both = fits(one, text, context) and fits(other, text, context)
                assert both is any(fits(each, text, context) for each in found)


@pytest.mark.parametrize("other", ["h/a", "h/?", "h/*a", f"h/a{OTHER}"])
def test_a_variable_behind_the_end_of_the_other_has_no_glob(other: str) -> None:
    for pair in ((f"h/a{ME}", other), (other, f"h/a{ME}")):
        with pytest.raises(NoGlob):
            shared(*pair, Budget(10_000))


def test_a_star_at_the_end_takes_a_variable_whole() -> None:
    assert shared("h/*", f"h/a{ME}", Budget(10_000)) == (f"h/a{ME}",)
    assert shared(f"h/a{ME}*", "h/*", Budget(10_000)) == (f"h/a{ME}*",)


@pytest.mark.parametrize("moving", [f"a{ME}", f"a{ME}*", ME, f"a{OTHER}{ME}"])
def test_a_hole_or_an_end_that_an_empty_name_reaches_is_not_passed_over(moving: str) -> None:
    a, b = policy(statement(moving, negated=True)), policy(allow("a"))
    assert isinstance(intersect(a, b), Undecided)
    assert isinstance(intersect(b, a), Undecided)
    assert isinstance(intersect(policy(allow("a")), policy(allow(moving))), Undecided)
    prefixes = policy(allow("*", prefix_StringLike=("a",))), policy(allow("*", prefix_StringLike=(moving,)))
    assert isinstance(intersect(*prefixes), Undecided)


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
    check(a, b, contexts(chance, 80, a, b))


@given(moving_policies, moving_policies, st.integers(0, 6))
@settings(max_examples=35)
def test_the_intersection_with_variables(a: Policy, b: Policy, chosen: int) -> None:
    check(a, b, small_requests(chosen))


@given(moving_policies, ENDING, st.booleans(), st.integers(0, 6))
@settings(max_examples=35)
def test_the_intersection_with_the_same_patterns_and_a_variable_behind_them(
    a: Policy, end: str, cut: bool, chosen: int
) -> None:
    longer = [
        replace(
            one,
            resources=Patterns(tuple(f"{value}{end}" for value in one.resources.values), negated=cut),
        )
        for one in a.statements
        if one.resources is not None
    ]
    check(a, Policy(statements=tuple(longer)), small_requests(chosen))


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
