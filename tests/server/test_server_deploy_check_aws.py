"""The scheduled check from end to end: a server's own process looks at two accounts of an AWS that enforces, by the roles of the templates."""

import json
import re
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from tests.deployment.deployed import EXTERNAL_ID, HOME, OTHER, two_accounts
from tests.server.running import Running, calling, running
from tools.generate_deploy_docs import ROOT

from liftgate.demo.deployed_account import apply_templates, put_on_brought
from liftgate.demo.embedded_aws import EmbeddedAws, Keys, running_embedded_aws
from liftgate.demo.sample_account import BROKER, create_user
from liftgate.deployment.model import Plan
from liftgate.deployment.options import AUDITOR_NAME, DeployOptions
from liftgate.deployment.places import places_of
from liftgate.deployment.plan import plan_for
from liftgate.deployment.write import written
from liftgate.drift.mending import BLOCK
from liftgate.drift.walls import WALLS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deploy-check-aws")]

CATALOGUE = ROOT / "examples" / "catalogue-folder"
ELSEWHERE = f"arn:aws:iam::{OTHER}:role/uploads-quarantine"
POINT = f"arn:aws:s3:us-east-1:{OTHER}:accesspoint/handy"
CHECKED_WITHIN_SECONDS = 60
NOTHING_THERE = {"NoSuchBucketPolicy", "NoSuchLifecycleConfiguration"}
# What the embedded AWS is not given, or is given otherwise: see ``demo.deployed_account``. An account of Amazon's has none of these.
DIFFERS = [
    *(
        ("broker-widened", f"arn:aws:iam::{HOME}:policy/LiftgateBroker{one}")
        for one in ("Boundary", "TakeBack", "Watch")
    ),
    *(
        ("revoker-widened", f"arn:aws:iam::{OTHER}:policy/LiftgateRevoker{one}")
        for one in ("Boundary", "TakeBack")
    ),
    ("trail-missing", "arn:aws:s3:::lakeside-cloudtrail"),
    *(
        ("trust-loosened", f"arn:aws:iam::{one}")
        for one in (
            f"{HOME}:role/{AUDITOR_NAME}",
            f"{HOME}:role/liftgate/reports-purge",
            f"{HOME}:role/liftgate/reports-write",
            f"{OTHER}:role/{AUDITOR_NAME}",
            f"{OTHER}:role/LiftgateRevoker",
            f"{OTHER}:role/uploads-quarantine",
        )
    ),
]
TITLES = {
    **{one.title: id_ for id_, one in WALLS.items()},
    "could not be looked at": "deploy-not-looked-at",
}


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """Two accounts of which CloudTrail tells, with what the templates make, and a broker that is a user."""

    aws: EmbeddedAws
    broker: Keys
    plan: Plan

    def iam(self, account: str) -> Any:
        """As the owner of an account calls it."""
        return self.aws.client("iam", self.aws.root if account == HOME else self.aws.other_root)

    def variables(self) -> dict[str, str]:
        """Of a server's process: the broker's keys and no others, and the check as the README beside the templates says it."""
        (text,) = re.findall(r"```toml\n(.*?)```", written("terraform", self.plan)["README.md"], re.DOTALL)
        said = tomllib.loads(text)
        accounts = [{**one, "external_id": EXTERNAL_ID} for one in said["accounts"]]
        return {
            "AWS_ACCESS_KEY_ID": self.broker.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.broker.secret_access_key,
            **{f"LIFTGATE_AWS_{one}_ENDPOINT": self.aws.endpoint_url for one in ("STS", "IAM", "S3", "SQS")},
            "AWS_ENDPOINT_URL_CLOUDTRAIL": self.aws.endpoint_url,  # for which there is no setting
            "LIFTGATE_AWS_REGION": said["aws_region"],
            "LIFTGATE_ACCOUNTS": json.dumps(accounts),
            "LIFTGATE_DEPLOY_CHECK": json.dumps(said["deploy_check"]),
            "LIFTGATE_LOCAL_SIGN_IN": "true",
        }


