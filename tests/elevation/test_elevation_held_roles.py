"""What IAM answers about a role that people hold, and what Liftgate makes of it."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from tests.elevation.in_place_examples import NAMED, ROLE, ROLE_ID

from liftgate.elevation.errors import RoleUnreachable
from liftgate.elevation.in_place.iam_role import IamHeldRoles

SESSION = boto3.session.Session()


@pytest.fixture
def client() -> Any:
    return SESSION.client(
        "iam", region_name="eu-west-1", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="broker-secret"
    )


def role(**more: Any) -> dict[str, Any]:
    """As GetRole answers it."""
    whole = {
        "Path": "/",
        "RoleName": "LakesideReadOnly",
        "RoleId": ROLE_ID,
        "Arn": ROLE,
        "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
        "AssumeRolePolicyDocument": NAMED,
        **more,
    }
    return {"Role": whole}


def test_another_role_that_took_the_name_is_not_written_to(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("get_role", role(Path="/data/", Arn=ROLE.replace("role/", "role/data/")))
        with pytest.raises(RoleUnreachable, match="role/data/LakesideReadOnly"):
            IamHeldRoles(client).carried(ROLE)
