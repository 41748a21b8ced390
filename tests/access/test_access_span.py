"""Spans of time as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.span import SpanUnreadable, in_words, parse_span


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("20m", timedelta(minutes=20)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("0s", timedelta(0)),
    ],
)
def test_parse(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "20", "m", "20 m", "-5m", "1.5h", "20min", "30m1h", "٣m", "1h\n", "9" * 99 + "s"]
)
def test_anything_else_is_refused_with_the_right_form(text: str) -> None:
    with pytest.raises(SpanUnreadable) as refusal:
        parse_span(text)
    assert refusal.value.advice


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("20", "say the unit: `20m` for minutes, `20h` for hours"),
        ("20 Minutes", "did you mean `20m`?"),
        ("soon", "write it as `90s`, `20m`, `1h30m` or `2d`"),
    ],
)
def test_the_advice_is_what_was_probably_meant(text: str, advice: str) -> None:
    with pytest.raises(SpanUnreadable) as refusal:
        parse_span(text)
    assert refusal.value.advice == advice


@given(st.integers(0, 10_000_000))
def test_in_words_reads_back(seconds: int) -> None:
    assert parse_span(in_words(timedelta(seconds=seconds))) == timedelta(seconds=seconds)
