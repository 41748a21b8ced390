"""Two accounts that were made from the templates and nothing else, on an AWS that enforces; beside them people, buckets, and the broker's user.

The embedded AWS tells accounts apart in IAM, STS, S3 and CloudFormation. What it cannot enforce between them is what it cannot enforce
in one: conditions on `sts:SourceIdentity` and `iam:PermissionsBoundary` (``deployed_account.adapted``), and its CloudFormation makes no
role's boundary, which is put on afterwards, as the broker's is at AWS too. Not tried between accounts: `aws:PrincipalOrgID`, as it knows no members of an organization; KMS
keys; and events.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from tests.deployment.deployed import EXTERNAL_ID, HOME, OTHER
from tests.deployment.read_back import in_folders
from tests.servers.other_account import HARBOUR, OtherAccount

from liftgate.catalogue.parse import load_catalogue
from liftgate.demo.deployed_account import apply_templates
from liftgate.demo.embedded_aws import running_embedded_aws
from liftgate.demo.sample_account import BROKER, PEOPLE, SampleAccount, create_buckets, create_user
from liftgate.demo.trail.recorder import DEAD_LETTER_QUEUE, QUEUE
from liftgate.deployment.model import Plan
from liftgate.deployment.options import REVOKER_NAME, DeployOptions
from liftgate.deployment.plan import plan_for
from liftgate.deployment.stack_sets import in_stack_sets
from liftgate.deployment.write import TOOLS

WRITER: Final = "ReportsWriter"  # the name of a role in each account
CATALOGUE: Final = f"""\
version: 1
people:
  ada: {{name: Ada Lovelace, identities: ["arn:aws:iam::{HOME}:user/ada"]}}
  grace: {{name: Grace Hopper, identities: ["arn:aws:iam::{HOME}:user/grace"]}}
guards: [grace]
entitlements:
  - name: home-writer
    description: Correct this year's reports
    account: "{HOME}"
    role: arn:aws:iam::{HOME}:role/liftgate/{WRITER}
    ceiling: {{actions: [write, delete], locations: ["s3://lakeside-reports/2026/"]}}
    longest: 30m
    requesters: [ada]
    review: {{reviewers: [grace], approvals: 1}}
  - name: there-writer
    description: Correct this year's reports of the harbour
    account: "{OTHER}"
    role: arn:aws:iam::{OTHER}:role/liftgate/{WRITER}
    ceiling: {{actions: [write, delete], locations: ["s3://{HARBOUR}/2026/"]}}
    longest: 30m
    requesters: [ada]
    review: {{reviewers: [grace], approvals: 1}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoAccounts:
    """What was deployed, and how whoever owns an account calls it."""

    plan: Plan
    other: OtherAccount

    def client(self, service: str, account: str) -> Any:
        """As the root of an account."""
        aws = self.other.home.aws
        return aws.client(service, aws.root_of(account))


@pytest.fixture(scope="module", params=["folders", "stack sets"])
def deployed(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[TwoAccounts]:
    """Import it by this name. The embedded AWS has no StackSets: what they deploy is put into each account by hand."""
    catalogue = tmp_path_factory.mktemp("deployed") / "catalogue.yaml"
    catalogue.write_text(CATALOGUE)
    with running_embedded_aws() as aws:
        create_buckets(aws)
        aws.client("s3", aws.other_root).create_bucket(Bucket=HARBOUR)
        iam = aws.client("iam", aws.root)
        people = {name: create_user(iam, name) for name in PEOPLE}
        broker = create_user(iam, BROKER)
        plan = plan_for(load_catalogue([catalogue]), options(aws.region, aws.trail_bucket))
        templates = TOOLS["cloudformation"](plan)
        if request.param == "stack sets":
            templates = in_folders(in_stack_sets(plan, templates))
        apply_templates(aws, plan, {OTHER: EXTERNAL_ID}, templates)
        home = SampleAccount(
            aws=aws,
            people=people,
            broker=broker,
            broker_arn=plan.broker_arn,
            baseline_role_arn="",
            elevated_role_arns={WRITER: plan.role(WRITER).arn},
        )
        revoker = plan.role(REVOKER_NAME, OTHER).arn
        yield TwoAccounts(plan=plan, other=OtherAccount(home=home, revoker_role_arn=revoker))


def options(region: str, trail_bucket: str) -> DeployOptions:
    """With the trail and the queue that the embedded AWS has already, and whoever applies the files says the external id."""
    queues = f"arn:aws:sqs:{region}:{HOME}"
    return DeployOptions(
        region=region,
        account=HOME,
        broker_arn=f"arn:aws:iam::{HOME}:user/{BROKER}",
        trail_bucket=trail_bucket,
        queue_arn=f"{queues}:{QUEUE}",
        dead_letter_queue_arn=f"{queues}:{DEAD_LETTER_QUEUE}",
    )
