"""Any catalogue: its files are read back as what was planned, stay within IAM's limits, and are the same at each run."""

import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from tests.access import access_examples as examples
from tests.deployment.any_catalogue import catalogues
from tests.deployment.deployed import HOME, planned
from tests.deployment.read_back import as_planned, from_cloudformation, from_terraform, in_folders
from tools.generate_deploy_docs import FOLDER, SAMPLES, sample_files

from liftgate.catalogue.model import Catalogue, Entitlement
from liftgate.catalogue.parse import load_catalogue
from liftgate.deployment.baseline import READ_ONLY
from liftgate.deployment.errors import TooManyRoles
from liftgate.deployment.files import put_files
from liftgate.deployment.key_policies import path_of
from liftgate.deployment.options import BROKER_NAME, DeployOptions
from liftgate.deployment.plan import plan_for
from liftgate.deployment.sizes import TRUST_LIMIT
from liftgate.deployment.stack_sets import in_stack_sets
from liftgate.deployment.write import TOOLS, written
from liftgate.iam.compile import ROLE_LIMIT
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.policy import to_json
from liftgate.iam.scope import Location, Scope


@pytest.mark.slow
@settings(max_examples=10)
@given(catalogues())
def test_the_files_say_what_was_planned_whatever_the_catalogue_says(catalogue: Catalogue) -> None:
    plan = planned(catalogue, external_ids={})
    wanted = as_planned(plan)
    assert from_cloudformation(written("cloudformation", plan)) == wanted
    assert from_terraform(written("terraform", plan)) == wanted
    if len(plan.accounts) > 1:
        folders = TOOLS["cloudformation"](plan)
        assert in_folders(in_stack_sets(plan, folders)) == folders
    assert all(len(to_json(one.document)) <= ROLE_LIMIT for one in plan.policies)
    assert all(len(to_json(one.trust)) <= TRUST_LIMIT for one in plan.roles)
    assert all(len(one.policies) <= 10 for one in plan.roles)
    for one in plan.key_policies:
        assert one.document
        text = written("terraform", plan).get(path_of(one.key_arn))
        assert (parse_policy(text, Kind.RESOURCE).statements if text else ()) == one.document.statements


@pytest.mark.slow
def test_cfn_lint_finds_nothing_in_the_samples_nor_in_what_is_made_of_any_catalogue(tmp_path: Path) -> None:
    taken = 0

    @settings(max_examples=4, database=None)
    @given(catalogues())
    def put(catalogue: Catalogue) -> None:
        nonlocal taken
        taken += 1
        plan = planned(catalogue, external_ids={})
        put_files(tmp_path / str(taken), written("cloudformation", plan))
        if len(plan.accounts) > 1:
            put_files(tmp_path / f"{taken}-sets", written("cloudformation", plan, stack_set=True))

    put()
    files = sorted(map(str, [*tmp_path.rglob("*.yaml"), *FOLDER.rglob("*.yaml")]))
    assert len(files) > 30
    lint = [str(Path(sys.executable).parent / "cfn-lint"), *files]
    found = subprocess.run(lint, check=False, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, ""), found.stdout + found.stderr


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_read_back_as_planned(name: str) -> None:
    sample = SAMPLES[name]
    wanted = as_planned(plan_for(load_catalogue([sample.catalogue]), sample.options))
    assert from_cloudformation(in_folders(sample_files(name, "cloudformation"))) == wanted
    if "terraform" in sample.tools:
        assert from_terraform(sample_files(name, "terraform")) == wanted


def many(count: int) -> Catalogue:
    return examples.catalogue(*(examples.entitlement(f"entitlement-{number:03}") for number in range(count)))


def test_a_broker_of_many_roles_has_its_rights_in_several_policies_and_no_wildcard() -> None:
    plan = planned(many(100))
    broker = plan.role(BROKER_NAME)
    assert 3 < len(broker.policies) <= 10
    assert all(len(to_json(plan.policy(arn).document)) <= ROLE_LIMIT for arn in broker.policies)
    lent = {
        arn
        for one in broker.policies
        for statement in plan.policy(one).document.statements
        if "sts:TagSession" in statement.actions.values and statement.resources
        for arn in statement.resources.values
    }
    assert lent == {one.arn for one in plan.roles if one.concern == "elevated-roles"}