@pytest.fixture(scope="module")
def made() -> Iterator[Deployed]:
    with running_embedded_aws(cloudtrail=True) as aws:
        broker = create_user(aws.client("iam", aws.root), BROKER)
        queues = f"arn:aws:sqs:{aws.region}:{HOME}"
        options = DeployOptions(
            region=aws.region,
            account=HOME,
            broker_arn=f"arn:aws:iam::{HOME}:user/{BROKER}",
            trail_bucket=aws.trail_bucket,
            queue_arn=f"{queues}:liftgate-cloudtrail",
            dead_letter_queue_arn=f"{queues}:liftgate-cloudtrail-dead-letters",
        )
        plan = plan_for(two_accounts(), options)
        apply_templates(aws, plan, {OTHER: EXTERNAL_ID})
        places = places_of(two_accounts(), options)
        for account, owner in ((HOME, aws.root), (OTHER, aws.other_root)):
            s3 = aws.client("s3", owner)
            for arn in places.buckets_of(account):
                name = arn.rsplit(":", 1)[-1]
                s3.create_bucket(Bucket=name)
                s3.put_public_access_block(
                    Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(BLOCK, True)
                )
        yield Deployed(aws=aws, broker=broker, plan=plan)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a server said of its check, and the findings that it keeps: state by wall and thing."""

    line: dict[str, Any]
    findings: dict[tuple[str, str], str]
    auditors: dict[str, Any]  # what the doctor says of them

    def of(self, state: str) -> list[tuple[str, str]]:
        return sorted(what for what, is_ in self.findings.items() if is_ == state)


@contextmanager
def signed_in(made: Deployed, home: Path) -> Iterator[tuple[Running, httpx.Client]]:
    """A server with the check, and a guard's calls."""
    with (
        running(home, "--roles", "api,worker", name="log", catalogue=CATALOGUE, **made.variables()) as server,
        calling(server.address) as http,
    ):
        body = {"method": "local", "person": "katherine"}
        token = http.post("/api/v1/sign-ins", json=body).json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield server, http


def check(made: Deployed, home: Path, *, asking_the_doctor: bool = False) -> Checked:
    """Start a server, which checks when it starts, and stop it once it has."""
    with signed_in(made, home) as (server, http):
        deadline = time.monotonic() + CHECKED_WITHIN_SECONDS
        while not (said := [one for one in server.lines() if one["event"].startswith("deployment ")]):
            assert time.monotonic() < deadline, server.lines()
            http.get("/healthz")
        found = http.get("/api/v1/findings", params={"limit": 100}).json()["items"]
        whole = [http.get(f"/api/v1/findings/{one['id']}").json() for one in found]
        looks = http.post("/api/v1/diagnoses").json()["looks"] if asking_the_doctor else []
        assert [one for one in server.lines() if one["level"] == "error"] == []
    return Checked(
        line=said[0],
        findings={(TITLES[one["title"]], one["because"].split(": ")[0]): one["state"] for one in whole},
        auditors=next((one for one in looks if one["title"] == "auditors"), {}),
    )


@contextmanager
def letting_in_another(made: Deployed, arn: str) -> Iterator[None]:
    """A role of the other account lets in somebody else instead of the broker, for as long as the block lasts."""
    name, iam = arn.rsplit("/", 1)[-1], made.iam(OTHER)
    before = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    trust = json.loads(json.dumps(before))
    trust["Statement"][0]["Principal"]["AWS"] = f"arn:aws:iam::{OTHER}:role/Admin"
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    yield
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before))


@contextmanager
def an_access_point(made: Deployed) -> Iterator[None]:
    """Of a bucket of the other account, with a policy for anybody's account, for as long as the block lasts."""
    control = made.aws.client("s3control", made.aws.other_root)
    of = {"AccountId": OTHER, "Name": POINT.rsplit("/", 1)[-1]}
    stranger = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::777788889999:root"},
        "Action": "s3:PutObjectTagging",
        "Resource": f"{POINT}/object/*",
    }
    control.create_access_point(**of, Bucket="uploads")
    control.put_access_point_policy(**of, Policy=json.dumps({"Version": "2012-10-17", "Statement": stranger}))
    yield
    control.delete_access_point(**of)


