"""Differences in words: no claim that ``contains`` disproves, and none left out."""

import json
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.iam_examples import KMS_KEY, NOON, TWENTY_MINUTES, scope, scopes
from tests.iam.test_iam_contain import policies
from tests.iam.test_iam_explain_policy import check_clean

from liftgate.iam.compile import compile_session_policy, scope_policy, within, within_at_once
from liftgate.iam.contain import Undecided, contains
from liftgate.iam.evaluate import allows
from liftgate.iam.explain import explain_difference, explain_policy
from liftgate.iam.explaining.difference import Extent, Kind, changes
from liftgate.iam.parse import parse_policy
from liftgate.iam.policy import Condition, Effect, Patterns, Policy, Statement
from liftgate.iam.scope import Scope, Window


def policy(*statements: tuple[str, str | list[str], str | list[str]]) -> Policy:
    written = [
        {"Effect": effect, "Action": action, "Resource": place} for effect, action, place in statements
    ]
    return parse_policy(json.dumps({"Statement": written}))


def session(*, minutes: int = 20, starts: int = 0, actions: tuple[str, ...] = ("write",)) -> Policy:
    start = NOON + timedelta(minutes=starts)
    window = Window(starts_at=start, ends_at=NOON + timedelta(minutes=minutes))
    return parse_policy(compile_session_policy(scope(actions, "s3://reports/2026/"), window))


B = "arn:aws:s3:::b/*"
WRITE = scope(["write"], "s3://reports/2026/")


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (WRITE, WRITE, ("no difference",)),
        (
            WRITE,
            scope(["write"], "s3://reports/2026/", "s3://reports/2026/q1/"),
            ("same meaning, other words",),
        ),
        (WRITE, scope(["write", "delete"], "s3://reports/2026/"), ("adds: delete under s3://reports/2026/",)),
        (
            scope(["write", "delete"], "s3://reports/"),
            WRITE,
            (
                "removes: delete anywhere in s3://reports/",
                (
                    "removes: write anywhere in s3://reports/ (part of it stays), "
                    "for example s3:AbortMultipartUpload on `s3://reports/`"
                ),
            ),
        ),
        (
            WRITE,
            scope(["write"], "s3://reports/2027/", "s3://data/"),
            (
                "adds: write anywhere in s3://data/ and under s3://reports/2027/",
                "removes: write under s3://reports/2026/",
            ),
        ),
        (
            WRITE,
            replace(WRITE, kms_keys=frozenset({KMS_KEY})),
            (f"adds: the use of the KMS key `{KMS_KEY}`",),
        ),
        (
            WRITE,
            scope(["write", "PutObjectAcl"], "s3://reports/2026/"),
            ("adds: CHANGE WHO MAY DO WHAT (s3:PutObjectAcl) under s3://reports/2026/",),
        ),
    ],
)
def test_scopes(before: Scope, after: Scope, lines: tuple[str, ...]) -> None:
    assert explain_difference(before, after) == lines


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (
            policy(("Allow", "s3:GetObject", B)),
            policy(("Allow", ["s3:GetObject", "s3:DeleteObject"], B)),
            ("adds: delete anywhere in s3://b/, for example s3:DeleteObject on `s3://b/`",),
        ),
        (
            policy(("Allow", ["s3:GetObject", "s3:PutObject"], B)),
            policy(("Allow", "s3:PutObject", B), ("Allow", "s3:GetObject", B)),
            ("same meaning, other words",),
        ),
        (
            policy(("Allow", "s3:*", B)),
            policy(("Allow", "s3:*", B), ("Deny", "s3:DeleteObject", "arn:aws:s3:::b/keep/*")),
            (
                "removes: delete under s3://b/keep/ (now refused), for example s3:DeleteObject on `s3://b/keep/`",
            ),
        ),
        (
            policy(("Allow", "s3:GetObject", B), ("Deny", "s3:*", "*")),
            policy(("Allow", "s3:GetObject", B)),
            (
                (
                    "adds: do EVERYTHING in S3 on ANY RESOURCE (no longer refused, as far as it is allowed), "
                    "for example s3:GetObject on `s3://b/`"
                ),
            ),
        ),
        (
            policy(("Allow", "s3:PutObject", "arn:aws:s3:::b/x/*")),
            policy(("Allow", "s3:PutObject", B)),
            (
                "adds: write anywhere in s3://b/ (part of it was allowed before), for example s3:PutObject on `s3://b/`",
            ),
        ),
        (
            session(),
            session(minutes=40),
            (
                "closes later: until before 24 Nov 2026 12:40 UTC instead of until before 24 Nov 2026 12:20 UTC",
            ),
        ),
        (
            session(),
            session(minutes=10, starts=5, actions=("write", "delete")),
            (
                "opens later: from 24 Nov 2026 12:05 UTC instead of from 24 Nov 2026 12:00 UTC",
                "closes earlier: until before 24 Nov 2026 12:10 UTC instead of until before 24 Nov 2026 12:20 UTC",
                "adds: delete under s3://reports/2026/, for example s3:DeleteObject on `s3://reports/2026/`",
            ),
        ),
    ],
)
def test_policies(before: Policy, after: Policy, lines: tuple[str, ...]) -> None:
    assert explain_difference(before, after) == lines


