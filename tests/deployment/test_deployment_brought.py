"""A broker that is there already, a user or role: its boundary is written, how it is put on is said, and who cannot have one is refused."""

import re
from typing import Any

import pytest
from tests.deployment.deployed import HOME, OTHER, brought, in_place, planned
from tests.deployment.read_back import as_planned, from_cloudformation, from_terraform

from liftgate.deployment.errors import AccountUnclear, BadDeployOption
from liftgate.deployment.options import NewBaseline
from liftgate.deployment.write import written
from liftgate.iam.policy import to_document

USER = f"arn:aws:iam::{HOME}:user/ops/lifter"
ROLE = f"arn:aws:iam::{HOME}:role/ops/lifter"
BOUNDARY = f"arn:aws:iam::{HOME}:policy/LiftgateBrokerBoundary"
COMMANDS = {
    USER: f"aws iam put-user-permissions-boundary --user-name lifter --permissions-boundary {BOUNDARY}",
    ROLE: f"aws iam put-role-permissions-boundary --role-name lifter --permissions-boundary {BOUNDARY}",
}


@pytest.mark.parametrize("arn", COMMANDS)
def test_its_boundary_is_made_in_the_brokers_file_and_is_on_nobody_yet(arn: str) -> None:
    plan, _ = brought(arn)
    templates, module = written("cloudformation", plan), written("terraform", plan)
    assert from_cloudformation(templates) == from_terraform(module) == as_planned(plan)
    assert "LiftgateBrokerBoundary" in templates[f"account-{HOME}/broker.yaml"]
    assert "LiftgateBrokerBoundary" in module[f"broker-{HOME}.tf"]
    boundary = plan.policy(BOUNDARY)
    assert (boundary.users, boundary.roles) == ((), ())


@pytest.mark.parametrize("arn", COMMANDS)
@pytest.mark.parametrize(
    ("tool", "before"),
    [("cloudformation", "aws cloudformation deploy .*/broker.yaml"), ("terraform", "terraform apply")],
)
def test_the_command_that_puts_it_under_its_boundary_comes_once_the_policy_is_made(
    arn: str, tool: str, before: str
) -> None:
    text = written(tool, brought(arn)[0])["README.md"]
    assert re.search(rf"^{before}\n{re.escape(COMMANDS[arn])}$", text, re.MULTILINE)
    assert text.count(COMMANDS[arn]) == 1
    assert "it takes away whatever else that may" in text
    assert "permissions-boundary" not in written(tool, planned())["README.md"]


def test_the_boundary_is_that_of_our_own_role_but_for_whom_it_names_as_itself() -> None:
    own = to_document(planned().policy(BOUNDARY).document)["Statement"]
    of_role = to_document(brought(ROLE)[0].policy(BOUNDARY).document)["Statement"]
    of_user = to_document(brought(USER)[0].policy(BOUNDARY).document)["Statement"]
    itself = next(one for one in own if one["Sid"] == "NeverItself")
    assert of_role == [{**one, "Resource": ROLE} if one == itself else one for one in own]
    assert of_user == [one for one in own if one != itself]


@pytest.mark.parametrize(
    ("broker", "options", "fault", "said"),
    [
        (f"arn:aws:iam::{OTHER}:user/lifter", {}, AccountUnclear, f"is not of account `{HOME}`"),
        (
            f"arn:aws:sts::{HOME}:assumed-role/lifter/s",
            {},
            BadDeployOption,
            "is not the ARN of a user or role",
        ),
        (
            f"arn:aws:iam::{HOME}:role/aws-reserved/sso.amazonaws.com/A",
            {},
            BadDeployOption,
            "one of AWS's own",
        ),
        (
            f"arn:aws:iam::{HOME}:role/aws-service-role/a.amazonaws.com/A",
            {},
            BadDeployOption,
            "one of AWS's own",
        ),
        (f"arn:aws:iam::{HOME}:role/liftgate/reports-write", {}, BadDeployOption, "a role that is lent"),
        (f"arn:aws:iam::{HOME}:role/reports-write", {}, BadDeployOption, "a role that is lent"),
        (
            f"arn:aws:iam::{HOME}:role/Everyday",
            {"baseline": NewBaseline(name="Everyday", users=(f"arn:aws:iam::{HOME}:user/ada",))},
            BadDeployOption,
            "that people hold",
        ),
    ],
)
def test_who_cannot_be_put_under_it_is_refused(
    broker: str, options: dict[str, Any], fault: type[Exception], said: str
) -> None:
    with pytest.raises(fault, match=re.escape(said)):
        planned(broker_arn=broker, **options)


def test_a_role_that_is_opened_in_place_is_no_broker() -> None:
    (held,) = in_place().bounded
    with pytest.raises(BadDeployOption, match="that people hold"):
        in_place(broker_arn=held.arn)
