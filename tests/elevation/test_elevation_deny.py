"""The one policy that takes sessions back, judged as IAM would judge it."""

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.elevation.elevation_examples import MINUTE, NOON

from liftgate.access.ports import DENY_SLACK
from liftgate.clock import rfc3339
from liftgate.elevation.deny import ROOM, deny_policy, refused_by
from liftgate.elevation.model import Deny
from liftgate.elevation.session_name import session_name
from liftgate.iam.evaluate import Decision, evaluate
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.request import Request

ROLE_ROOM = 10_240  # AWS: IAM quotas, all inline policies of a role
ONE_DAY = 86_400_000_000


def _deny(number: int, ended_at: datetime = NOON, person: str | None = None) -> Deny:
    """Each grant is another person's where nothing else is said."""
    return Deny(
        grant_id=f"gr-{number:016}",
        person=person or f"person-{number}",
        until=ended_at + 60 * MINUTE,
        ended_at=ended_at,
    )


@st.composite
def wanted_denies(draw: st.DrawFn, most: int = 60) -> list[Deny]:
    numbers = draw(st.lists(st.integers(0, 10**15), min_size=1, max_size=most, unique=True))
    whole = draw(st.booleans())
    return [
        _deny(
            number,
            NOON + timedelta(microseconds=draw(st.integers(0, ONE_DAY)) // (1_000_000 if whole else 1)),
            draw(st.sampled_from([None, "ada", "grace"])),
        )
        for number in numbers
    ]


def _refused(
    policy: str | None, grant_id: str, issued_at: datetime, *, number: int = 1, person: str = "somebody"
) -> bool:
    """Whether a role that may do everything, and carries this policy, refuses this session."""
    if policy is None:
        return False
    everything = parse_policy(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}', Kind.IDENTITY
    )
    asked = Request(
        action="s3:PutObject",
        resource="arn:aws:s3:::reports/2026/a",
        context={
            "aws:userid": f"AROAEXAMPLE:{session_name(grant_id, number)}",
            "aws:PrincipalTag/liftgate-person": person,
            "aws:TokenIssueTime": rfc3339(issued_at.replace(microsecond=0)),  # AWS says whole seconds
        },
    )
    verdict = evaluate(asked, identity=[everything, parse_policy(policy, Kind.IDENTITY)])
    return verdict.decision is Decision.EXPLICIT_DENY


def test_nothing_to_refuse_is_no_policy() -> None:
    assert deny_policy([]) is None


def test_one_grant_is_refused_and_its_neighbour_is_not() -> None:
    policy = deny_policy([_deny(1)])
    for number in (1, 2, 999_999):
        assert _refused(policy, "gr-0000000000000001", NOON - MINUTE, number=number)
        assert not _refused(policy, "gr-0000000000000002", NOON - MINUTE, number=number)


def test_everything_is_refused_to_a_session_that_was_taken_back() -> None:
    (statement,) = json.loads(deny_policy([_deny(1)]) or "")["Statement"]
    assert (statement["Effect"], statement["Action"], statement["Resource"]) == ("Deny", "*", "*")


def test_hundreds_of_grants_fit_by_pattern() -> None:
    policy = deny_policy([_deny(number) for number in range(300)]) or ""
    assert "TokenIssueTime" not in policy
    assert len(policy) <= ROOM < ROLE_ROOM


@given(wanted=wanted_denies(), room=st.integers(min_value=400, max_value=2_000))
def test_a_policy_is_never_longer_than_its_room(wanted: list[Deny], room: int) -> None:
    assert len(deny_policy(wanted, room=room) or "") <= room


@given(wanted=wanted_denies(), room=st.integers(min_value=0, max_value=2_000), early=st.integers(0, ONE_DAY))
def test_every_session_that_was_taken_back_is_refused(wanted: list[Deny], room: int, early: int) -> None:
    policy = deny_policy(wanted, room=room)
    for deny in wanted:
        for issued_at in (deny.ended_at, deny.ended_at - timedelta(microseconds=early)):
            assert _refused(policy, deny.grant_id, issued_at, person=deny.person)


@given(wanted=wanted_denies(), room=st.integers(min_value=0, max_value=2_000))
def test_a_session_is_refused_though_the_clock_of_aws_is_ahead(wanted: list[Deny], room: int) -> None:
    policy = deny_policy(wanted, room=room)
    for deny in wanted:
        assert _refused(policy, deny.grant_id, deny.ended_at + DENY_SLACK, person=deny.person)


@given(wanted=wanted_denies(), room=st.integers(min_value=0, max_value=2_000), later=st.integers(1, ONE_DAY))
def test_a_session_of_another_grant_is_not_refused_once_all_ages_are_past(
    wanted: list[Deny], room: int, later: int
) -> None:
    policy = deny_policy(wanted, room=room)
    last = max(deny.ended_at for deny in wanted) + DENY_SLACK + timedelta(seconds=1)
    assert not _refused(policy, "gr-zzzzzzzzzzzzzzzz", last + timedelta(microseconds=later))


