"""``contains`` where policies have variables: examples, and brute force over small requests."""

from collections.abc import Iterable
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.iam_reference import reference_allows, words

from liftgate.iam.contain import Contained, NotContained, Undecided, contains, intersect
from liftgate.iam.containment.template import Reading, least, marked, most
from liftgate.iam.evaluate import allows
from liftgate.iam.language.variables import fits, plain
from liftgate.iam.patterns.automaton import Automaton
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement
from liftgate.iam.request import Request

ME, OTHER = "${aws:username}", "${aws:userid}"
NAMED = "${aws:username, 'a'}"


def statement(
    *resources: str, effect: Effect = Effect.ALLOW, negated: bool = False, when: tuple[Condition, ...] = ()
) -> Statement:
    arns = tuple(one if one == "*" else f"arn:aws:s3:::h/{one}" for one in resources)
    return Statement(
        effect=effect,
        actions=Patterns(("s3:GetObject",)),
        resources=Patterns(arns, negated=negated),
        conditions=when,
    )


def allow(*resources: str, **when: tuple[str, ...]) -> Statement:
    return statement(*resources, when=conditions(when))


def deny(*resources: str, **when: tuple[str, ...]) -> Statement:
    return statement(*resources, effect=Effect.DENY, when=conditions(when))


def deny_all_but(*resources: str) -> Statement:
    return statement(*resources, effect=Effect.DENY, negated=True)


def allow_all_but(*resources: str) -> Statement:
    return statement(*resources, negated=True)


KEYS = {"prefix": "s3:prefix", "name": "aws:username", "team": "aws:ResourceTag/team"}


def conditions(when: dict[str, tuple[str, ...]]) -> tuple[Condition, ...]:
    """``prefix_StringLike=("a*",)``: a key's short name, and the operator."""
    parts = [(*name.partition("_"), values) for name, values in when.items()]
    return tuple(Condition(operator, KEYS[key], values) for key, _, operator, values in parts)


