"""A generated role on Ceph's gateway, which shares no code with the embedded AWS.

It reads no trust policy with `sts:SetSourceIdentity`, knows no condition keys there but those of web identities, and has no permissions
boundary: principal and ceiling are what is tried here.
"""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.deployment.deployed import EVERYTHING
from tests.servers.radosgw import Keys, Radosgw

from liftgate.catalogue.parse import load_catalogue
from liftgate.demo.world import CATALOGUE
from liftgate.deployment.options import DeployOptions
from liftgate.deployment.plan import plan_for
from liftgate.iam.policy import to_document

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("radosgw")]
NAME = "deployed-broker"


@pytest.fixture(scope="module")
def broker(radosgw: Radosgw) -> Keys:
    return radosgw.new_user(NAME)


@pytest.fixture(scope="module")
def role_arn(radosgw: Radosgw, broker: Keys) -> str:
    assert broker.access_key_id == NAME  # whom the trust policy names must be there
    radosgw.client("s3", radosgw.new_user("deployed-owner")).create_bucket(Bucket="lakeside-reports")
    options = DeployOptions(region="us-east-1", broker_arn=f"arn:aws:iam::111122223333:user/{NAME}")
    plan = plan_for(load_catalogue([CATALOGUE]), options)
    role = plan.role("LiftgateReportsWriter")
    assert role.boundary
    return radosgw.new_role(
        role.name, _known(to_document(role.trust)), policy=to_document(plan.policy(role.boundary).document)
    )


def _known(trust: dict[str, Any]) -> dict[str, Any]:
    statements = [
        {
            **one,
            "Principal": {"AWS": one["Principal"]["AWS"].replace("111122223333", "")},
            "Action": [one["Action"]],
        }
        for one in trust["Statement"]
        if one["Action"] != "sts:SetSourceIdentity"
    ]
    for one in statements:
        del one["Condition"]
    return {**trust, "Statement": statements}


def _put(s3: Any, key: str) -> str:
    try:
        s3.put_object(Bucket="lakeside-reports", Key=key, Body=b"a")
    except ClientError as failure:
        return str(failure.response["Error"]["Code"])
    return "allowed"


@pytest.mark.parametrize("policy", [None, EVERYTHING], ids=["no session policy", "session policy `*`"])
def test_a_session_writes_under_the_ceiling_and_nowhere_else(
    radosgw: Radosgw, broker: Keys, role_arn: str, policy: dict[str, Any] | None
) -> None:
    s3 = radosgw.client(
        "s3", radosgw.assume(broker, role_arn, session="gr-0123456789abcdef-1", policy=policy)
    )
    assert [_put(s3, key) for key in ("2026/a.csv", "2025/a.csv")] == ["allowed", "AccessDenied"]


def test_radosgw_gives_a_session_to_nobody_but_the_broker(radosgw: Radosgw, role_arn: str) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        radosgw.assume(radosgw.new_user("deployed-eve"), role_arn)
