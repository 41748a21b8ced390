"""What IAM answers about a role that people hold, and what Liftgate makes of it."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from tests.elevation.in_place_examples import NAMED, ROLE, ROLE_ID

from liftgate.elevation.errors import RoleUnreachable
from liftgate.elevation.in_place.iam_role import IamHeldRoles
from liftgate.iam.evaluate import evaluate
from liftgate.iam.parse import parse_policy
from liftgate.iam.request import Request

SESSION = boto3.session.Session()


@pytest.fixture
def client() -> Any:
    return SESSION.client(
        "iam", region_name="eu-west-1", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="broker-secret"
    )


RIGHTS = parse_policy(
    Path(__file__)
    .parents[2]
    .joinpath("docs/in-place.md")
    .read_text()
    .partition("```json\n")[2]
    .partition("```")[0]
)
BOUNDARY = "arn:aws:iam::111122223333:policy/LakesideBoundary"


@pytest.mark.parametrize("boundary", [BOUNDARY, BOUNDARY + "2", None])
def test_the_rights_that_the_page_names_never_keep_the_broker_from_taking_access_away(
    boundary: str | None,
) -> None:
    def allowed(action: str) -> bool:
        context = {} if boundary is None else {"iam:PermissionsBoundary": boundary}
        broker = "arn:aws:iam::111122223333:role/Broker"
        request = Request(action=action, resource=ROLE, context=context, principal=broker)
        return evaluate(request, identity=[RIGHTS]).allowed

    assert allowed("iam:DeleteRolePolicy")
    assert allowed("iam:PutRolePolicy") == (boundary == BOUNDARY)


def role(**more: Any) -> dict[str, Any]:
    """As GetRole answers it."""
    whole = {
        "Path": "/",
        "RoleName": "LakesideReadOnly",
        "RoleId": ROLE_ID,
        "Arn": ROLE,
        "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
        "AssumeRolePolicyDocument": NAMED,
        "MaxSessionDuration": 7200,
        **more,
    }
    return {"Role": whole}


POLICY = {"PolicyName": "LakesideBoundary", "Arn": BOUNDARY, "DefaultVersionId": "v2"}


def test_the_role_and_its_boundary_are_read_at_every_look(client: Any) -> None:
    with Stubber(client) as stub:
        bounded = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": BOUNDARY}
        stub.add_response("get_role", role(PermissionsBoundary=bounded))
        stub.add_response("list_role_policies", {"PolicyNames": []})
        stub.add_response("get_policy", {"Policy": POLICY}, {"PolicyArn": BOUNDARY})
        version = {"PolicyVersion": {"VersionId": "v2", "Document": "{}"}}
        stub.add_response("get_policy_version", version, {"PolicyArn": BOUNDARY, "VersionId": "v2"})
        seen = IamHeldRoles(lambda _: client).carried(ROLE)
        assert (seen.role_id, seen.boundary, seen.longest_session) == (ROLE_ID, "{}", timedelta(hours=2))


@pytest.mark.parametrize(("code", "raises"), [("AccessDenied", False), ("Throttling", True)])
def test_a_boundary_that_iam_does_not_show_is_none(code: str, raises: bool, client: Any) -> None:
    with Stubber(client) as stub:
        bounded = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": BOUNDARY}
        stub.add_response("get_role", role(PermissionsBoundary=bounded))
        stub.add_response("list_role_policies", {"PolicyNames": []})
        stub.add_client_error("get_policy", code, http_status_code=400)
        with pytest.raises(RoleUnreachable) if raises else nullcontext():
            assert IamHeldRoles(lambda _: client).carried(ROLE).boundary is None


def test_another_role_that_took_the_name_is_not_written_to(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("get_role", role(Path="/data/", Arn=ROLE.replace("role/", "role/data/")))
        with pytest.raises(RoleUnreachable, match="role/data/LakesideReadOnly"):
            IamHeldRoles(lambda _: client).carried(ROLE)
