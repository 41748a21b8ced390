"""The module as Terraform and AWS's own provider take it: valid; applied to the embedded AWS; and then as CloudFormation would make it.

In ``make test`` the module is found valid, and no more: applying takes minutes. ``make terraform`` applies it too, and types what
the samples' READMEs say. The provider waits 25 seconds for each queue that it makes, a minute for a lifecycle, and takes long to
destroy. So the queues of the module are made before and imported, the lifecycle is put by hand, and nothing is destroyed, unless
``TERRAFORM_WHOLE`` is set: then it takes some four minutes more.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
import yaml
from hypothesis import given, settings
from tests.deployment.any_catalogue import catalogues
from tests.deployment.deployed import EXTERNAL_ID, HOME, OTHER, planned
from tests.deployment.read_back import as_planned, from_iam
from tests.docs.page_commands import ROOT, commands_of
from tests.drift.deployed_account import (
    REGION,
    DeployedAccount,
    keep_for,
    make_bucket,
    make_queues,
    set_queue,
    to_be_deployed,
    without_tls,
)
from tests.servers.terraform import Terraform, terraform_in
from tools.generate_deploy_docs import FOLDER, SAMPLES, sample_files

from liftgate.catalogue.model import Catalogue
from liftgate.demo.deployed_account import wait_for_stack
from liftgate.demo.embedded_aws import EmbeddedAws, running_embedded_aws
from liftgate.demo.sample_account import create_user
from liftgate.deployment.files import put_files
from liftgate.deployment.guide import in_order
from liftgate.deployment.hcl import Block, Expression, block
from liftgate.deployment.model import Concern, Plan
from liftgate.deployment.watching import LOGS_KEPT_DAYS
from liftgate.deployment.write import written
from liftgate.drift.buckets import watched_buckets
from liftgate.drift.events import queues_of

WHOLE: Final = bool(os.environ.get("TERRAFORM_WHOLE"))
APPLIES: Final = WHOLE or bool(os.environ.get("TERRAFORM_APPLY"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("terraform"),
    pytest.mark.timeout(600 if WHOLE else 180),
]

NO_CHANGES: Final = 0
# The embedded AWS runs no CloudWatch, and writes a policy of its own for a bus.
LEFT_OUT: Final = {
    "aws_cloudwatch_metric_alarm",
    "aws_cloudwatch_event_bus_policy",
    *([] if WHOLE else ["aws_s3_bucket_lifecycle_configuration"]),
}
# Policies that refuse whoever comes without TLS, as one comes to the embedded AWS; applied, but for that, by another test.
FOR_TLS_ALONE: Final = ("aws_sqs_queue_policy", "aws_s3_bucket_policy")
SERVICES: Final = ("iam", "sts", "s3", "sqs", "events", "cloudtrail", "kms")


def test_terraform_finds_no_fault_in_the_samples_nor_in_what_is_made_of_any_catalogue(tmp_path: Path) -> None:
    terraform = terraform_in(tmp_path)
    modules = {f"sample_{name.replace('-', '_')}": sample_files(name, "terraform") for name in SAMPLES}

    @settings(max_examples=4, database=None)
    @given(catalogues())
    def take(catalogue: Catalogue) -> None:
        files = written("terraform", planned(catalogue, external_ids={}))
        modules.setdefault(f"any_{len(modules)}", files)

    take()
    for name, files in modules.items():
        put_files(tmp_path / name, files)
    assert terraform.run("fmt", "-check", "-recursive") == ""
    tmp_path.joinpath("main.tf").write_text("".join(map(called, modules, modules.values())))
    terraform.run("init", "-no-color")
    found = terraform.read("validate")
    assert [(one["summary"], one.get("range", {}).get("filename")) for one in found["diagnostics"]] == []
    assert len(modules) > len(SAMPLES)


def called(name: str, files: dict[str, str]) -> str:
    """A module, with something for each of its variables."""
    names = re.findall('^variable "([^"]+)"', files.get("variables.tf", ""), re.MULTILINE)
    given = "".join(f'  {one} = "x"\n' for one in names)
    return f'module "{name}" {{\n  source = "./{name}"\n{given}}}\n'


@pytest.mark.timeout(900)
@pytest.mark.parametrize("sample", [name for name, one in SAMPLES.items() if "terraform" in one.tools])
def test_each_line_of_a_samples_readme_makes_what_is_planned(sample: str, tmp_path: Path) -> None:
    if not APPLIES:
        pytest.skip("NOT APPLIED BY TERRAFORM, which takes minutes: make terraform")
    folder = FOLDER / sample / "terraform"
    page = str((folder / "README.md").relative_to(ROOT))
    lines = [one.text for one in commands_of(page) if one.text.startswith("terraform ")]
    assert lines == ["terraform init", "terraform plan", "terraform apply"]
    module = tmp_path / "module"
    shutil.copytree(folder, module)
    terraform = terraform_in(module, **{f"external_id_{OTHER}": EXTERNAL_ID})
    with running_embedded_aws() as aws:
        files = sample_files(sample, "terraform")
        module.joinpath("embedded_override.tf").write_text(on_embedded(aws, files, FOR_TLS_ALONE))
        for name in set(re.findall(r'^ +user += "([^"]+)"', "".join(files.values()), re.MULTILINE)):
            create_user(aws.client("iam", aws.root), name)  # it is brought
        said = [terraform.type(line, answers="yes\n") for line in lines]
        assert "Apply complete!" in said[-1]
        again = terraform.ask("plan", "-detailed-exitcode", "-no-color")
        assert again.returncode == NO_CHANGES, again.stdout + again.stderr


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An account that Terraform made, and Terraform in the folder of the module."""

    terraform: Terraform
    made: DeployedAccount


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    if not APPLIES:
        pytest.skip("NOT APPLIED BY TERRAFORM, which takes minutes: make terraform")
    terraform = terraform_in(tmp_path_factory.mktemp("module"), **{f"external_id_{OTHER}": EXTERNAL_ID})
    with running_embedded_aws() as aws:
        made = to_be_deployed(aws)
        for arn, account in watched_buckets(made.against.plan, made.against.places).items():
            make_bucket(made, arn, account)
        files = written("terraform", files_plan(made))
        put_files(terraform.folder, files)
        terraform.folder.joinpath("embedded_override.tf").write_text(on_embedded(aws, files))
        if not WHOLE:
            make_queues(made)
            for arn in queues_of(made.against.plan):
                set_queue(made, arn, {"MaximumMessageSize": "262144"})  # as this provider makes it
            terraform.folder.joinpath("there_already.tf").write_text(imported(aws))
        terraform.run("init", "-no-color")
        terraform.run("apply", "-auto-approve", "-no-color", "-parallelism=20")
        if not WHOLE:
            keep_for(made, LOGS_KEPT_DAYS)
        yield Applied(terraform=terraform, made=made)


