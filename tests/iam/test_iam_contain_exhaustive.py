"""``contains`` on every policy of small grammars, and on what becomes of a yes when a policy is changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.iam.iam_reference import glob, reference_allows, words
from tests.iam.test_iam_contain import policies, requests

from liftgate.iam.contain import Contained, NotContained, contains
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement
from liftgate.iam.request import Request

HEAD = "arn:aws:s3:::"
LETTERS = "ab*?/"
TEXTS = tuple(words("abx/", 4))


@cache
def matched(pattern: str) -> int:
    """The texts that the pattern matches, as bits: by the definition."""
    return sum(1 << number for number, text in enumerate(TEXTS) if glob(pattern, text))


def rule(pattern: str, effect: Effect = Effect.ALLOW) -> Statement:
    return Statement(
        effect=effect, actions=Patterns(("s3:GetObject",)), resources=Patterns((HEAD + pattern,))
    )


def confirm(a: Policy, b: Policy, *, inside: bool) -> None:
    """The answer is the expected one, and a no is shown."""
    answer = contains(a, b)
    if inside:
        assert answer == Contained()
    else:
        assert isinstance(answer, NotContained)
        assert reference_allows(a, answer.witness)
        assert not reference_allows(b, answer.witness)


def pairs_of_patterns(longest: int) -> Iterator[tuple[str, str]]:
    """All pairs in which neither has two stars side by side, which says no more than one."""
    found = [pattern for pattern in words(LETTERS, longest) if "**" not in pattern]
    return product(found, found)


def every_pair(longest: int) -> None:
    for one, other in pairs_of_patterns(longest):
        confirm(
            Policy(statements=(rule(one),)),
            Policy(statements=(rule(other),)),
            inside=not matched(one) & ~matched(other),
        )


def test_every_pair_of_short_patterns() -> None:
    every_pair(2)


@pytest.mark.slow
def test_every_pair_of_longer_patterns() -> None:
    every_pair(3)


def every_pair_with_denies(alphabet: str) -> None:
    sides = [
        (allowed, denied, matched(allowed) & ~matched(denied))
        for allowed, denied in product(words(alphabet, 2), words(alphabet, 2))
        if "**" not in allowed + "." + denied
    ]
    made = [
        (Policy(statements=(rule(allowed), rule(denied, Effect.DENY))), bits)
        for allowed, denied, bits in sides
    ]
    for (a, here), (b, there) in product(made, made):
        confirm(a, b, inside=not here & ~there)


def test_every_pair_of_an_allow_and_a_deny() -> None:
    every_pair_with_denies("a*")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_pair_of_an_allow_and_a_deny_with_more_letters() -> None:
    every_pair_with_denies("a*?")


MOMENTS = [f"2026-11-24T{hour:02}:00:00+00:00" for hour in range(10, 15)]
LIMITS: Sequence[tuple[Condition, ...]] = [
    (),
    *((Condition(operator, "s3:prefix", (value,)),) for operator in ("StringLike", "StringNotLike") for value in ("a", "a*")),
    *((Condition(operator, "aws:CurrentTime", (MOMENTS[place],)),) for operator in ("DateLessThan", "DateGreaterThanEquals") for place in (1, 3)),
    (Condition("StringEquals", "s3:prefix", ("a",), if_exists=True), Condition("DateLessThan", "aws:CurrentTime", (MOMENTS[3],))),
]  # fmt: skip
CONTEXTS = [
    {"aws:CurrentTime": moment} | ({} if prefix is None else {"s3:prefix": prefix})
    for moment, prefix in product(MOMENTS, [None, "", "a", "ab", "b"])
]


def test_every_pair_of_two_limited_statements() -> None:
    """An allow, and an allow or a deny, under each pair of conditions, for both actions."""
    asked = [
        Request(action=action, resource=HEAD, context=context)
        for action, context in product(("s3:GetObject", "s3:PutObject"), CONTEXTS)
    ]
    made: list[tuple[Policy, int]] = []
    for first, second, effect in product(LIMITS, LIMITS, Effect):
        one = replace(rule("*"), conditions=first)
        other = replace(rule("*", effect), conditions=second, actions=Patterns(("s3:*Object",)))
        a = Policy(statements=(one, other))
        made.append((a, sum(1 << n for n, request in enumerate(asked) if reference_allows(a, request))))
    for (a, here), (b, there) in list(product(made, made))[::29]:
        confirm(a, b, inside=not here & ~there)


SOME_REQUESTS = tuple(requests(limited=True))[::3]


def narrowed(b: Policy, a: Policy) -> Policy:
    """What is surely inside ``b``: its own statements, and the denies of another."""
    denies = tuple(one for one in a.statements if one.effect is Effect.DENY)
    return Policy(statements=(*b.statements, *denies))


def changes(one: Statement) -> Iterator[Statement | None]:
    """A statement that says more or less: widened, with another action, without a condition, or gone."""
    yield None
    yield replace(one, actions=Patterns((*one.actions.values, "s3:PutObject"), negated=one.actions.negated))
    assert one.resources is not None
    for number, value in enumerate(one.resources.values):
        values = (*one.resources.values[:number], f"{value}*", *one.resources.values[number + 1 :])
        yield replace(one, resources=Patterns(values, negated=one.resources.negated))
    for number in range(len(one.conditions)):
        yield replace(one, conditions=(*one.conditions[:number], *one.conditions[number + 1 :]))


@pytest.mark.slow
@given(policies(limited=True), policies(limited=True), st.data())
@settings(max_examples=30)
def test_a_change_of_a_yes_turns_to_no_where_the_reference_sees_it(
    a: Policy, b: Policy, data: st.DataObject
) -> None:
    inside = narrowed(b, a)
    assert contains(inside, b)
    place = data.draw(st.integers(0, len(inside.statements) - 1))
    changed = data.draw(st.sampled_from(list(changes(inside.statements[place]))))
    others = inside.statements[:place], inside.statements[place + 1 :]
    mutated = Policy(statements=(*others[0], *((changed,) if changed else ()), *others[1]))
    seen = [
        one
        for one in requests(limited=True)
        if reference_allows(mutated, one) and not reference_allows(b, one)
    ]
    answer = contains(mutated, b)
    if seen:
        assert isinstance(answer, NotContained)
        assert reference_allows(mutated, answer.witness)
        assert not reference_allows(b, answer.witness)
    event("a no" if seen else "still a yes, for the small requests")


@pytest.mark.slow
@given(policies(limited=True), policies(limited=True))
@settings(max_examples=12)
def test_a_deny_of_what_b_leaves_out_makes_a_yes_and_without_it_there_is_a_no(a: Policy, b: Policy) -> None:
    """Where ``b`` is one allow, denying its complement keeps anything inside it."""
    one = replace(b.statements[0], effect=Effect.ALLOW, conditions=())
    assert one.resources is not None
    refuse = [
        Statement(effect=Effect.DENY, actions=Patterns(("*",)), resources=replace(one.resources, negated=not one.resources.negated)),
        Statement(effect=Effect.DENY, actions=replace(one.actions, negated=not one.actions.negated), resources=Patterns(("*",))),
    ]  # fmt: skip
    wide = Policy(statements=(one,))
    assert contains(Policy(statements=(*a.statements, *refuse)), wide)
    for kept in ([], refuse[:1], refuse[1:]):
        less = Policy(statements=(*a.statements, *kept))
        seen = [
            each
            for each in requests(limited=True)
            if reference_allows(less, each) and not reference_allows(wide, each)
        ]
        if seen:
            assert isinstance(contains(less, wide), NotContained)
