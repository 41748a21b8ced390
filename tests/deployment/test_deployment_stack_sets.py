"""Member accounts by StackSets: each gets word for word what its own folder would hold, and no other account gets anything."""

from dataclasses import replace
from typing import Any

import pytest
import yaml
from tests.access import access_examples as examples
from tests.deployment.deployed import HOME, OTHER, planned, two_accounts
from tests.deployment.read_back import in_folders

from liftgate.catalogue.model import Catalogue
from liftgate.deployment.errors import BadDeployOption
from liftgate.deployment.model import Plan
from liftgate.deployment.options import DeployOptions
from liftgate.deployment.plan import plan_for
from liftgate.deployment.stack_sets import BODY_LIMIT
from liftgate.deployment.write import written
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.scope import Location, Scope

THIRD = "777788889999"


def three_accounts() -> Catalogue:
    """The sample's two, and a third with a role of its own; nobody said the external ids yet."""
    every = two_accounts()
    one = every.entitlements["uploads-quarantine"]
    third = replace(
        one, name="third", account=THIRD, role_arn=f"arn:aws:iam::{THIRD}:role/third", external_id=None
    )
    return replace(every, entitlements={**every.entitlements, "third": third})


def with_stack_sets(plan: Plan) -> dict[str, str]:
    return written("cloudformation", plan, stack_set=True)


def resources(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["Resources"]
    return found


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(three_accounts(), external_ids={}, also_regions=("eu-west-1",))


def test_each_member_account_is_a_file_and_holds_what_its_folder_would(plan: Plan) -> None:
    found, folders = with_stack_sets(plan), written("cloudformation", plan)
    assert [path for path in found if path.startswith("stack-set-")] == [
        f"stack-set-{OTHER}.yaml",
        f"stack-set-{THIRD}.yaml",
    ]
    assert {path.partition("/")[0] for path in found if "/" in path} == {f"account-{HOME}"}
    assert {path: text for path, text in in_folders(found).items() if path != "README.md"} == {
        path: text for path, text in folders.items() if path != "README.md"
    }


def test_a_stack_set_reaches_its_account_alone_wherever_it_stands_in_the_organization(plan: Plan) -> None:
    for account in (OTHER, THIRD):
        for one in resources(with_stack_sets(plan)[f"stack-set-{account}.yaml"]).values():
            has = one["Properties"]
            assert (
                [each["DeploymentTargets"] for each in has["StackInstancesGroup"]]
                == [
                    {
                        "AccountFilterType": "INTERSECTION",  # with units alone, every account in them would get it
                        "Accounts": [account],
                        "OrganizationalUnitIds": {"Ref": "OrganizationalUnitIds"},
                    }
                ]
            )
            assert (has["PermissionModel"], has["AutoDeployment"]) == ("SERVICE_MANAGED", {"Enabled": False})


def test_no_account_reads_what_another_holds(plan: Plan) -> None:
    text = with_stack_sets(plan)[f"stack-set-{OTHER}.yaml"]
    assert OTHER in text
    assert THIRD not in text


def test_the_external_id_is_handed_on_where_a_template_asks_for_it_and_is_not_shown(plan: Plan) -> None:
    template = yaml.safe_load(with_stack_sets(plan)[f"stack-set-{THIRD}.yaml"])
    assert template["Parameters"]["ExternalId"]["NoEcho"] is True
    handed_on = {name for name, one in template["Resources"].items() if one["Properties"].get("Parameters")}
    asks = {
        name
        for name, one in template["Resources"].items()
        if "ExternalId" in yaml.safe_load(one["Properties"]["TemplateBody"]).get("Parameters", {})
    }
    assert handed_on == asks == {"Auditor", "ElevatedRoles", "Revoker"}


def test_a_template_for_another_region_goes_there_once_the_forwarding_role_is_made(plan: Plan) -> None:
    found = resources(with_stack_sets(plan)[f"stack-set-{OTHER}.yaml"])
    regions = {
        name: (group["Regions"], one.get("DependsOn"))
        for name, one in found.items()
        for group in one["Properties"]["StackInstancesGroup"]
    }
    assert regions["WatchUsEast1"] == (["us-east-1"], ["Watch"])
    assert regions["WatchEuWest1"] == (["eu-west-1"], ["Watch"])
    assert regions["ElevatedRoles"] == (["eu-central-1"], None)


def test_the_readme_applies_the_brokers_account_first_and_says_in_which_account_the_rest(plan: Plan) -> None:
    text = with_stack_sets(plan)["README.md"]
    commands = [line for line in text.splitlines() if line.startswith("aws cloudformation deploy")]
    files = [line.rpartition(" ")[2] for line in commands]
    first = [path.startswith(f"account-{HOME}/") for path in files]
    assert first == sorted(first, reverse=True)
    assert files[0] == f"account-{HOME}/broker.yaml"
    assert files[-2:] == [f"stack-set-{OTHER}.yaml", f"stack-set-{THIRD}.yaml"]
    assert 'ExternalId="$EXTERNAL_ID" OrganizationalUnitIds="$OU_IDS"' in commands[-1]
    assert "organization's management account" in text


def test_without_another_account_there_is_no_stack_set() -> None:
    with pytest.raises(BadDeployOption, match="names no account but the broker's"):
        with_stack_sets(planned(examples.catalogue()))


def test_what_is_too_long_for_a_stack_set_is_refused_with_its_length() -> None:
    one = examples.entitlement()
    many = [
        replace(one, name=f"e-{n:03}", account=OTHER, role_arn=f"arn:aws:iam::{OTHER}:role/writer-{n:03}")
        for n in range(30)
    ]
    plan = planned(examples.catalogue(*many))
    assert len(written("cloudformation", plan)[f"account-{OTHER}/elevated-roles.yaml"]) > BODY_LIMIT
    with pytest.raises(BadDeployOption, match=f"elevated-roles.yaml` has .* a template of {BODY_LIMIT:,}"):
        with_stack_sets(plan)


def test_chinas_regions_have_no_stack_sets_for_organizations() -> None:
    there = [
        replace(
            examples.entitlement(f"e-{account}"),
            account=account,
            role_arn=f"arn:aws-cn:iam::{account}:role/writer",
            ceiling=Scope(
                actions=expand_actions(["write"]), locations=frozenset({Location("reports", "*", "aws-cn")})
            ),
        )
        for account in (HOME, OTHER)
    ]
    options = DeployOptions(region="cn-north-1", account=HOME)
    with pytest.raises(BadDeployOption, match="China"):
        with_stack_sets(plan_for(examples.catalogue(*there), options))
