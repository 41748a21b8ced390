"""``liftgate deploy check`` on the embedded AWS, as somebody with the rights of docs/deploy-check.md and no other."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema_rs
import pytest
from tests.cli.conftest import Said, home, liftgate  # noqa: F401 - fixtures
from tests.deployment.deployed import EVERYTHING, HOME, OTHER, two_accounts
from tests.docs.page_commands import commands_of
from tests.docs.shown import assert_shows
from tests.drift.damages import DAMAGES
from tests.drift.deployed_account import REGION, DeployedAccount, deploy
from tools.generate_deploy_docs import ROOT

from liftgate.demo.embedded_aws import running_embedded_aws
from liftgate.deployment.auditor import looking_policy
from liftgate.deployment.calls import looking_calls
from liftgate.deployment.model import Concern
from liftgate.deployment.options import DeployOptions
from liftgate.deployment.plan import plan_for
from liftgate.iam.patterns.pattern import matcher
from liftgate.iam.policy import to_json

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed-account")]

# As @microsoft/jest-sarif publishes it, without its descriptions, and the pattern of `language`, which is none in Rust.
SCHEMA = Path(__file__).with_name("sarif-2.1.0-rtm.5.json")
Check = Callable[..., Said]


@pytest.fixture(scope="module")
def made() -> Iterator[DeployedAccount]:
    with running_embedded_aws() as aws:
        made = deploy(aws)
        for account in (HOME, OTHER):
            _make_auditor(made, account)
        _name_what_is_there(made)
        yield made


def _name_what_is_there(made: DeployedAccount) -> None:
    """The auditors look at a trail and a queue as the command names them below."""
    watching = made.against.plan.watching
    options = DeployOptions(
        region=REGION,
        account=HOME,
        queue_arn=watching.queues.arn,
        dead_letter_queue_arn=watching.queues.dead_letters_arn,
        trail_bucket=watching.log_bucket,
        trail_key_arn=made.key_arn,
    )
    for one in plan_for(two_accounts(), options).policies:
        if one.concern is Concern.AUDITOR:
            made.client("iam", one.account).create_policy_version(
                PolicyArn=one.arn, PolicyDocument=to_json(one.document), SetAsDefault=True
            )


def _make_auditor(made: DeployedAccount, account: str) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"},
            "Action": "sts:AssumeRole",
        },
    }
    iam = made.client("iam", account)
    iam.create_role(RoleName="Auditor", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="Auditor", PolicyName="Look", PolicyDocument=to_json(looking_policy()))


@pytest.fixture
def check(made: DeployedAccount, liftgate: Check, monkeypatch: pytest.MonkeyPatch) -> Check:  # noqa: F811
    """Trail and queue are named as there already: they demand TLS, with which the embedded AWS is not reached."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", made.aws.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", made.aws.root.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", made.aws.root.secret_access_key)
    watching = made.against.plan.watching
    given = {
        "--region": REGION,
        "--account": HOME,
        "--queue": watching.queues.arn,
        "--dead-letter-queue": str(watching.queues.dead_letters_arn),
        "--trail-bucket": watching.log_bucket,
        "--trail-key": made.key_arn,
    }
    options = [word for pair in given.items() for word in pair]

    def run(*words: str) -> Said:
        return liftgate("deploy", "check", str(ROOT / "examples" / "catalogue-folder"), *options, *words)

    return run


@pytest.fixture
def damaged(made: DeployedAccount) -> Iterator[None]:
    names = ["a role lets in somebody else", "a role's sessions are longer", "somebody may write anyhow"]
    for one in names:
        DAMAGES[one].do(made)
    yield
    for one in names:
        DAMAGES[one].undo(made)


def test_who_may_look_and_no_more_sees_that_all_stands(check: Check) -> None:
    said = check("--role", "Auditor")
    assert (said.code, said.err) == (0, "")
    assert "All stands: 33 things looked at, and none has drifted." in said.out


def test_all_that_a_check_reads_is_in_aws_own_policy_for_auditors(made: DeployedAccount) -> None:
    iam, arn = made.client("iam", HOME), "arn:aws:iam::aws:policy/SecurityAudit"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    anywhere = [
        matcher(action.lower())
        for one in document["Statement"]
        if (one["Effect"], one["Resource"]) == ("Allow", "*") and "Condition" not in one
        for action in one["Action"]
    ]
    assert [one for one in looking_calls() if not any(takes(one.lower()) for takes in anywhere)] == []


