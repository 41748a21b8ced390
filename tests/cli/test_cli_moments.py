from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftgate.cli.errors import BadValue
from liftgate.cli.moments import read_moment, read_span, shown, until
from liftgate.errors import Invalid

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("20m", timedelta(minutes=20)),
        ("1h30m", timedelta(minutes=90)),
        ("90s", timedelta(seconds=90)),
        ("2d", timedelta(days=2)),
    ],
)
def test_a_span_is_read_as_people_write_it(text: str, span: timedelta) -> None:
    assert read_span(text, where="--for") == span


@pytest.mark.parametrize(
    ("text", "advice"), [("20", "20m for minutes"), ("0m", "20m"), ("20 m", "20m"), ("", "20m")]
)
def test_a_span_that_says_too_little_is_refused_with_what_would_be_right(text: str, advice: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_span(text, where="--for")
    assert advice in caught.value.advice


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T09:00Z",
        "2026-11-24T09:00:00z",
        "2026-11-24 10:00+01:00",
        "2026-11-24T04:00-0500",
        "2026-11-24T09:00:00.000Z",
    ],
)
def test_a_moment_with_its_zone_is_read(text: str) -> None:
    assert read_moment(text, where="--start") == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_a_moment_without_a_zone_is_refused_with_the_right_form() -> None:
    with pytest.raises(BadValue, match="names no time zone") as caught:
        read_moment("2026-11-24 09:00", where="--start")
    assert "2026-11-24T09:00Z" in caught.value.advice


@pytest.mark.parametrize(
    "text", ["tomorrow", "2026-02-30T09:00Z", "09:00Z", "2026-11-24T25:00Z", "0001-01-01T00:00+10:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        read_moment(text, where="--start")


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_that_is_shown_can_be_read_again(moment: datetime) -> None:
    assert read_moment(shown(moment), where="--start") == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    ("later", "text"),
    [
        (timedelta(minutes=19, seconds=58), "19m58s"),
        (timedelta(hours=3, minutes=58, seconds=30), "3h58m"),
        (timedelta(days=2, hours=5, minutes=7), "2d5h"),
        (timedelta(), "no time"),
        (timedelta(hours=-1), "no time"),
    ],
)
def test_time_left_is_told_in_two_units(later: timedelta, text: str) -> None:
    assert until(NOW + later, NOW) == text