def policy(*statements: Statement) -> Policy:
    return Policy(statements=statements)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (policy(allow(f"{ME}/*")), policy(allow("*"))),
        (policy(allow(f"{ME}/a*")), policy(allow(f"{ME}/*"))),
        (policy(allow(f"{ME}/{ME}")), policy(allow(f"{ME}/*"))),
        (policy(allow(f"{ME}/x")), policy(allow(f"*{ME}*"))),
        (policy(allow(f"{ME}/{OTHER}/*")), policy(allow(f"{ME}/*/*"), allow(f"{OTHER}/*"))),
        # An escape is no variable.
        (policy(allow("${*}/*")), policy(allow("?/*"))),
        # Denies: what is denied of the same name, and of a name that is written out.
        (policy(allow("*"), deny(f"{ME}/private")), policy(allow("*"), deny(f"{ME}/private"))),
        (policy(allow("*"), deny(f"{ME}/*")), policy(allow("*"), deny(f"{ME}/private"))),
        (policy(allow(f"{ME}/*"), deny("bob/*")), policy(allow("*"), deny("bob/*"))),
        # All but one's own is denied, or all but one's own is allowed.
        (
            policy(allow("*"), deny_all_but(f"{ME}/*", "public/*")),
            policy(allow(f"{ME}/*"), allow("public/*")),
        ),
        (policy(allow_all_but(f"{ME}/*")), policy(allow_all_but(f"{ME}/a/*"))),
        # A variable in what a key is compared with.
        (
            policy(allow("*", prefix_StringLike=(f"{ME}/a*",))),
            policy(allow("*", prefix_StringLike=(f"{ME}/*", "x"))),
        ),
        (
            policy(allow("*", prefix_StringEquals=(f"{ME}/a",))),
            policy(allow("*", prefix_StringLike=(f"{ME}/*",))),
        ),
        (
            policy(allow("*", team_StringNotEquals=("${aws:PrincipalTag/team}",))),
            policy(allow("*", team_StringNotEquals=("${aws:PrincipalTag/team}",))),
        ),
        # The variable's own key is limited.
        (policy(allow(f"{ME}/*", name_StringEquals=("al", "bo"))), policy(allow("al/*"), allow("bo/*"))),
        (policy(allow("al/*", name_StringEquals=("al",))), policy(allow(f"{ME}/*"))),
        (policy(allow(f"{ME}/*", name_StringLike=("a*",))), policy(allow("a*"))),
        (policy(allow(f"{ME}/*")), policy(allow(f"{ME}/*", name_Null=("false",)))),
        # Defaults.
        (policy(allow(f"{NAMED}/*")), policy(allow(f"{ME}/*"), allow("a/*"))),
        (policy(allow("a/*", name_Null=("true",))), policy(allow(f"{NAMED}/*"))),
        (policy(allow(f"{ME}/*")), policy(allow(f"{NAMED}/*"))),
        # Nothing fills in a variable without a name.
        (policy(allow("${}/*")), policy()),
        # No name is as long as itself and more, or half a character long.
        (policy(allow(ME)), policy(allow_all_but(f"b{ME}"))),
        (policy(allow(f"{ME}a/x")), policy(allow_all_but(f"{ME}b/*"))),
        (policy(allow("?")), policy(allow("?"), deny(f"{ME}{ME}"))),
        (policy(allow(f"{ME}/x")), policy(allow("*"), deny(f"{ME}?/x"))),
        # Names of which one is part of the other.
        (policy(allow(f"{ME}{OTHER}aa")), policy(allow(f"{ME}{OTHER}aa"), deny(f"{ME}{OTHER}b"))),
        (policy(allow(f"b/{OTHER}"), deny_all_but(f"{ME}/*")), policy(allow("b/*"))),
        # A name that is kept out.
        (
            policy(allow(f"{ME}/*", name_StringNotEquals=("bob",))),
            policy(allow(f"{ME}/*"), deny("bob/*", name_StringEquals=("bob",))),
        ),
        (policy(allow("x", name_StringNotLike=("*",))), policy(allow("x", prefix_StringNotEquals=(ME,)))),
        (policy(allow("x"), deny_all_but(ME)), policy(allow("*", name_StringEquals=("x",)))),
    ],
)
def test_what_is_inside_whatever_a_request_fills_in(a: Policy, b: Policy) -> None:
    assert contains(a, b) == Contained()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (policy(allow("*")), policy(allow(f"{ME}/*"))),
        (policy(allow(f"{ME}/*")), policy(allow(f"{ME}/a*"))),
        (policy(allow(f"{ME}/*")), policy(allow(f"{OTHER}/*"))),
        (policy(allow(f"{ME}/{OTHER}")), policy(allow(f"{OTHER}/{ME}"))),
        (policy(allow(f"{ME}/*")), policy(allow(f"{ME}/{ME}"))),
        (policy(allow(f"*/{ME}")), policy(allow(f"{ME}/*"))),
        (policy(allow("?/*")), policy(allow("${*}/*"))),
        (policy(allow(f"{ME}/*")), policy(allow("*"), deny("bob/*"))),
        (policy(allow("*"), deny("bob/*")), policy(allow("*"), deny(f"{ME}/*"))),
        (policy(allow("*"), deny(f"{ME}/private")), policy(allow("*"), deny(f"{ME}/*"))),
        (policy(allow("*"), deny_all_but(f"{ME}/*", "public/*")), policy(allow(f"{ME}/*"))),
        (policy(allow_all_but(f"{ME}/a/*")), policy(allow_all_but(f"{ME}/*"))),
        (
            policy(allow("*", prefix_StringLike=("*",))),
            policy(allow("*", prefix_StringLike=(f"{ME}/*",))),
        ),
        (
            policy(allow("*", prefix_StringLike=(f"{ME}/*",))),
            policy(allow("*", prefix_StringLike=(f"{ME}/a*",))),
        ),
        (
            policy(allow("*", team_StringNotEquals=("${aws:PrincipalTag/team}",))),
            policy(allow("*", team_StringEquals=("${aws:PrincipalTag/team}",))),
        ),
        (policy(allow(f"{ME}/*", name_StringEquals=("al", "bo"))), policy(allow("al/*"))),
        (policy(allow("bo/*", name_StringEquals=("al",))), policy(allow(f"{ME}/*"))),
        (policy(allow(f"{ME}/*", name_StringNotEquals=("bob",))), policy(allow("a*"))),
        (policy(allow(f"{NAMED}/*")), policy(allow(f"{ME}/*"), allow("b/*"))),
        (policy(allow("a/*")), policy(allow(f"{NAMED}/*"))),
        (policy(allow(f"{ME}/*", name_StringNotEquals=("bob",))), policy(allow("*"), deny("bob/*"))),
        (policy(allow(f"{ME}ab")), policy(allow_all_but(f"a{ME}b"))),
        (policy(allow(f"{ME}{OTHER}b/")), policy(allow_all_but(f"{ME}{ME}?{OTHER}"))),
        (policy(allow(f"{ME}/{OTHER}"), deny("*a*")), policy(allow("*"), deny(f"{OTHER}/{ME}"))),
        (policy(allow("*", prefix_StringLike=(f"{ME}*",))), policy(allow("*", prefix_StringLike=("?*",)))),
    ],
)
def test_what_escapes_is_shown_with_what_the_request_fills_in(a: Policy, b: Policy) -> None:
    answer = contains(a, b)
    assert isinstance(answer, NotContained)
    assert allows(a, answer.witness)
    assert not allows(b, answer.witness)
    assert reference_allows(a, answer.witness)
    assert not reference_allows(b, answer.witness)