def files_plan(made: DeployedAccount) -> Plan:
    """As it is written: external ids are no part of files."""
    return without_tls(planned(region=REGION, trail_key_arn=made.key_arn, external_ids={}))


def on_embedded(aws: EmbeddedAws, files: Mapping[str, str], more_left_out: Iterable[str] = ()) -> str:
    """What overrides the module: where each account is reached and by whom, and what is left out."""
    roots = {HOME: aws.root, OTHER: aws.other_root}
    reached = dict.fromkeys(SERVICES, aws.endpoint_url)
    providers = [
        block(
            "provider",
            ["aws"],
            [
                ("alias", alias),
                ("access_key", root.access_key_id),
                ("secret_key", root.secret_access_key),
                ("s3_use_path_style", True),
                ("skip_metadata_api_check", True),
                Block("endpoints", list(reached.items())),
            ],
        )
        for account, root in roots.items()
        for alias in re.findall(rf'"(account_{account}\w*)"', files["providers.tf"])
    ]
    resources = re.findall(r'^resource "([^"]+)" "([^"]+)"', "".join(files.values()), re.MULTILINE)
    left_out = [
        block("resource", [kind, name], [("count", 0)])
        for kind, name in resources
        if kind in {*LEFT_OUT, *more_left_out}
    ]
    return "".join([*providers, *left_out])


def imported(aws: EmbeddedAws) -> str:
    """The queues, as they are there already."""
    there = {
        "aws_sqs_queue.liftgate_events": aws.cloudtrail_queue_url,
        "aws_sqs_queue.liftgate_dead_letters": aws.dead_letter_queue_url,
        "aws_sqs_queue_policy.liftgate_events": aws.cloudtrail_queue_url,
    }
    return "".join(block("import", [], [("to", Expression(to)), ("id", url)]) for to, url in there.items())


def test_what_was_applied_is_all_there_at_the_next_look(applied: Applied) -> None:
    found = applied.terraform.ask("plan", "-detailed-exitcode", "-no-color")
    assert found.returncode == NO_CHANGES, found.stdout + found.stderr


def test_roles_and_policies_are_as_planned_and_as_cloudformation_makes_them(applied: Applied) -> None:
    plan = applied.made.against.plan
    there = from_iam(lambda account: applied.made.client("iam", account), plan.accounts)
    assert there == as_planned(plan)
    with running_embedded_aws() as aws:
        other = replace(applied.made, aws=aws)
        make_stacks(other)
        made = from_iam(lambda account: other.client("iam", account), plan.accounts)
    # The CloudFormation of the embedded AWS leaves boundaries out.
    assert made == {key: {**one, "boundary": None} if key[0] == "role" else one for key, one in there.items()}


def make_stacks(made: DeployedAccount) -> None:
    """A stack of each template about roles and policies."""
    plan = files_plan(made)
    files = written("cloudformation", plan)
    for path in in_order(files, plan):
        account, concern = Path(path).parent.name.removeprefix("account-"), Path(path).stem
        if concern in set(Concern) - {"watch"}:
            template = yaml.safe_load(files[path])
            ids = [{"ParameterKey": "ExternalId", "ParameterValue": EXTERNAL_ID}]
            cloudformation = made.client("cloudformation", account)
            cloudformation.create_stack(
                StackName=f"liftgate-{concern}",
                TemplateBody=json.dumps(template),
                Parameters=ids if "ExternalId" in template.get("Parameters", {}) else [],
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
            wait_for_stack(cloudformation, f"liftgate-{concern}")


def test_a_check_of_what_terraform_made_finds_no_drift(applied: Applied) -> None:
    report = applied.made.report()
    assert (report.drifts, report.unseen) == ((), ())


@pytest.mark.skipif(not WHOLE, reason="NOT DESTROYED BY TERRAFORM: set TERRAFORM_WHOLE to run this test")
def test_the_log_files_outlive_a_destroy_unless_that_is_asked_for(applied: Applied) -> None:
    refused = applied.terraform.ask("destroy", "-auto-approve", "-no-color")
    assert refused.returncode != 0
    assert "Resource aws_s3_bucket.liftgate_logs has lifecycle.prevent_destroy" in re.sub(
        r"\s+", " ", refused.stderr
    )
    meant = block(
        "resource", ["aws_s3_bucket", "liftgate_logs"], [Block("lifecycle", [("prevent_destroy", False)])]
    )
    applied.terraform.folder.joinpath("meant_override.tf").write_text(meant)
    applied.terraform.run("destroy", "-auto-approve", "-no-color")
    plan = applied.made.against.plan
    assert from_iam(lambda account: applied.made.client("iam", account), plan.accounts) == {}
