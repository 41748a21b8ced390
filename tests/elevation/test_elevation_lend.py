"""The AssumeRole call for a grant: its length, its names, its policy."""

import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.elevation.elevation_examples import MINUTE, NOON, grant, request

from liftgate.elevation.lend import (
    LONGEST,
    SHORTEST,
    closed_policy,
    lend_order,
    trial_order,
    within_window,
)
from liftgate.elevation.model import Credentials
from liftgate.elevation.person import source_identity
from liftgate.elevation.session_name import read_session_name, session_name, sessions_of
from liftgate.iam.evaluate import allows
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.request import Request
from liftgate.iam.scope import Window

# AWS: STS API Reference, AssumeRole (SourceIdentity, RoleSessionName) and Tag.
SESSION_LETTERS = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}")
TAG_LETTERS = re.compile(r"[A-Za-z0-9_.:/=+\-@ ]{1,256}")

seconds = st.integers(min_value=1, max_value=2 * 86_400)


@pytest.mark.parametrize(
    ("left", "max_session", "lent"),
    [
        (timedelta(seconds=5), timedelta(hours=1), SHORTEST),
        (timedelta(seconds=899), timedelta(hours=1), SHORTEST),
        (timedelta(seconds=901), timedelta(hours=1), timedelta(seconds=901)),
        (timedelta(minutes=59), timedelta(hours=1), timedelta(minutes=59)),
        (timedelta(hours=8), timedelta(hours=1), timedelta(hours=1)),
        (timedelta(hours=8), timedelta(hours=6), timedelta(hours=6)),
        (timedelta(hours=30), timedelta(hours=99), LONGEST),
        (timedelta(hours=1), timedelta(seconds=1), SHORTEST),
    ],
)
def test_a_session_is_as_long_as_what_is_left_within_what_sts_lends(
    left: timedelta, max_session: timedelta, lent: timedelta
) -> None:
    given_ = grant(window=Window(starts_at=NOON - MINUTE, ends_at=NOON + left), max_session=max_session)
    assert lend_order(given_, 1, NOON).duration == lent


@given(left=seconds, micro=st.integers(min_value=0, max_value=999_999), longest=seconds)
def test_a_session_lasts_whole_seconds_to_the_window_or_to_a_limit(
    left: int, micro: int, longest: int
) -> None:
    now = NOON + timedelta(microseconds=micro)
    given_ = grant(
        window=Window(starts_at=NOON - MINUTE, ends_at=NOON + timedelta(seconds=left + 1)),
        max_session=timedelta(seconds=longest),
    )
    lent = lend_order(given_, 1, now).duration
    assert lent.microseconds == 0
    assert SHORTEST <= lent <= max(SHORTEST, timedelta(seconds=longest))
    assert lent <= LONGEST
    if lent < timedelta(seconds=longest) and lent < LONGEST:
        assert now + lent >= given_.window.ends_at  # not shorter than the window: nobody is cut off early
        assert lent == SHORTEST or now + lent - given_.window.ends_at < timedelta(seconds=1)


def test_a_call_says_whose_it_is_and_under_which_grant() -> None:
    given_ = grant(external_id="their-word")
    order = lend_order(given_, 3, NOON)
    assert order.role_arn == given_.role_arn
    assert order.external_id == "their-word"
    assert order.session_name == f"{given_.id}-3"
    assert order.source_identity == "ada"
    assert order.tags == (("liftgate-grant", given_.id), ("liftgate-person", "ada"))


def test_the_session_policy_carries_the_whole_window_and_nothing_outside_it() -> None:
    given_ = grant()
    policy = parse_policy(lend_order(given_, 1, NOON).session_policy, Kind.SESSION)

    def writes_at(moment: str) -> bool:
        return allows(
            policy,
            Request(
                action="s3:PutObject",
                resource="arn:aws:s3:::reports/2026/a",
                context={"aws:CurrentTime": moment},
            ),
        )

    assert not writes_at("2026-11-24T11:59:59Z")
    assert writes_at("2026-11-24T12:00:00Z")
    assert writes_at("2026-11-24T12:19:59Z")
    assert not writes_at("2026-11-24T12:20:00Z")


def test_a_later_session_is_no_wider_than_the_first() -> None:
    given_ = grant()
    first, later = lend_order(given_, 1, NOON), lend_order(given_, 2, NOON + 10 * MINUTE)
    assert first.session_policy == later.session_policy


# whose it is


@pytest.mark.parametrize("plain", ["ada", "ada@example.com", "svc_1+x=y.z-", "x" * 64])
def test_an_id_in_the_letters_of_sts_stays_as_it_is(plain: str) -> None:
    assert source_identity(plain) == plain


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "a",
        "x" * 65,
        "ada lovelace",
        "Jürgen",
        "a/b",
        "a:b",
        "ada\n",
        "a*",
        "\u0430da",
        "a,b",
        "\uff11\uff12",
    ],
)
def test_an_odd_id_is_hashed_into_the_letters_of_sts(odd: str) -> None:
    said = source_identity(odd)
    assert said != odd
    assert SESSION_LETTERS.fullmatch(said)


