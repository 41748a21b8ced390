"""Generated cases as real calls to the embedded AWS."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from tests.iam.enforced import put_to_a_server
from tests.iam.generated.calls import Call, Speech, Stage, stages
from tests.iam.generated.vocabulary import ACCOUNT

from liftgate.demo.embedded_aws import EmbeddedAws, Keys, running_embedded_aws
from liftgate.demo.sample_account import keys_from

pytestmark = pytest.mark.slow

SEED, STAGES, CALLS = 2, 40, 6
SPEECH: Final = Speech(
    elements={"NotPrincipal": "ministack takes a statement with `NotPrincipal` as matching nobody"},
    resources=lambda arn: "${" not in arn,  # ministack compares variables letter by letter
)
EVERYONE: Final = "a bucket policy for everyone, beside session policies: ministack lets them limit it"


@pytest.fixture
def embedded_aws() -> Iterator[EmbeddedAws]:
    with running_embedded_aws() as aws:
        yield aws


def test_the_embedded_aws_lets_through_what_liftgate_allows_and_nothing_else(
    embedded_aws: EmbeddedAws,
) -> None:
    aws = embedded_aws
    assert aws.account == ACCOUNT
    iam, owner = aws.client("iam", aws.root), aws.client("s3", aws.root)
    broker = _broker(iam)
    outcome = put_to_a_server(
        stages(SEED, STAGES, calls=CALLS, speech=SPEECH),
        lambda stage: _session(aws, stage, broker, iam, owner),
        owner,
        _not_asked,
    )
    assert not outcome.differing, "\n".join(outcome.differing)
    assert outcome.compared.total() >= 150
    assert min(outcome.compared.values()) >= 20, outcome.compared
    assert set(outcome.skipped) == {EVERYONE}


def _broker(iam: Any) -> Keys:
    iam.create_user(UserName="iam-broker")
    made = iam.create_access_key(UserName="iam-broker")["AccessKey"]
    may = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"},
    }
    iam.put_user_policy(UserName="iam-broker", PolicyName="lend", PolicyDocument=json.dumps(may))
    return Keys(access_key_id=made["AccessKeyId"], secret_access_key=made["SecretAccessKey"])


def _session(aws: EmbeddedAws, stage: Stage, broker: Keys, iam: Any, owner: Any) -> Any:
    trusted = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/iam-broker"}
    trust = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"},
    }
    role = iam.create_role(RoleName=stage.role, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    for number, policy in enumerate(stage.identity):
        iam.put_role_policy(RoleName=stage.role, PolicyName=f"p{number}", PolicyDocument=json.dumps(policy))
    for bucket, policy in stage.bucket_policies.items():
        owner.delete_public_access_block(Bucket=bucket)  # else a policy for everyone is refused
        owner.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    limits = {} if stage.session is None else {"Policy": json.dumps(stage.session)}
    lent = aws.client("sts", broker).assume_role(RoleArn=role, RoleSessionName="s1", **limits)
    return aws.client("s3", keys_from(lent["Credentials"]))


def _not_asked(stage: Stage, call: Call) -> str | None:
    wide = stage.names_everyone(call.bucket, effects=["Allow"])
    return EVERYONE if wide and stage.session is not None else None