@pytest.mark.parametrize("text", ["a\nb", "a\u202eb", "a` b", "**a**", "a and nothing"])
def test_hostile_text_stays_in_its_backticks_in_differences_too(text: str) -> None:
    before = policy(("Allow", "s3:GetObject", B))
    (one,) = before.statements
    hostile = replace(
        one,
        actions=Patterns((f"s3:{text}",)),
        resources=Patterns((f"arn:aws:s3:::b/{text}",)),
        conditions=(Condition("StringEquals", f"aws:PrincipalTag/{text}", (text,)),),
    )
    for line in explain_difference(before, Policy(statements=(hostile,))):
        check_clean(line)


def test_an_example_on_any_resource_and_in_a_context() -> None:
    before = policy(("Allow", "s3:GetObject", B))
    limited = parse_policy(
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}}}'
    )
    added, removed = explain_difference(before, limited)
    assert added.startswith(
        "adds: read on ANY RESOURCE, only if the caller's tag `team` is `red` (part of it was allowed before), for example s3:GetObject on "
    )
    assert added.endswith(", where the caller's tag `team` is `red`")
    assert "on on" not in added
    assert removed.startswith(
        "removes: read anywhere in s3://b/ (part of it stays), for example s3:GetObject on `s3://b/"
    )


def test_a_window_that_is_lifted_is_said() -> None:
    limited = session()
    free = parse_policy(
        '{"Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::reports/2026/*"}}'
    )
    lines = explain_difference(limited, free)
    assert "closes later: never closing instead of until before 24 Nov 2026 12:20 UTC" in lines
    assert "opens earlier: open from the beginning of time instead of from 24 Nov 2026 12:00 UTC" in lines
    assert any(line.startswith("removes: list under s3://reports/2026/") for line in lines)


@pytest.mark.slow
@given(policies(limited=True), policies(limited=True))
def test_every_claim_is_true_and_none_is_left_out(before: Policy, after: Policy) -> None:
    for less, more, kinds in (
        (before, after, {Kind.ADDS, Kind.PERHAPS_ADDS}),
        (after, before, {Kind.REMOVES, Kind.PERHAPS_REMOVES}),
    ):
        found = [one for one in changes(before, after) if one.kind in kinds]
        assert bool(found) is not bool(contains(more, less))
        refusals = tuple(one for one in more.statements if one.effect is Effect.DENY)
        for one in found:
            assert one.witness is not None
            assert allows(more, one.witness)
            assert not allows(less, one.witness)
            claimed = replace(one.statement, effect=Effect.ALLOW)
            assert allows(Policy(statements=(claimed,)), one.witness)
            assert not contains(Policy(statements=(claimed, *refusals)), less)
            if (
                one.extent is Extent.WHOLE and not one.refusal
            ):  # said to be new: then no part of it was allowed
                allowing = [each for each in less.statements if each.effect is Effect.ALLOW]
                without = Policy(statements=(*allowing, replace(claimed, effect=Effect.DENY)))
                assert contains(Policy(statements=tuple(allowing)), without)


@pytest.mark.slow
@given(policies(limited=True), policies(limited=True))
@settings(max_examples=50)
def test_the_lines_agree_with_contains(before: Policy, after: Policy) -> None:
    lines = explain_difference(before, after)
    same = bool(contains(before, after)) and bool(contains(after, before))
    assert (lines in {("no difference",), ("same meaning, other words",)}) is same
    heads = {line.partition(":")[0] for line in lines}
    if contains(after, before):
        assert not heads & {"adds", "opens earlier", "closes later"}
    if contains(before, after):
        assert not heads & {"removes", "opens later", "closes earlier"}


@given(scopes, scopes)
@settings(max_examples=50)
def test_the_lines_of_scopes_agree_with_contains(before: Scope, after: Scope) -> None:
    lines = explain_difference(before, after)
    more = contains(scope_policy(after), scope_policy(before)) and after.kms_keys <= before.kms_keys
    less = contains(scope_policy(before), scope_policy(after)) and before.kms_keys <= after.kms_keys
    assert any(line.startswith("adds: ") for line in lines) is not bool(more)
    assert any(line.startswith("removes: ") for line in lines) is not bool(less)


def test_what_cannot_be_told_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot_tell(*_: Policy, steps: int = 0) -> Undecided:
        return Undecided(f"after {steps} steps")

    for module in ("difference", "change_words"):
        monkeypatch.setattr(f"liftgate.iam.explaining.{module}.contains", cannot_tell)
    before, after = policy(("Allow", "s3:GetObject", B)), policy(("Allow", "s3:PutObject", B))
    assert explain_difference(before, after) == (
        "it could not be told whether this adds: write anywhere in s3://b/ (at least in part)",
        "it could not be told whether this removes: read anywhere in s3://b/ (at least in part)",
    )
    assert all(
        line.startswith("it could not be told whether this ")
        for line in explain_difference(WRITE, scope(["delete"], "s3://reports/2026/"))
    )