def test_an_id_that_looks_like_a_hash_does_not_pass_for_the_one_who_was_hashed() -> None:
    hashed = source_identity("Jürgen")
    assert source_identity(hashed) != hashed


def test_a_name_that_is_not_yet_normalised_is_another_person() -> None:
    assert source_identity("Ju\u0308rgen") != source_identity("J\u00fcrgen")


@given(one=st.text(max_size=70), other=st.text(max_size=70))
def test_no_two_people_share_a_source_identity(one: str, other: str) -> None:
    assert (source_identity(one) == source_identity(other)) == (one == other)


@given(person=st.text(max_size=70))
def test_what_is_sent_has_only_the_letters_that_sts_takes(person: str) -> None:
    order = lend_order(grant(request(requester=person)), 1, NOON)
    assert SESSION_LETTERS.fullmatch(order.source_identity)
    assert SESSION_LETTERS.fullmatch(order.session_name)
    for key, value in order.tags:
        assert TAG_LETTERS.fullmatch(key)
        assert TAG_LETTERS.fullmatch(value)


# the expiry that is told


@given(expires=seconds, ends=seconds)
def test_the_expiry_told_is_never_later_than_the_window_nor_than_the_credentials(
    expires: int, ends: int
) -> None:
    window = Window(starts_at=NOON, ends_at=NOON + timedelta(seconds=ends))
    lent = Credentials(
        access_key_id="ASIA",
        secret_access_key="s",
        session_token="t",
        expires_at=NOON + timedelta(seconds=expires),
    )
    told = within_window(lent, window)
    assert told.expires_at == min(window.ends_at, lent.expires_at)
    assert (told.access_key_id, told.secret_access_key, told.session_token) == ("ASIA", "s", "t")


# the trial


def test_a_trial_is_the_same_call_with_a_window_that_closed_long_ago() -> None:
    asked = request(external_id="their-word")
    trial, real = trial_order(asked), lend_order(grant(asked, external_id="their-word"), 1, NOON)
    assert (trial.role_arn, trial.external_id, trial.source_identity) == (
        real.role_arn,
        real.external_id,
        real.source_identity,
    )
    assert [key for key, _ in trial.tags] == [key for key, _ in real.tags]
    assert len(trial.session_name) == len(real.session_name)
    assert len(trial.session_policy) == len(real.session_policy)  # what is tried is what will be sent
    assert trial.duration == SHORTEST
    assert not allows(
        parse_policy(trial.session_policy, Kind.SESSION),
        Request(
            action="s3:PutObject",
            resource="arn:aws:s3:::reports/2026/a",
            context={"aws:CurrentTime": "2026-11-24T12:00:00Z"},
        ),
    )


def test_every_statement_of_a_closed_policy_is_closed() -> None:
    for statement in json.loads(closed_policy(request().scope))["Statement"]:
        condition = statement["Condition"]
        assert condition["DateLessThan"]["aws:CurrentTime"] == "2001-01-01T00:00:01Z"
        assert condition["DateGreaterThanEquals"]["aws:CurrentTime"] == "2001-01-01T00:00:00Z"


# session names


def test_a_session_name_is_read_back() -> None:
    name = session_name("gr-0123456789abcdef", 17)
    assert name == "gr-0123456789abcdef-17"
    assert read_session_name(name) == ("gr-0123456789abcdef", 17)


@pytest.mark.parametrize(
    ("grant_id", "number"),
    [
        ("gr-0123456789abcdef", 0),
        ("gr-0123456789abcdef", -1),
        ("gr-0123456789abcdef", 1_000_000),
        ("gr-0123456789abcde", 1),
        ("gr-0123456789abcdefg", 1),
        ("gr-0123456789abcde*", 1),
        ("gr-0123456789abcdeF", 1),
        ("rq-0123456789abcdef", 1),
        ("gr-0123456789abcdeu", 1),
    ],
)
def test_no_other_form_becomes_a_session_name(grant_id: str, number: int) -> None:
    with pytest.raises(ValueError, match="not a session name"):
        session_name(grant_id, number)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ada",
        "gr-0123456789abcdef",
        "gr-0123456789abcdef-",
        "gr-0123456789abcdef-01",
        "gr-0123456789abcdef-1\n",
        "xgr-0123456789abcdef-1",
        "gr-0123456789abcdef-1-1",
        "gr-0123456789abcdef-\u0661",
    ],
)
def test_a_name_that_liftgate_did_not_make_names_no_grant(name: str) -> None:
    assert read_session_name(name) is None


@given(
    number=st.integers(min_value=1, max_value=999_999),
    ids=st.lists(
        st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=16, max_size=16),
        min_size=2,
        max_size=2,
        unique=True,
    ),
)
def test_the_pattern_of_a_grant_fits_its_own_sessions_only(number: int, ids: list[str]) -> None:
    mine, others = (f"gr-{one}" for one in ids)
    pattern = re.compile(re.escape(sessions_of(mine)).replace(r"\*", ".*"))
    assert pattern.fullmatch(f"AROAEXAMPLE:{session_name(mine, number)}")
    assert not pattern.fullmatch(f"AROAEXAMPLE:{session_name(others, number)}")