@pytest.mark.parametrize(
    ("inside", "around"),
    [("a1:1b:c:d:", "a*b:c:d:"), (":::", "?:::"), ("a:bc:d:", "a?bc:d:"), ("a1:1b:c:d:e", "a*b:*:*:*")],
)
def test_a_wildcard_in_a_part_of_an_arn_stays_there_beside_a_variable_too(inside: str, around: str) -> None:
    a, b = (
        Policy(
            statements=(
                Statement(
                    effect=Effect.ALLOW,
                    actions=Patterns(("s3:GetObject",)),
                    resources=Patterns((f"arn:aws:s3:{arn}{ME}",)),
                ),
            )
        )
        for arn in (inside, around)
    )
    answer = contains(a, b)
    assert isinstance(answer, NotContained)
    assert allows(a, answer.witness)
    assert not allows(b, answer.witness)
    both = intersect(a, b)
    assert isinstance(both, Undecided) or not allows(both, answer.witness)


def test_a_witness_says_who_someone_is() -> None:
    answer = contains(policy(allow(f"{ME}/*")), policy(allow(f"{ME}/a*")))
    assert isinstance(answer, NotContained)
    assert str(answer.witness) == "s3:GetObject on arn:aws:s3:::h/someone/ with aws:username=someone"


def test_what_repeats_without_end_is_never_a_yes() -> None:
    """The line that the documentation draws: here the name would have to be any number of ``b``."""
    a, b = policy(allow(f"*{ME}")), policy(allow_all_but(f"a{ME}*"), allow_all_but(f"{ME}b"))
    assert isinstance(contains(a, b), Undecided)


pieces = st.lists(st.sampled_from(["a", "b", "/", "*", "?", ME, ME, NAMED, OTHER]), max_size=4).map("".join)


@st.composite
def some_conditions(draw: st.DrawFn) -> tuple[Condition, ...]:
    operators = st.sampled_from(["StringEquals", "StringLike", "StringNotEquals", "StringNotLike"])
    found = []
    if draw(st.integers(0, 2)) == 0:
        values = draw(st.lists(st.sampled_from(["a", "b", "a*", "*", "ab", "?"]), min_size=1, max_size=2))
        found.append(Condition(draw(operators), "aws:username", tuple(values), if_exists=draw(st.booleans())))
    if draw(st.integers(0, 5)) == 0:
        found.append(Condition("Null", "aws:UserName", (draw(st.sampled_from(["true", "false"])),)))
    if draw(st.integers(0, 2)) == 0:
        compared = st.sampled_from(["a", ME, NAMED, f"{ME}/*", f"*{ME}", "a*", OTHER])
        found.append(
            Condition(draw(operators), "s3:prefix", tuple(draw(st.lists(compared, min_size=1, max_size=2))))
        )
    return tuple(found)


statements = st.builds(
    Statement,
    effect=st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.DENY]),
    actions=st.builds(Patterns, st.sampled_from([("s3:GetObject",), ("s3:PutObject",), ("s3:*",)])),
    resources=st.builds(
        Patterns,
        st.lists(pieces.map("arn:aws:s3:::{}".format), min_size=1, max_size=2).map(tuple),
        st.integers(0, 4).map(lambda drawn: drawn == 0),
    ),
    conditions=some_conditions(),
)
policies = st.lists(statements, min_size=1, max_size=3).map(lambda found: Policy(statements=tuple(found)))

CARRIED = [
    {
        key: value
        for key, value in zip(("aws:username", "aws:userid", "s3:prefix"), values, strict=True)
        if value is not None
    }
    for values in product([None, "", "a", "b", "ab", "x", "/"], [None, "a", "x"], [None, "a", "a/", "xa"])
]
ARNS = tuple(f"arn:aws:s3:::{word}" for word in words("abx/", 2))


