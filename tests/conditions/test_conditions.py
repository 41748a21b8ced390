"""Conditions: what they may say, what they may cost, and what a failing one means."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.conditions.check import LONGEST
from liftgate.conditions.condition import compile_condition
from liftgate.conditions.errors import ConditionFailed, ConditionUnreadable
from liftgate.conditions.vocabulary import LONGEST_TEXT, MOST_ITEMS, Fact, Kind, Value

WORDS = {
    "call.operation": Fact(kind=Kind.TEXT, says="what was called"),
    "call.at": Fact(kind=Kind.MOMENT, says="when"),
    "call.bytes": Fact(kind=Kind.WHOLE, says="how much", optional=True),
    "call.resources": Fact(kind=Kind.TEXTS, says="what was touched"),
    "call.refused": Fact(kind=Kind.FLAG, says="whether it was refused"),
    "urgent": Fact(kind=Kind.FLAG, says="a fact without a root"),
}
FACTS: Mapping[str, Value] = {
    "call.operation": "PutObject",
    "call.at": datetime(2026, 11, 2, 22, 30, tzinfo=UTC),
    "call.bytes": 7,
    "call.resources": ("arn:aws:s3:::reports", "arn:aws:s3:::reports/a"),
    "call.refused": False,
    "urgent": True,
}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("call.operation == 'PutObject'", True),
        ("call.operation in ['GetObject', 'PutObject'] && !call.refused", True),
        ("call.operation.matches('^(Put|Delete)')", True),
        ("has(call.bytes) && call.bytes > 8", False),
        ("call.at < timestamp('2026-11-02T22:31:00Z')", True),
        ("call.at - timestamp('2026-11-02T22:00:00Z') > duration('20m')", True),
        ("call.at.getHours() >= 22 || call.at.getHours() < 6", True),
        ("call.resources.exists(one, one.endsWith('/a'))", True),
        ("call.resources.all(one, one.startsWith('arn:aws:s3:::reports'))", True),
        ("size(call.resources.filter(one, one.contains('/'))) == 1", True),
        ("call.resources.exists(a, call.resources.exists(b, a != b))", True),
        ("call.resources[1] == 'arn:aws:s3:::reports/a'", True),
        ("urgent // and why", True),
        ("string(size(call.operation)) == '9' ? urgent : call.refused", True),
        ("true", True),
    ],
)
def test_what_a_condition_can_say(expression: str, holds: bool) -> None:
    assert compile_condition(expression, WORDS).holds(FACTS.get) is holds


@pytest.mark.parametrize(
    ("expression", "place", "sentence", "advice"),
    [
        ("call.operaton == 'a'", (1, 1), "no fact `call.operaton`", "`call.operation`"),
        ("cal.operation == 'a'", (1, 1), "no fact `cal.operation`", "`call.operation`"),
        ("true || call.refusd", (1, 9), "no fact `call.refusd`", "`call.refused`"),
        ("urgent &&\n  call.x == 1", (2, 3), "no fact `call.x`", "`call."),
        ("call['operation'] == 'a'", (1, 1), "`call` alone", "`call.`"),
        ("call.refused.foo", (1, 14), "no", "facts have fields"),
        ("nothing == 1", (1, 1), "no fact `nothing`", "`call`"),
        ("call.bytes > 3", (1, 1), "`call.bytes` may be missing", "has(call.bytes)"),
        ("call.operation.lowerAscii() == 'a'", (1, 16), "no function `lowerAscii`", "there are"),
        ("sized(call.resources) > 1", (1, 1), "no function `sized`", "`size`"),
        ("call.operation == ", (1, 19), "not CEL", "=="),
        ("call.operation = 'a'", (1, 16), "not CEL", "=="),
        ("", (1, 1), "not CEL", "=="),
        ("call.operation", (1, 1), "a text, neither true nor false", "comparison"),
        ("call.resources.matches('a')", (1, 1), "kinds", "texts with texts"),
        ("urgent == .size()", (1, 12), "before the dot", "a fact"),
        ("call.refused > 3", (1, 1), "kinds", "numbers with numbers"),
        ("call.operation == 3", (1, 1), "can never equal", "what it holds"),
        ("has(call.bytes) && call.bytes == '3'", (1, 20), "can never equal", "what it holds"),
        ("call.operation.matches('[')", (1, 24), "regular expression", "RE2"),
        ("call.operation.matches('(.)\\\\1')", (1, 24), "regular expression", "RE2"),
        ("call.operation.matches(call.operation)", (1, 16), "in quotes", "write it there"),
    ],
)
def test_a_slip_is_refused_when_the_condition_is_read(
    expression: str, place: tuple[int, int], sentence: str, advice: str
) -> None:
    with pytest.raises(ConditionUnreadable) as refused:
        compile_condition(expression, WORDS)
    assert (refused.value.line, refused.value.column) == place
    assert sentence in refused.value.sentence
    assert advice in refused.value.advice


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("urgent" + " && urgent" * 300, "longer than"),
        ("['a'].exists(x, [x + x].exists(y, y == x))", "a fact that is a list"),
        ("call.resources.filter(x, true).exists(y, true)", "a fact that is a list"),
        ("call.resources.map(x, x + x) == []", "no function `map`"),
        (
            "call.resources.all(a, call.resources.all(b, call.resources.all(c, a + b == c)))",
            "more than 2 deep",
        ),
        ("{'a': 1} == {'a': 1}", "maps"),
        ("call.resources.exists(call, true)", "`call` is taken"),
        ("call.resources.exists('x', true)", "not CEL"),
        ("(" * 500 + "urgent" + ")" * 500, "not CEL"),
        ("'\ud800' == 'a'", "no text"),
    ],
)
def test_what_could_cost_or_surprise_is_refused(expression: str, sentence: str) -> None:
    with pytest.raises(ConditionUnreadable, match=sentence):
        compile_condition(expression, WORDS)


def test_a_macro_s_name_ends_with_the_macro() -> None:
    with pytest.raises(ConditionUnreadable, match="no fact `one`"):
        compile_condition("call.resources.exists(one, one == 'a') || one == 'b'", WORDS)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("call.resources[5] == 'a'", "5"),
        ("int(call.operation) > 3", "int"),
        ("has(call.bytes) && 1 / (call.bytes - 7) > 0", "zero"),
    ],
)
def test_what_cannot_be_decided_is_said_and_is_not_false(expression: str, reason: str) -> None:
    with pytest.raises(ConditionFailed, match=reason):
        compile_condition(expression, WORDS).holds(FACTS.get)


def test_a_missing_fact_is_asked_for_and_no_fault() -> None:
    condition = compile_condition("has(call.bytes) && call.bytes > 3", WORDS)
    assert condition.holds(FACTS.get)
    assert not condition.holds(lambda _: None)


def test_only_the_facts_that_it_names_are_worked_out() -> None:
    asked: list[str] = []

    def facts(name: str) -> Value | None:
        asked.append(name)
        return FACTS[name]

    compile_condition("call.refused || call.operation == 'a'", WORDS).holds(facts)
    assert sorted(asked) == ["call.operation", "call.refused"]


def test_long_texts_and_lists_are_cut_before_they_are_looked_at() -> None:
    size = compile_condition(f"size(call.operation) == {LONGEST_TEXT}", WORDS)
    assert size.holds({"call.operation": "a" * (LONGEST_TEXT + 1)}.get)
    items = compile_condition(f"size(call.resources) == {MOST_ITEMS}", WORDS)
    assert items.holds({"call.resources": ("a",) * (MOST_ITEMS + 1)}.get)


def test_a_text_that_is_no_utf8_fails_and_does_not_pass() -> None:
    with pytest.raises(ConditionFailed):
        compile_condition("call.operation == 'a'", WORDS).holds({"call.operation": "\ud800"}.get)


@given(st.text(alphabet="call.operation&|!=<>()[]{}'\"\\ \n01,?:-+*/%x", max_size=80))
def test_whatever_is_written_is_compiled_or_refused_with_a_place(text: str) -> None:
    try:
        condition = compile_condition(text, WORDS)
    except ConditionUnreadable as refused:
        assert refused.line >= 1  # noqa: PT017 - both ways are right
        assert refused.column >= 1  # noqa: PT017
    else:
        assert set(condition.names) <= set(WORDS)
        assert len(text) <= LONGEST
