"""Ids are short, in the order of time, and safe in a role session name."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liftgate.access.ids import new_grant_id, new_request_id
from liftgate.elevation.session_name import read_session_name, session_name

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(MOMENTS, st.binary(min_size=5, max_size=5))
def test_a_grant_id_makes_a_session_name_that_reads_back(now: datetime, random: bytes) -> None:
    grant_id = new_grant_id(now, lambda _: random)
    assert read_session_name(session_name(grant_id, 7)) == (grant_id, 7)
    assert len(session_name(grant_id, 999_999)) <= 64


@given(MOMENTS, st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5))
def test_later_ids_sort_later(now: datetime, first: bytes, second: bytes) -> None:
    assert new_request_id(now, lambda _: first) < new_request_id(
        now + timedelta(milliseconds=2), lambda _: second
    )


@given(MOMENTS, st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5))
def test_different_random_bytes_make_different_ids(now: datetime, first: bytes, second: bytes) -> None:
    same = new_grant_id(now, lambda _: first) == new_grant_id(now, lambda _: second)
    assert same == (first == second)


def test_no_session_name_of_one_grant_matches_the_deny_of_another() -> None:
    from fnmatch import fnmatchcase

    from liftgate.elevation.session_name import sessions_of

    now = datetime(2026, 1, 1, tzinfo=UTC)
    ids = [new_grant_id(now, bytes([n]).__mul__) for n in range(32)]
    for victim in ids:
        refused = [
            other for other in ids if fnmatchcase(f"AROAX:{session_name(other, 1)}", sessions_of(victim))
        ]
        assert refused == [victim]
