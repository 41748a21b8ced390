"""``contains`` against brute force: every request over a small alphabet, decided by the slow reference."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.iam.iam_reference import reference_allows, words

from liftgate.iam.contain import Contained, NotContained, Undecided, contains
from liftgate.iam.evaluate import allows
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Qualifier, Statement
from liftgate.iam.request import Request

ACTIONS = (
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:PutObject",
    "s3:ListBucket",
    "s3:Nonesuch",
    "kms:Decrypt",
)
RESOURCES = tuple(f"arn:aws:s3:::{word}" for word in words("abx", 3))
DAY = datetime(2026, 11, 24, tzinfo=UTC)
MOMENTS = tuple((DAY + timedelta(hours=hours)).isoformat() for hours in (-1, 0, 1, 2, 3))
DATE_OPERATORS = ("DateGreaterThanEquals", "DateLessThan", "DateLessThanEquals", "DateNotEquals")
PREFIXES = (None, *words("abx", 2))

action_patterns = st.sampled_from(
    [*ACTIONS, "s3:Get*", "s3:*Object", "S3:getobject*", "s3:*", "*", "s3:None*", "k*:*", "s3:????Object"]
)
resource_patterns = st.text(alphabet="ab*?", max_size=4).map("arn:aws:s3:::{}".format) | st.just("*")


@st.composite
def patterns(draw: st.DrawFn, of: st.SearchStrategy[str]) -> Patterns:
    return Patterns(tuple(draw(st.lists(of, min_size=1, max_size=3))), negated=draw(st.integers(0, 5)) == 0)


@st.composite
def conditions(draw: st.DrawFn) -> tuple[Condition, ...]:
    found = []
    if draw(st.booleans()):
        operator = draw(st.sampled_from(["StringLike", "StringEquals", "StringNotLike", "StringNotEquals"]))
        values = tuple(draw(st.lists(st.text(alphabet="ab*", max_size=3), min_size=1, max_size=2)))
        found.append(Condition(operator, "s3:prefix", values, if_exists=draw(st.booleans())))
    if draw(st.integers(0, 3)) == 0:
        found.append(Condition("Null", "S3:Prefix", (draw(st.sampled_from(["true", "false"])),)))
    operators = [one for one in DATE_OPERATORS if draw(st.integers(0, 2)) == 0]
    found += [Condition(one, "aws:CurrentTime", (draw(st.sampled_from(MOMENTS)),)) for one in operators]
    return tuple(found)


@st.composite
def statements(draw: st.DrawFn, *, limited: bool) -> Statement:
    return Statement(
        effect=draw(st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.DENY])),
        actions=draw(patterns(action_patterns)),
        resources=draw(patterns(resource_patterns)),
        conditions=draw(conditions()) if limited else (),
    )


def policies(*, limited: bool) -> st.SearchStrategy[Policy]:
    return st.lists(statements(limited=limited), min_size=1, max_size=4).map(
        lambda found: Policy(statements=tuple(found))
    )


def requests(*, limited: bool) -> Iterable[Request]:
    """Every request over the small alphabet; with conditions, fewer resources."""
    if not limited:
        yield from (Request(action=action, resource=arn) for action, arn in product(ACTIONS, RESOURCES))
        return
    for action, arn, prefix, moment in product(ACTIONS[:4], RESOURCES[:4], PREFIXES, MOMENTS):
        context = {"aws:CurrentTime": moment} | ({} if prefix is None else {"s3:prefix": prefix})
        yield Request(action=action, resource=arn, context=context)


@given(policies(limited=False), policies(limited=False))
def test_actions_and_resources_are_decided_as_by_brute_force(a: Policy, b: Policy) -> None:
    check_against_brute_force(a, b, requests(limited=False))


@given(policies(limited=True), policies(limited=True))
@settings(max_examples=70)
def test_conditions_are_decided_as_by_brute_force(a: Policy, b: Policy) -> None:
    check_against_brute_force(a, b, requests(limited=True))


def check_against_brute_force(a: Policy, b: Policy, tried: Iterable[Request]) -> None:
    answer = contains(a, b)
    if isinstance(answer, NotContained):
        assert reference_allows(a, answer.witness)
        assert not reference_allows(b, answer.witness)
    else:
        assert isinstance(answer, Contained), answer  # complete: all that is generated here can be followed
        assert not [one for one in tried if reference_allows(a, one) and not reference_allows(b, one)]


@given(policies(limited=True), policies(limited=True))
def test_each_policy_contains_what_is_narrower(a: Policy, b: Policy) -> None:
    both = Policy(statements=a.statements + b.statements)
    denials = tuple(one for one in b.statements if one.effect is Effect.DENY)
    assert contains(Policy(statements=a.statements + denials), a)
    if not any(one.effect is Effect.DENY for one in both.statements):
        assert contains(a, both)
        assert contains(b, both)


@pytest.mark.slow
@given(policies(limited=True), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_a_policy_taken_apart_says_the_same_and_with_a_part_lost_it_says_less(
    a: Policy, chance: Random
) -> None:
    parts = [part for one in a.statements for part in take_apart(one, chance)]
    chance.shuffle(parts)
    assert contains(a, Policy(statements=tuple(parts)))
    assert contains(Policy(statements=tuple(parts)), a)
    allowing = [part for part in parts if part.effect is Effect.ALLOW]
    lost = Policy(statements=tuple(part for part in parts if part is not allowing[0])) if allowing else a
    check_against_brute_force(a, lost, requests(limited=True))


def take_apart(one: Statement, chance: Random) -> list[Statement]:
    """The same in more statements: each pattern by itself, a star as nothing or something, time cut in two."""
    assert one.resources is not None
    actions = [one.actions] if one.actions.negated else [Patterns((value,)) for value in one.actions.values]
    resources = [one.resources] if one.resources.negated else _stars_opened(one.resources, chance)
    cut = chance.choice(MOMENTS)
    times = [
        (*one.conditions, Condition("DateLessThanEquals", "AWS:CurrentTime", (cut,))),
        (*one.conditions, Condition("DateGreaterThan", "AWS:CurrentTime", (cut,))),
    ]
    return [
        replace(one, actions=action, resources=resource, conditions=limits)
        for action, resource, limits in product(actions, resources, chance.choice([times, [one.conditions]]))
    ]


def _stars_opened(resources: Patterns, chance: Random) -> list[Patterns]:
    found = []
    for value in resources.values:
        if "*" in value and value != "*" and chance.random() < 0.7:
            found += [Patterns((value.replace("*", "", 1),)), Patterns((value.replace("*", "?*", 1),))]
        else:
            found.append(Patterns((value,)))
    return found


@pytest.mark.slow
@given(policies(limited=False), policies(limited=False), st.sampled_from(ACTIONS), st.sampled_from(RESOURCES))
@example(Policy(statements=()), Policy(statements=()), ACTIONS[0], RESOURCES[0])
def test_a_mutation_of_a_yes_turns_to_no(a: Policy, b: Policy, action: str, arn: str) -> None:
    request = Request(action=action, resource=arn)
    assume(not reference_allows(b, request))
    more = Statement(effect=Effect.ALLOW, actions=Patterns((action,)), resources=Patterns((arn,)))
    denials = tuple(one for one in (*a.statements, *b.statements) if one.effect is Effect.DENY)
    inside = Policy(statements=(*denials, *(one for one in b.statements if one.effect is Effect.ALLOW)))
    assert contains(inside, b)
    mutated = replace(inside, statements=(*inside.statements, more))
    assume(reference_allows(mutated, request))
    answer = contains(mutated, b)
    assert isinstance(answer, NotContained)
    assert reference_allows(mutated, answer.witness)
    assert not reference_allows(b, answer.witness)


def allow(action: str, resource: str, **more: object) -> str:
    condition = f', "Condition": {more["condition"]}' if more else ""
    return f'{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"{condition}}}'


def policy(*written: str) -> Policy:
    return parse_policy(f'{{"Version": "2012-10-17", "Statement": [{",".join(written)}]}}', Kind.IDENTITY)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # One place covered by several statements together.
        (
            [allow("s3:*Object", "arn:aws:s3:::b/*")],
            [
                allow("s3:PutObject", "*"),
                allow("s3:[G]*", "*").replace("[G]", "G"),
                allow("s3:D*", "*"),
                allow("s3:R*", "*"),
            ],
        ),
        # Two windows that meet.
        (
            [allow("s3:PutObject", "*")],
            [
                allow(
                    "s3:PutObject",
                    "*",
                    condition='{"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}',
                ),
                allow(
                    "s3:PutObject",
                    "*",
                    condition='{"DateGreaterThanEquals": {"aws:CurrentTime": "1767225600"}}',
                ),
            ],
        ),
        # The same time in two spellings and zones.
        (
            [
                allow(
                    "s3:*",
                    "*",
                    condition='{"DateLessThan": {"aws:CurrentTime": "2026-01-01T01:00:00+01:00"}}',
                )
            ],
            [
                allow(
                    "s3:*",
                    "*",
                    condition='{"DateLessThanEquals": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}',
                )
            ],
        ),
        # A prefix and what lies under it, or nothing asked of a list that must say so.
        (
            [
                allow(
                    "s3:ListBucket",
                    "arn:aws:s3:::b",
                    condition='{"StringLike": {"s3:prefix": ["p/", "p/*"]}}',
                )
            ],
            [allow("s3:ListBucket", "arn:aws:s3:::b", condition='{"StringLike": {"S3:PREFIX": "p/*"}}')],
        ),
        # A condition that is not followed stands for itself.
        (
            [allow("s3:Get*", "arn:aws:s3:::b/*", condition='{"Bool": {"aws:SecureTransport": "true"}}')],
            [allow("s3:*", "*", condition='{"Bool": {"aws:SecureTransport": true}}')],
        ),
        # A variable stands for itself, and lies inside a star.
        (
            [allow("s3:*", "arn:aws:s3:::b/${aws:username}/*")],
            [allow("s3:*", "arn:aws:s3:::b/${aws:username}/*"), allow("s3:*", "arn:aws:s3:::c/*")],
        ),
        ([allow("s3:*", "arn:aws:s3:::b/${aws:username}/*")], [allow("s3:*", "*")]),
    ],
)
def test_what_lies_inside_is_proved(a: list[str], b: list[str]) -> None:
    assert contains(policy(*a), policy(*b)) == Contained()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            allow("s3:PutObject", "arn:aws:s3:::reports-secret/*"),
            allow("s3:PutObject", "arn:aws:s3:::reports/*"),
        ),
        (allow("s3:PutObject", "arn:aws:s3:::rep*rts/*"), allow("s3:PutObject", "arn:aws:s3:::reports/*")),
        (
            allow("s3:PutObject", "arn:aws:s3:::b/report?/x"),
            allow("s3:PutObject", "arn:aws:s3:::b/reports/x"),
        ),
        (
            allow("s3:PutObject", "arn:aws:s3:::b/Reports/*"),
            allow("s3:PutObject", "arn:aws:s3:::b/reports/*"),
        ),
        (allow("s3:PutObject", "arn:aws:s3:::b/reports*"), allow("s3:PutObject", "arn:aws:s3:::b/reports/*")),
        (allow("s3:PutObject", "arn:aws:s3:::b/*"), allow("s3:PutObject", "arn:aws:s3:::b/?*")),
        (allow("s3:Put*", "*"), allow("s3:PutObject*", "*")),
        (allow("*", "*"), allow("s3:*", "*")),
        (allow("s3:Nonesuch*", "*"), allow("s3:Nonesuch", "*")),
        (allow("s3:Nonesuch", "*"), allow("s3:PutObject", "*")),
        (
            allow("s3:ListBucket", "*"),
            allow("s3:ListBucket", "*", condition='{"StringLikeIfExists": {"s3:prefix": "p/*"}}'),
        ),
        (
            allow("s3:ListBucket", "*", condition='{"StringLikeIfExists": {"s3:prefix": "p/*"}}'),
            allow("s3:ListBucket", "*", condition='{"StringLike": {"s3:prefix": "*"}}'),
        ),
        (
            allow(
                "s3:*", "*", condition='{"DateLessThanEquals": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}'
            ),
            allow("s3:*", "*", condition='{"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}'),
        ),
        (  # strictly between two moments, and at the very first
            allow(
                "s3:*",
                "*",
                condition='{"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"},'
                ' "DateLessThan": {"aws:CurrentTime": "2026-01-02"}}',
            ),
            allow("s3:*", "*", condition='{"DateLessThanEquals": {"aws:CurrentTime": "2026-01-01"}}'),
        ),
        (
            allow("s3:*", "*", condition='{"StringLike": {"aws:userid": "*:gr-1*"}}'),
            allow("s3:*", "*", condition='{"StringLike": {"aws:userid": "*:gr-1"}}'),
        ),
        (
            allow("s3:*", "*", condition='{"StringEquals": {"s3:prefix": "a*"}}'),  # a literal star
            allow("s3:*", "*", condition='{"StringEquals": {"s3:prefix": "ab"}}'),
        ),
    ],
)
def test_what_escapes_is_shown_by_a_witness(a: str, b: str) -> None:
    answer = contains(policy(a), policy(b))
    assert isinstance(answer, NotContained)
    assert allows(policy(a), answer.witness)
    assert not allows(policy(b), answer.witness)
    assert not answer


def test_what_cannot_be_told_is_never_a_yes() -> None:
    """Two tests of a key with several values, whose meaning together is not followed."""
    each = Condition("StringLike", "aws:TagKeys", ("a*",), Qualifier.FOR_ALL)
    some = Condition("StringLike", "aws:TagKeys", ("*",), Qualifier.FOR_ANY)
    narrower = Condition("StringLike", "aws:TagKeys", ("a*", "b*"), Qualifier.FOR_ANY)
    answer = contains(Policy(statements=(_with(each, some),)), Policy(statements=(_with(narrower),)))
    assert isinstance(answer, Undecided)  # it is a yes: some value, and all begin with a
    assert not answer
    assert "known only at the request" in answer.because


def test_several_values_of_one_key_are_not_taken_for_one() -> None:
    """With tag keys {a, b} the first allows and the second does not, though no single value tells them apart."""
    both = (Condition("StringLike", "aws:TagKeys", ("a",)), Condition("StringEquals", "aws:TagKeys", ("b",)))
    a = Policy(statements=(_with(*both),))
    b = Policy(statements=(_with(Condition("StringLike", "aws:TagKeys", ("c",))),))
    request = Request(action="s3:GetObject", resource="x", context={"aws:TagKeys": ("a", "b")})
    assert allows(a, request)
    assert not allows(b, request)
    assert not contains(a, b)


def test_a_qualifier_is_part_of_a_condition() -> None:
    each = Condition("StringLike", "aws:TagKeys", ("a*",), Qualifier.FOR_ALL)
    some = replace(each, qualifier=Qualifier.FOR_ANY)
    assert contains(Policy(statements=(_with(each),)), Policy(statements=(_with(each),)))
    assert not contains(Policy(statements=(_with(each),)), Policy(statements=(_with(some),)))


def _with(*limits: Condition) -> Statement:
    return Statement(
        effect=Effect.ALLOW,
        actions=Patterns(("s3:GetObject",)),
        resources=Patterns(("*",)),
        conditions=limits,
    )


@given(st.integers(0, 3), st.integers(2, 40), st.integers(1, 40))
@settings(max_examples=20)
def test_pattern_bombs_are_decided_or_given_up_within_the_steps(shape: int, length: int, count: int) -> None:
    shapes = ("*a", "*a?", "*ab*ba", "??*")
    bombs = tuple(f"arn:aws:s3:::{shapes[(shape + n) % 4] * length}{n}" for n in range(count))
    a = policy(allow("s3:*", bombs[0]), *(allow("s3:Get*", bomb) for bomb in bombs))
    b = policy(*(allow("s3:*", bomb + "*") for bomb in bombs[::-1]))
    answer = contains(a, b, steps=30_000)
    assert isinstance(answer, Contained | NotContained | Undecided)


def test_spent_steps_are_no_yes() -> None:
    a, b = policy(allow("s3:*", "arn:aws:s3:::*a*b")), policy(allow("s3:*", "arn:aws:s3:::*a?b"))
    assert contains(a, b, steps=1) == Undecided(
        "the patterns are too involved to compare in the steps allowed"
    )
    assert isinstance(contains(a, b), NotContained)
