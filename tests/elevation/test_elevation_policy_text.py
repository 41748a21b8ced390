"""Policies that come back from AWS are compared by what they say."""

import json

import pytest
from tests.elevation.elevation_examples import MINUTE, NOON
from tests.elevation.in_place_examples import opening

from liftgate.elevation.deny import deny_policy
from liftgate.elevation.in_place.statements import ROOM, packed
from liftgate.elevation.model import Deny
from liftgate.elevation.policy_text import same_policy


def _deny(number: int) -> Deny:
    return Deny(person="ada", grant_id=f"gr-{number:016}", until=NOON + 60 * MINUTE, ended_at=NOON)


def test_the_same_policy_may_be_spaced_and_keyed_in_another_order() -> None:
    policy = deny_policy([_deny(1), _deny(2)]) or ""
    spaced = json.dumps(dict(reversed(json.loads(policy).items())), indent=4)
    assert same_policy(policy, spaced)
    assert same_policy(None, None)


@pytest.mark.parametrize(
    "other",
    [
        None,
        "",
        "not json",
        "{}",
        "null",
        deny_policy([_deny(1)]),
        (deny_policy([_deny(1), _deny(2)]) or "").replace("Deny", "Allow"),
        (deny_policy([_deny(1), _deny(2)]) or "").replace('"Resource":"*"', '"Resource":"arn:aws:s3:::x"'),
    ],
)
def test_another_policy_is_not_the_same(other: str | None) -> None:
    policy = deny_policy([_deny(1), _deny(2)])
    assert not same_policy(policy, other)
    assert not same_policy(other, policy)


def test_openings_are_compared_by_what_they_say() -> None:
    written = packed([opening()], room=ROOM).policy
    assert same_policy(written, json.dumps(json.loads(written or ""), indent=4))
    assert not same_policy(written, packed([opening(name="grace")], room=ROOM).policy)
    assert not same_policy(written, None)
    assert not same_policy(written, "{")
    assert same_policy(None, None)
