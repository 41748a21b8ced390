"""Roles that people hold all day, as docs/in-place.md wants them, on an AWS that enforces."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.elevation.elevation_stage import CEILING

from liftgate.demo.sample_account import PEOPLE, SampleAccount
from liftgate.iam.compile import role_policy

READS = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def create_held_role(iam: Any, account: SampleAccount, name: str, people: Sequence[str] = PEOPLE) -> str:
    """A role whose trust policy gives each of these users a session of their own name, and no other; returns its ARN."""
    ceiling = json.loads(role_policy(CEILING))["Statement"]
    boundary = iam.create_policy(PolicyName=f"{name}Boundary", PolicyDocument=policy(READS, *ceiling))
    trust = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account.aws.account}:user/{person}"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:RoleSessionName": person}},
        }
        for person in people
    ]
    created = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=policy(*trust),
        PermissionsBoundary=boundary["Policy"]["Arn"],
    )
    iam.put_role_policy(RoleName=name, PolicyName="ReadAll", PolicyDocument=policy(READS))
    role_arn = str(created["Role"]["Arn"])
    for person in people:
        allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn}
        iam.put_user_policy(UserName=person, PolicyName=f"Assume{name}", PolicyDocument=policy(allow))
    return role_arn


def in_place_rights(role_arns: Iterable[str]) -> str:
    """The rights of a broker that docs/in-place.md names, on these roles, and no other; but for the condition on the boundary, a
    key that the embedded AWS does not know.
    """
    document = Path(__file__).parents[2].joinpath("docs/in-place.md").read_text(encoding="utf-8")
    rights = json.loads(document.partition("```json\n")[2].partition("```")[0])
    for statement in rights["Statement"]:
        statement.pop("Condition", None)
        if statement["Resource"] == "arn:aws:iam::111122223333:role/LakesideReadOnly":
            statement["Resource"] = list(role_arns)
    return json.dumps(rights)