@contextmanager
def without_boundary(made: Deployed) -> Iterator[None]:
    """The broker, for as long as the block lasts."""
    assert made.plan.brought
    made.iam(HOME).delete_user_permissions_boundary(UserName=BROKER)
    yield
    put_on_brought(made.iam(HOME), made.plan.brought)


def told(made: Deployed) -> list[dict[str, Any]]:
    """What CloudTrail told since it was last asked, up to a call of the account's owner that is made now."""
    made.aws.client("s3", made.aws.root).put_object(Bucket="reports", Key="here", Body=b"")
    sqs, url = made.aws.client("sqs", made.aws.root), made.aws.cloudtrail_queue_url
    found: list[dict[str, Any]] = []
    while not any((one["requestParameters"] or {}).get("key") == "here" for one in found):
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=10)
        assert answer.get("Messages"), "the record did not arrive"
        for message in answer["Messages"]:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(message["Body"])["detail"])
    return found


def test_a_drift_in_another_account_is_found_by_the_servers_own_check_and_over_once_it_is_mended(
    made: Deployed, tmp_path: Path
) -> None:
    assert check(made, tmp_path).of("open") == DIFFERS

    with letting_in_another(made, ELSEWHERE), an_access_point(made), without_boundary(made):
        drifted = check(made, tmp_path)
    added = [
        ("access-point-opened", POINT),
        ("boundary-missing", made.plan.broker_arn),
        ("second-principal", ELSEWHERE),
    ]
    assert (drifted.line["opened"], drifted.line["not_looked_at"]) == (3, 0)
    assert drifted.of("open") == sorted([*DIFFERS, *added])

    mended = check(made, tmp_path, asking_the_doctor=True)
    assert (mended.of("over"), mended.of("open")) == (added, DIFFERS)
    assert mended.auditors["state"] == "ok"


def test_the_auditor_of_each_account_looks_and_nobody_else(made: Deployed, tmp_path: Path) -> None:
    told(made)
    check(made, tmp_path)
    calls = told(made)[:-1]
    auditors = {f"arn:aws:iam::{account}:role/{AUDITOR_NAME}" for account in (HOME, OTHER)}
    taken_up = [one for one in calls if one["eventName"] == "AssumeRole"]
    assert {one["requestParameters"]["roleArn"] for one in taken_up} == auditors
    assert {one["requestParameters"]["sourceIdentity"] for one in taken_up} == {f"liftgate-{BROKER}"}
    looks = [one for one in calls if one["eventSource"] != "sts.amazonaws.com"]
    assert {one["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] for one in looks} == auditors
    assert {one["errorCode"] for one in looks if "errorCode" in one} <= NOTHING_THERE  # no call is refused
    with pytest.raises(ClientError, match="AccessDenied"):
        made.aws.client("iam", made.broker).get_account_authorization_details()


def test_who_shuts_the_auditor_out_is_told_and_nothing_counts_as_mended(
    made: Deployed, tmp_path: Path
) -> None:
    auditor = f"arn:aws:iam::{OTHER}:role/{AUDITOR_NAME}"
    with letting_in_another(made, ELSEWHERE):
        check(made, tmp_path)
    with letting_in_another(made, auditor):
        blind = check(made, tmp_path, asking_the_doctor=True)
    assert blind.of("over") == []
    assert blind.auditors["state"] == "fail"
    assert OTHER in blind.auditors["found"]
    assert f"for account {OTHER}" in blind.auditors["advice"]
    assert ("second-principal", ELSEWHERE) in blind.of("open")
    assert ("deploy-not-looked-at", f"arn:aws:iam::{OTHER}:root") in blind.of("open")

    assert check(made, tmp_path).of("open") == DIFFERS