@cache
def small_requests(chosen: int) -> tuple[Request, ...]:
    """Every seventh of the small requests."""
    everything = enumerate(product(("s3:GetObject", "s3:PutObject"), ARNS, CARRIED))
    return tuple(
        Request(action=action, resource=arn, context=context)
        for number, (action, arn, context) in everything
        if number % 7 == chosen
    )


def check(a: Policy, b: Policy, tried: Iterable[Request]) -> None:
    """A yes has no counterexample, by the reference; a no has its witness, by both."""
    answer = contains(a, b)
    if isinstance(answer, NotContained):
        assert allows(a, answer.witness)
        assert not allows(b, answer.witness)
        assert reference_allows(a, answer.witness)
        assert not reference_allows(b, answer.witness)
    elif isinstance(answer, Contained):
        assert not [one for one in tried if reference_allows(a, one) and not reference_allows(b, one)]


@given(policies, policies, st.integers(0, 6))
@settings(max_examples=45)
def test_variables_are_decided_as_by_brute_force(a: Policy, b: Policy, chosen: int) -> None:
    check(a, b, small_requests(chosen))


@given(policies, statements, st.integers(0, 6))
@settings(max_examples=45)
def test_with_a_statement_changed_too(a: Policy, other: Statement, chosen: int) -> None:
    check(a, Policy(statements=(*a.statements[1:], other)), small_requests(chosen))
    check(Policy(statements=(*a.statements[1:], other)), a, small_requests(chosen))


@pytest.mark.slow
@given(policies, policies, statements, st.integers(0, 6))
@settings(max_examples=500, deadline=None)
def test_many_policies_with_variables(a: Policy, b: Policy, other: Statement, chosen: int) -> None:
    check(a, b, small_requests(chosen))
    check(a, Policy(statements=(*a.statements[1:], other)), small_requests(chosen))


@given(policies)
@settings(max_examples=45)
def test_a_policy_contains_itself_with_its_statements_in_any_order(a: Policy) -> None:
    answer = contains(a, Policy(statements=a.statements[::-1]))
    assert not isinstance(answer, NotContained)
    assert isinstance(contains(a, a), Contained)


@pytest.mark.slow
def test_nearly_all_is_decided() -> None:
    """So that `cannot tell` stays rare: counted over generated pairs."""
    answers: list[bool] = []

    @given(policies, policies)
    @settings(max_examples=600, database=None)
    def count(a: Policy, b: Policy) -> None:
        answers.append(isinstance(contains(a, b), Undecided))

    count()
    assert sum(answers) <= len(answers) // 200


TEMPLATES = st.lists(
    st.sampled_from(["a", ":", "*", "?", "${*}", "${?}", "${$}", ME, "${ aws:UserName }", NAMED, "${aws:username ,'b'}", "${}", "${a", "${x,y}", "$"]),
    max_size=5,
).map("".join)  # fmt: skip


@given(TEMPLATES, st.sampled_from([None, "", "a", "b:", "*"]), st.text(alphabet="ab:*?${", max_size=5))
@settings(max_examples=300)
def test_variables_are_read_as_evaluation_reads_them(text: str, value: str | None, given_text: str) -> None:
    """Once it is known what a request fills in, all three readings are the pattern itself."""
    context = {} if value is None else {"aws:username": (value,)}
    for how, arn in ((Reading.LIKE, False), (Reading.RESOURCE, True)):
        expected = fits(text, given_text, context, arn=arn)
        known = {"aws:username": value}
        for made in (least(text, how, known, 1), most(text, how, known), marked(text, how, known, 0, {})):
            assert Automaton(tuple(made)).accepts(given_text) is expected
    assert (plain(text, context) == given_text) is Automaton(tuple(least(text, Reading.EQUALS, {"aws:username": value}, 1))).accepts(given_text)  # fmt: skip


@given(TEMPLATES, st.sampled_from(["", "a", "b:", "*"]), st.text(alphabet="ab:*", max_size=5))
@settings(max_examples=300)
def test_the_widest_reading_takes_whatever_may_be_filled_in(text: str, value: str, given_text: str) -> None:
    if fits(text, given_text, {"aws:username": (value,)}):
        assert Automaton(tuple(most(text, Reading.LIKE, {}))).accepts(given_text)