moments = st.integers(0, 4).map(lambda hours: f"2026-11-24T{10 + hours}:00:00Z")
spans = st.tuples(moments, moments).filter(lambda span: span[0] < span[1])
in_windows = st.one_of(
    *(
        st.builds(lambda free, span, form=form: form(free, *span), policies(limited=False), spans)
        for form in (within, within_at_once)
    ),
    policies(limited=False),
)


@pytest.mark.slow
@given(in_windows, in_windows)
def test_what_is_said_of_windows_is_true(before: Policy, after: Policy) -> None:
    """Each line is checked by itself: ``contains`` knows of a moment at which it is so."""
    ends = {
        "opens earlier": (after, before, "DateLessThan", 0),
        "closes later": (after, before, "DateGreaterThanEquals", 1),
        "opens later": (before, after, "DateLessThan", 0),
        "closes earlier": (before, after, "DateGreaterThanEquals", 1),
    }
    for line in explain_difference(before, after):
        head = line.partition(":")[0]
        if head in {"adds", "removes"}:
            more, less = (after, before) if head == "adds" else (before, after)
            assert not contains(more, less)
        elif head in ends:
            wide, narrow, operator, _ = ends[head]
            moment = re.findall(r"(\d+):00 UTC", line)[-1 if head in {"opens earlier", "closes later"} else 0]
            inside = replace(
                wide,
                statements=(
                    *wide.statements,
                    Statement(
                        effect=Effect.DENY,
                        actions=Patterns(("*",)),
                        resources=Patterns(("*",)),
                        conditions=(
                            Condition(
                                operator, "aws:CurrentTime", (f"2026-11-24T{moment}:00:00Z",), if_exists=True
                            ),
                        ),
                    ),
                ),
            )
            assert not contains(wide, inside)  # it allows something on the far side of that moment
            assert not contains(wide, narrow)


def test_a_window_said_once_is_one_window() -> None:
    free = policy(("Allow", "s3:GetObject", B), ("Allow", "s3:PutObject", "arn:aws:s3:::c/*"))
    moments_ = ("2026-11-24T12:00:00Z", "2026-11-24T12:20:00Z")
    each, once = within(free, *moments_), within_at_once(free, *moments_)
    assert (
        explain_policy(each)
        == explain_policy(once)
        == (
            "All of this holds only from 24 Nov 2026 12:00 UTC until before 12:20 UTC.",
            "May read anywhere in s3://b/.",
            "May write anywhere in s3://c/.",
        )
    )
    assert explain_difference(each, once) == ("same meaning, other words",)
    assert explain_difference(each, within_at_once(free, moments_[0], "2026-11-24T13:00:00Z")) == (
        "closes later: until before 24 Nov 2026 13:00 UTC instead of until before 24 Nov 2026 12:20 UTC",
    )


def test_a_refusal_that_a_request_without_a_time_escapes_is_no_window() -> None:
    gates = within_at_once(
        policy(("Allow", "s3:GetObject", B)), "2026-11-24T12:00:00Z", "2026-11-24T13:00:00Z"
    )
    loose = tuple(
        replace(one, conditions=tuple(replace(each, if_exists=False) for each in one.conditions))
        for one in gates.statements
    )
    assert not any(
        line.startswith("All of this") for line in explain_policy(replace(gates, statements=loose))
    )


def test_a_policy_and_a_scope_cannot_be_compared() -> None:
    with pytest.raises(TypeError, match="two policies"):
        explain_difference(WRITE, scope_policy(WRITE))  # type: ignore[call-overload]  # the point of this test


def test_two_large_policies_are_compared_in_bounded_time_and_length() -> None:
    numbers = range(60)
    before = policy(*(("Allow", ["s3:Get*", "s3:PutObject"], f"arn:aws:s3:::b{n}/in/*") for n in numbers))
    after = policy(
        *(("Allow", ["s3:Get*", "s3:Del*", "s3:List*", "s3:Put*"], f"arn:aws:s3:::b{n}/*") for n in numbers),
        *(("Deny", "s3:DeleteObject", f"arn:aws:s3:::b{n}/keep/*") for n in range(30)),
    )
    begun = time.perf_counter()
    lines = explain_difference(before, after)
    assert time.perf_counter() - begun < 10
    assert any(
        line.startswith("adds: ") and "at least in part" in line for line in lines
    )  # not piece by piece
    assert all(f"s3://b{n}/" in " ".join(lines) for n in numbers)
    assert sum(map(len, lines)) < 20_000


def test_the_window_of_sessions_is_the_only_difference_when_it_is() -> None:
    one, other = (
        parse_policy(compile_session_policy(WRITE, window))
        for window in (TWENTY_MINUTES, Window(starts_at=NOON, ends_at=NOON + timedelta(minutes=5)))
    )
    (line,) = explain_difference(one, other)
    assert line.startswith("closes earlier: ")