def test_read_only_policies_of_many_buckets_are_as_full_as_they_can_be() -> None:
    buckets = [f"lakeside-data-platform-production-{number:03}" for number in range(120)]
    found = [
        one for one in planned(of_buckets(buckets)).policies if re.fullmatch(f"{READ_ONLY}[0-9]*", one.name)
    ]
    named = [sorted(set(re.findall(r"arn:aws:s3:::[a-z0-9-]+", to_json(one.document)))) for one in found]
    assert [arn for arns in named for arn in arns] == [f"arn:aws:s3:::{bucket}" for bucket in buckets]
    for one, following in pairwise(zip(found, named, strict=True)):
        with_one_more = len(to_json(one[0].document)) + len(f'"{following[1][0]}","{following[1][0]}/*",,')
        assert len(to_json(one[0].document)) <= ROLE_LIMIT < with_one_more


def of_buckets(buckets: list[str]) -> Catalogue:
    return examples.catalogue(
        *(
            examples.entitlement(bucket, locations=frozenset({Location(bucket, "*", "aws")}))
            for bucket in buckets
        )
    )


def test_more_roles_than_iam_attaches_policies_for_are_refused() -> None:
    with pytest.raises(TooManyRoles, match="managed policies, and IAM attaches 10"):
        planned(many(400))


def test_one_more_entitlement_changes_its_own_file_and_the_brokers_alone(tmp_path: Path) -> None:
    for tool in TOOLS:
        put_files(tmp_path / tool, written(tool, planned(many(3))))
        put = put_files(tmp_path / tool, written(tool, planned(many(4))))
        assert put.new == ()
        assert {re.sub(r"account-\d+/|-\d{12}|\.yaml|\.tf", "", one) for one in put.changed} == {
            "broker",
            "elevated-roles",
        }


def test_a_partition_of_its_own_is_named_throughout() -> None:
    one = examples.entitlement()
    china = frozenset({Location("reports", "2026/*", "aws-cn")})
    there = Entitlement(
        **{name: getattr(one, name) for name in one.__slots__ if name not in {"role_arn", "ceiling"}},
        role_arn=f"arn:aws-cn:iam::{HOME}:role/writer",
        ceiling=Scope(actions=one.ceiling.actions, locations=china),
    )
    plan = plan_for(examples.catalogue(there), DeployOptions(region="cn-northwest-1"))
    texts = "".join(
        text for tool in TOOLS for path, text in written(tool, plan).items() if not path.endswith(".md")
    )
    assert "arn:aws:" not in texts
    assert {one.region for one in plan.watching.forwards} == {"cn-north-1"}


def test_roles_whose_names_differ_in_signs_alone_are_told_apart_in_a_template() -> None:
    plan = planned(examples.catalogue(*(examples.entitlement(name) for name in ("a-b", "a.b", "AB"))))
    template = yaml.safe_load(written("cloudformation", plan)[f"account-{HOME}/elevated-roles.yaml"])
    roles = {
        id_: one["Properties"]["RoleName"]
        for id_, one in template["Resources"].items()
        if one["Type"] == "AWS::IAM::Role"
    }
    assert sorted(roles.values()) == ["AB", "a-b", "a.b"]
    assert roles["ABRole"] == "AB"


def test_trust_is_read_only_of_roles_whose_session_names_must_be_proved() -> None:
    signed_in = {
        f"aws:arn:aws:sts::{HOME}:assumed-role/People/ada": "ada",
        f"aws:arn:aws:sts::{HOME}:assumed-role/Trusted/ada": "ada",
        f"aws:arn:aws:iam::{HOME}:user/ada": "ada",
        "aws:arn:aws:sts::777788889999:assumed-role/Elsewhere/ada": "ada",
    }
    services = (
        (f"aws:arn:aws:sts::{HOME}:assumed-role/Machines/*", "x"),
        (f"aws:arn:aws:sts::{HOME}:assumed-role/Jobs/night-*", "y"),
    )
    catalogue = replace(
        examples.catalogue(),
        identities=signed_in,
        patterns=services,
        trusted_session_names=frozenset({f"arn:aws:sts::{HOME}:assumed-role/Trusted/"}),
    )
    plan = planned(catalogue)
    read = [
        one.resources.values
        for arn in plan.role(BROKER_NAME).policies
        for one in plan.policy(arn).document.statements
        if one.sid == "ReadWhoMaySignIn" and one.resources
    ]
    assert read == [
        tuple(f"arn:aws:iam::{HOME}:role/{name}" for name in ("*/Jobs", "*/People", "Jobs", "People"))
    ]
