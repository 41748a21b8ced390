"""A role that people hold all day, as IAM would describe it, and what is asked for on it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from liftgate.elevation.in_place.model import HeldRole, Opening
from liftgate.elevation.in_place.offer import Offered, offer
from liftgate.iam.compile import role_policy
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window
from liftgate.identity.model import Identity, IdentityKind

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROLE = "arn:aws:iam::111122223333:role/LakesideReadOnly"
ROLE_ID = "AROAEXAMPLEEXAMPLE123"
READS = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}


def scope(*actions: str, at: str = "s3://reports/2026/") -> Scope:
    return Scope(actions=expand_actions(actions), locations=frozenset({parse_location(at)}))


CEILING = scope("write", "delete")


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(**condition: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:user/ada"},
        "Action": "sts:AssumeRole",
    }
    return policy({**statement, **({"Condition": condition} if condition else {})})


NAMED = trust(StringEquals={"sts:RoleSessionName": "${aws:username}"})


def boundary(*more: Any, ceiling: Scope = CEILING) -> str:
    return policy(*json.loads(role_policy(ceiling))["Statement"], READS, *more)


def held_role(**fields: Any) -> HeldRole:
    whole = HeldRole(
        arn=ROLE,
        role_id=ROLE_ID,
        trust=NAMED,
        boundary=boundary(),
        own=(policy(READS),),
        inline_characters=120,
    )
    return replace(whole, **fields)


def session(name: str = "ada", *, role: str = "LakesideReadOnly", role_id: str = ROLE_ID) -> Identity:
    return Identity(
        kind=IdentityKind.AWS,
        name=f"arn:aws:sts::111122223333:assumed-role/{role}/{name}",
        account="111122223333",
        user_id=f"{role_id}:{name}",
    )


def opening(
    number: int = 1,
    *,
    name: str = "ada",
    of: Scope | None = None,
    starts_at: datetime = NOON,
    lasts: timedelta = timedelta(minutes=20),
    granted_at: datetime | None = None,
) -> Opening:
    made = offer(of or scope("write", at="s3://reports/2026/q3/"), session(name), held_role(), [CEILING])
    assert isinstance(made, Offered), made
    return Opening(
        grant_id=f"gr-{number:016}",
        user_id=made.user_id,
        policy=made.policy,
        window=Window(starts_at=starts_at, ends_at=starts_at + lasts),
        granted_at=granted_at or starts_at + timedelta(seconds=number),
    )