@given(wanted=wanted_denies())
def test_where_all_patterns_fit_no_other_session_is_refused_however_old(wanted: list[Deny]) -> None:
    policy = deny_policy(wanted)
    assert not _refused(policy, "gr-zzzzzzzzzzzzzzzz", NOON - timedelta(days=1))


def test_those_that_ended_first_give_way() -> None:
    # Their people's names are so long that no room is won by naming people.
    wanted = [_deny(number, NOON + number * MINUTE, f"{number:064}") for number in range(40)]
    policy = deny_policy(wanted, room=900) or ""
    kept = [number for number in range(40) if f"{number:016}" in policy]
    assert kept == list(range(40 - len(kept), 40))
    assert len(kept) > 10
    # the younger ones' sessions are refused by name, so a sibling of their age goes on
    assert not _refused(policy, "gr-zzzzzzzzzzzzzzzz", NOON + 39 * MINUTE)
    assert _refused(policy, "gr-zzzzzzzzzzzzzzzz", NOON)  # too much, for those as old


@given(wanted=wanted_denies(), room=st.integers(min_value=400, max_value=2_000))
def test_no_pattern_gives_way_for_which_there_was_room(wanted: list[Deny], room: int) -> None:
    policy = deny_policy(wanted, room=room) or ""
    if "RevokedByAge" in policy:
        assert len(policy) + 2 * 26 > room


def test_who_has_most_taken_back_gives_way_and_nobody_else() -> None:
    """The attack: somebody asks and returns, again and again, until no name fits on the role."""
    hers = [_deny(number, NOON + number * MINUTE, "mallory") for number in range(330)]
    his = [_deny(10**9 + number, NOON, "linus") for number in range(3)]
    policy = deny_policy([*hers, *his]) or ""
    assert len(policy) <= ROOM
    assert "RevokedByAge" not in policy
    for deny in [*hers, *his]:
        assert _refused(policy, deny.grant_id, deny.ended_at, person=deny.person)
    for person in ("ada", "linus"):  # other sessions, as old as can be
        assert not _refused(policy, "gr-zzzzzzzzzzzzzzzz", NOON - timedelta(days=1), person=person)
    assert _refused(policy, "gr-zzzzzzzzzzzzzzzz", NOON, person="mallory")
    later = NOON + 330 * MINUTE + DENY_SLACK
    assert not _refused(policy, "gr-zzzzzzzzzzzzzzzz", later, person="mallory")


@given(wanted=wanted_denies(), room=st.integers(min_value=900, max_value=2_000))
def test_people_of_whom_nothing_was_taken_back_are_spared_while_people_fit(
    wanted: list[Deny], room: int
) -> None:
    policy = deny_policy(wanted, room=room) or ""
    if "RevokedByAge" not in policy:
        assert not _refused(policy, "gr-zzzzzzzzzzzzzzzz", NOON - timedelta(days=1))


@given(wanted=wanted_denies(), chance=st.randoms(use_true_random=False))
def test_the_order_in_which_denies_are_named_changes_nothing(wanted: list[Deny], chance: object) -> None:
    shuffled = list(wanted)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' Random
    for room in (400, ROOM):
        assert deny_policy(wanted, room=room) == deny_policy(shuffled, room=room)


# reading back


def test_one_session_is_refused_by_its_whole_name() -> None:
    session = Deny(
        grant_id="gr-0000000000000001", number=1, person="ada", until=NOON + 60 * MINUTE, ended_at=NOON
    )
    policy = deny_policy([session, _deny(2)]) or ""
    assert '"*:gr-0000000000000001-1"' in policy
    assert refused_by(policy) == {"gr-0000000000000001-1", "gr-0000000000000002"}
    for name, refused in (("1-1", True), ("1-11", False), ("1-2", False), ("2-7", True), ("3-1", False)):
        user_id = f"AROAEXAMPLEEXAMPLE123:gr-000000000000000{name}"
        request = Request(action="s3:PutObject", resource="arn:aws:s3:::b/k", context={"aws:userid": user_id})
        verdict = evaluate(request, identity=[parse_policy(policy)])
        assert (verdict.decision is Decision.EXPLICIT_DENY) is refused, name


def test_a_policy_read_back_says_whom_it_refuses() -> None:
    assert refused_by(deny_policy([_deny(1), _deny(2)])) == {
        "gr-0000000000000001",
        "gr-0000000000000002",
    }


@pytest.mark.parametrize(
    "found",
    [
        None,
        "",
        "not json",
        "[]",
        '{"Version":"2012-10-17","Statement":[]}',
        (deny_policy([_deny(1)]) or "").replace("Deny", "Allow"),
        (deny_policy([_deny(1)]) or "").replace('"Action":"*"', '"Action":"s3:GetObject"'),
        (deny_policy([_deny(1)]) or "").replace("StringLike", "StringEquals"),
    ],
)
def test_a_policy_that_is_not_ours_is_trusted_to_refuse_nobody(found: str | None) -> None:
    assert refused_by(found) == frozenset()