def test_the_line_of_the_page_says_what_the_page_says(check: Check) -> None:
    [line] = [one for one in commands_of("docs/deploy-check.md") if one.typed]
    words = re.sub(
        " /etc/liftgate/catalogue| --region eu-central-1", "", line.text
    ).split()  # the account's own
    assert words[:3] == ["liftgate", "deploy", "check"]
    said = check(*words[3:], "--role", "Auditor")  # the sample has two accounts
    assert (said.code, said.err) == (0, "")
    assert_shows(line.shown, said.out, str(line))


@pytest.mark.usefixtures("damaged")
def test_drift_is_told_with_its_risk_and_what_mends_it_the_worst_first(check: Check, tmp_path: Path) -> None:
    said = check("--role", "Auditor", "--documents", str(tmp_path / "mend"))
    assert said.code == 1
    walls = ["second-principal", "standing-permission", "session-too-long"]
    assert sorted(walls, key=said.out.index) == walls
    assert "aws iam update-role --role-name reports-write --max-session-duration 3600" in said.out
    assert "--policy-document file://reports-write-trust.json" in said.out
    trust = json.loads((tmp_path / "mend" / "reports-write-trust.json").read_text())
    assert trust["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{HOME}:role/LiftgateBroker"}


@pytest.mark.usefixtures("damaged")
def test_programs_get_each_drift_with_its_documents(check: Check) -> None:
    said = check("--role", "Auditor", "--output", "json")
    assert said.code == 1
    first = said.json["drifts"][0]
    assert (first["wall"], first["risk"]) == ("second-principal", "high")
    assert first["thing"] == f"arn:aws:iam::{HOME}:role/liftgate/reports-write"
    assert first["mend"]["command"][:3] == ["aws", "iam", "update-assume-role-policy"]
    assert list(first["mend"]["documents"]) == ["reports-write-trust.json"]
    assert said.json["not_looked_at"] == []


@pytest.mark.usefixtures("damaged")
def test_code_scanning_gets_sarif_by_its_published_schema(check: Check) -> None:
    said = check("--output", "sarif")  # without the role: the other account cannot be looked at
    assert said.code == 2
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8")))
    assert [str(one) for one in validator.iter_errors(said.json)] == []
    run = said.json["runs"][0]
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [
        ("second-principal", "error"),
        ("standing-permission", "error"),
        ("session-too-long", "warning"),
    ]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert [run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] for one in run["results"]] == [
        one["ruleId"] for one in run["results"]
    ]


@pytest.mark.usefixtures("damaged")
def test_what_is_meant_is_not_told(check: Check) -> None:
    said = check("--role", "Auditor", "--expect", f"arn:aws:iam::{HOME}:user/e*", "--output", "json")
    assert [one["wall"] for one in said.json["drifts"]] == ["second-principal", "session-too-long"]


def test_an_account_that_cannot_be_looked_at_never_counts_as_fine(check: Check) -> None:
    said = check()
    assert said.code == 2
    assert "Not looked at, and so not fine:" in said.out
    assert f"this is account `{OTHER}`" in " ".join(said.out.split())
    assert "All stands" not in said.out


def test_a_role_that_nobody_may_assume_leaves_everything_unseen(check: Check) -> None:
    said = check("--role", "Nobody", "--output", "json")
    assert said.code == 2
    assert said.json["drifts"] == []
    assert {f"arn:aws:iam::{one}:root" for one in (HOME, OTHER)} <= {
        one["thing"] for one in said.json["not_looked_at"]
    }


def test_without_the_right_to_look_nothing_is_called_gone_and_nothing_fine(
    made: DeployedAccount, check: Check
) -> None:
    for account in (HOME, OTHER):
        made.client("iam", account).delete_role_policy(RoleName="Auditor", PolicyName="Look")
    try:
        said = check("--role", "Auditor", "--output", "json")
    finally:
        for account in (HOME, OTHER):
            made.client("iam", account).put_role_policy(
                RoleName="Auditor", PolicyName="Look", PolicyDocument=to_json(looking_policy())
            )
    assert (said.code, said.json["drifts"]) == (2, [])
    refused = [one["why"] for one in said.json["not_looked_at"]]
    assert len(refused) > 10
    assert all("AccessDenied" in why for why in refused)


def test_a_version_of_a_policy_that_does_not_count_is_not_told(made: DeployedAccount, check: Check) -> None:
    policy = f"arn:aws:iam::{HOME}:policy/liftgate/reports-writeCeiling"
    iam = made.client("iam", HOME)
    document = json.dumps(EVERYTHING)
    version = iam.create_policy_version(PolicyArn=policy, PolicyDocument=document)["PolicyVersion"]
    try:
        assert check("--role", "Auditor").code == 0
    finally:
        iam.delete_policy_version(PolicyArn=policy, VersionId=version["VersionId"])
