"""The statements of access in place: for one session, for one window, as short as can be, and never cut."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from tests.elevation.in_place_examples import NOON, ROLE, ROLE_ID, opening, scope

from liftgate.clock import rfc3339
from liftgate.elevation.in_place.statements import ROOM, SHARE, Shortage, packed, shortage
from liftgate.elevation.policy_text import same_policy
from liftgate.iam.evaluate import evaluate
from liftgate.iam.parse import parse_policy
from liftgate.iam.request import Request

WHOLE = "arn:aws:s3:::reports/2026/q3/a.csv"


def allows(
    policy: str | None, user: str, *, at: int = 60, resource: str = WHOLE, action: str = "s3:PutObject"
) -> bool:
    """What an evaluator says to a call, so many seconds after noon."""
    assert policy is not None
    context = {"aws:userid": f"{ROLE_ID}:{user}", "aws:CurrentTime": rfc3339(NOON + timedelta(seconds=at))}
    who = f"arn:aws:sts::111122223333:assumed-role/{ROLE.rsplit('/', 1)[-1]}/x"
    request = Request(action=action, resource=resource, context=context, principal=who)
    return evaluate(request, identity=[parse_policy(policy)]).allowed


def test_it_opens_for_its_session_in_its_window_and_scope_alone() -> None:
    policy = packed([opening()], room=ROOM).policy
    assert allows(policy, "ada", at=0)
    assert allows(policy, "ada", at=1199)
    assert not allows(policy, "ada", at=1200)
    assert not allows(policy, "ada", at=-1)
    assert not allows(policy, "grace")
    assert not allows(policy, "ada", resource="arn:aws:s3:::reports/2026/q4/a.csv")
    assert not allows(policy, "ada", action="s3:DeleteObject")


@pytest.mark.parametrize("name", ["ada.lovelace@example.com", "i-0123456789abcdef0", "a=b,c+d_e", "f-x"])
def test_a_name_of_odd_letters_opens_for_that_name(name: str) -> None:
    policy = packed([opening(name=name)], room=ROOM).policy
    assert allows(policy, name)
    for other in (name.upper(), f"{name}x", f"x{name}", name[:-1]):
        assert other == name or not allows(policy, other)


@pytest.mark.parametrize(
    "user_id", [f"{ROLE_ID}:*", f"{ROLE_ID}:a?a", "*:ada", f"{ROLE_ID}:${{aws:username}}", ""]
)
def test_what_could_stand_for_several_sessions_is_never_written(user_id: str) -> None:
    with pytest.raises(ValueError, match="user id"):
        packed([replace(opening(), user_id=user_id)], room=ROOM)


def test_names_are_compared_letter_by_letter() -> None:
    policy = packed([opening(name="a.a")], room=ROOM).policy
    assert '"StringEquals":{"aws:userid"' in str(policy)
    assert "StringLike" not in str(policy)
    assert not allows(policy, "aXa")


def test_two_grants_of_one_session_do_not_touch_each_other() -> None:
    q3, q4 = (
        opening(1),
        opening(2, of=scope("delete", at="s3://reports/2026/q4/"), lasts=timedelta(minutes=5)),
    )
    policy = packed([q3, q4], room=ROOM).policy
    there = "arn:aws:s3:::reports/2026/q4/a.csv"
    assert allows(policy, "ada", resource=there, action="s3:DeleteObject")
    assert not allows(policy, "ada", action="s3:DeleteObject")
    assert not allows(policy, "ada", at=301, resource=there, action="s3:DeleteObject")
    assert allows(policy, "ada", at=301)


def test_the_one_that_ends_last_stands_first_whatever_the_order() -> None:
    several = [opening(n, name=f"person-{n}", lasts=timedelta(minutes=n)) for n in (3, 1, 2)]
    policies = {packed(order, room=ROOM).policy for order in combinations(several, 3)}
    assert len(policies) == 1
    assert [one.grant_id[-1] for one in packed(several, room=ROOM).openings] == ["3", "2", "1"]


def test_twenty_and_more_typical_grants_fit_on_one_role() -> None:
    many = [
        opening(
            n,
            name=f"person.number-{n:02}@example.com",
            of=scope("write", at=f"s3://reports/2026/team-{n:02}/"),
        )
        for n in range(1, 41)
    ]
    fitting = packed(many, room=ROOM - 120)
    assert len(fitting.openings) >= 25
    assert len(fitting.policy or "") <= ROOM - 120
    assert len(fitting.openings) + len(fitting.waiting) == 40


def test_without_room_the_later_ones_wait_whole_and_the_earlier_stay() -> None:
    several = [opening(n, name=f"person-{n}") for n in range(1, 6)]
    room = len(packed(several[:2], room=ROOM).policy or "")
    fitting = packed(reversed(several), room=room)
    assert [one.grant_id for one in fitting.waiting] == [one.grant_id for one in several[2:]]
    assert same_policy(fitting.policy, packed(several[:2], room=ROOM).policy)
    nothing = packed(several, room=0)
    assert nothing.policy is None
    assert len(nothing.waiting) == 5


def test_what_is_on_the_role_gives_way_to_nothing_then_the_window_that_begins_first_goes_first() -> None:
    scheduled = [opening(n, name=f"early-{n}", granted_at=NOON - timedelta(hours=n)) for n in (1, 2)]
    later = [
        replace(one, window=replace(one.window, starts_at=NOON + timedelta(minutes=5))) for one in scheduled
    ]
    running, asked = opening(3, name="grace"), opening(4)
    room = len(packed([running, later[1]], room=ROOM).policy or "")
    fitting = packed([*later, running, asked], room=room, staying={later[1].grant_id})
    assert {one.grant_id for one in fitting.openings} == {later[1].grant_id, running.grant_id}
    assert [one.grant_id for one in fitting.waiting] == [asked.grant_id, later[0].grant_id]


def test_one_person_gets_no_more_than_a_third_of_a_role() -> None:
    greedy = [
        replace(opening(n, of=scope("write", at=f"s3://reports/2026/{n:02}/")), requester="mallory")
        for n in range(1, 41)
    ]
    fitting = packed([*greedy, opening(50, name="grace")], room=ROOM)
    assert [one.requester for one in fitting.openings].count("grace") == 1
    assert len(packed(fitting.openings[:-1], room=ROOM).policy or "") <= SHARE + 50
    staying = [one.grant_id for one in greedy[:20]]  # as they were before there was a share
    assert len(packed(greedy, room=ROOM, staying=staying).openings) == 20


def test_a_wish_is_told_what_it_lacks() -> None:
    places = [
        opening(n, name=f"person-{n}", of=scope("write", at=f"s3://reports/2026/{n:02}/"))
        for n in range(10, 50)
    ]
    wished = opening(1)
    assert shortage(wished, [], room=ROOM) is None
    assert shortage(wished, [], room=300) is Shortage.TOO_LONG
    assert shortage(wished, places, room=ROOM) is Shortage.OF_ROOM
    assert (
        shortage(wished, [replace(one, requester="ada") for one in places[:20]], room=ROOM)
        is Shortage.OF_SHARE
    )
    assert shortage(wished, [replace(one, requester="grace") for one in places], room=ROOM) is None
    wide = replace(wished, policy=_many_places(60))
    assert shortage(wide, [], room=ROOM) is Shortage.TOO_LONG


def test_grants_that_are_not_there_at_the_same_time_do_not_share_room() -> None:
    wished = opening(1, lasts=timedelta(hours=8))
    room = 2 * len(packed([wished], room=ROOM).policy or "")
    one, two = (
        opening(n, name="grace", starts_at=NOON + timedelta(hours=n), lasts=timedelta(minutes=30))
        for n in (2, 3)
    )
    assert shortage(wished, [one, two], room=room) is None
    assert shortage(wished, [one, replace(two, window=one.window)], room=room) is Shortage.OF_ROOM


def _many_places(count: int) -> str:
    places = [f"arn:aws:s3:::reports/2026/a-long-name-of-a-place-{number:03}/*" for number in range(count)]
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": places}],
        }
    )


def test_every_grant_costs_less_than_four_hundred_characters() -> None:
    one, two = (len(packed([opening(n) for n in range(1, upto)], room=ROOM).policy or "") for upto in (2, 3))
    assert two - one < 400
