"""What IAM answers about the one policy on a role, and what Liftgate makes of it."""

import json
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError, ReadTimeoutError
from botocore.stub import Stubber
from tests.elevation.elevation_examples import TOKEN

from liftgate.elevation.errors import RoleFull, RoleUnreachable
from liftgate.elevation.iam_roles import IamRolePolicies
from liftgate.errors import LiftgateError

ROLE = "arn:aws:iam::111122223333:role/team/reports/Writer"
NAMED = {"RoleName": "Writer", "PolicyName": "LiftgateRevocations"}
POLICY = '{"Version":"2012-10-17","Statement":[]}'
SESSION = boto3.session.Session()


@pytest.fixture
def client() -> Any:
    return SESSION.client(
        "iam",
        region_name="eu-west-1",
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="broker-secret",
        endpoint_url="http://127.0.0.1:9",  # nobody listens there
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=1),
    )


def test_the_policy_is_read_written_and_removed_by_its_one_name(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("get_role_policy", {**NAMED, "PolicyDocument": "{}"}, NAMED)
        stub.add_response("put_role_policy", {}, {**NAMED, "PolicyDocument": POLICY})
        stub.add_response("delete_role_policy", {}, NAMED)
        roles = IamRolePolicies(lambda _: client)
        assert roles.read(ROLE) == "{}"
        roles.write(ROLE, POLICY)
        roles.remove(ROLE)
        stub.assert_no_pending_responses()


def test_what_iam_quotes_is_plain_text_again(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("get_role_policy", {**NAMED, "PolicyDocument": quote(POLICY)}, NAMED)
        assert json.loads(IamRolePolicies(lambda _: client).read(ROLE) or "") == json.loads(POLICY)


class _Ok:
    status_code = 200


def test_no_policy_is_none_and_needs_no_removal(client: Any) -> None:
    with Stubber(client) as stub:
        for call in ("get_role_policy", "delete_role_policy"):
            stub.add_client_error(call, "NoSuchEntity", http_status_code=404)
        assert IamRolePolicies(lambda _: client).read(ROLE) is None
        IamRolePolicies(lambda _: client).remove(ROLE)


def _calls(client: Any) -> dict[str, Any]:
    roles = IamRolePolicies(lambda _: client)
    return {
        "get_role_policy": lambda: roles.read(ROLE),
        "put_role_policy": lambda: roles.write(ROLE, POLICY),
        "delete_role_policy": lambda: roles.remove(ROLE),
    }


def _failure(client: Any, call: str, code: str, status: int, said: str = "no") -> LiftgateError:
    with Stubber(client) as stub:
        stub.add_client_error(call, code, said, http_status_code=status)
        with pytest.raises(LiftgateError) as raised:
            _calls(client)[call]()
    return raised.value


CALLS = ["get_role_policy", "put_role_policy", "delete_role_policy"]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("code", "status", "advised"),
    [
        ("AccessDenied", 403, "iam:GetRolePolicy, PutRolePolicy and DeleteRolePolicy"),
        ("UnmodifiableEntity", 400, "iam:GetRolePolicy, PutRolePolicy and DeleteRolePolicy"),
        ("ExpiredToken", 403, "AWS credentials and its clock"),
        ("SignatureDoesNotMatch", 403, "AWS credentials and its clock"),
        ("RequestTimeTooSkewed", 403, "AWS credentials and its clock"),
        ("Throttling", 400, "the worker tries again"),
        ("ServiceFailure", 500, "the worker tries again"),
        ("ConcurrentModification", 409, "the worker tries again"),
        ("502", 502, "the worker tries again"),
    ],
)
def test_a_refusal_says_who_can_mend_it(call: str, code: str, status: int, advised: str, client: Any) -> None:
    said = f"The Canonical String for this request should have been 'x-amz-security-token:{TOKEN}'"
    failure = _failure(client, call, code, status, said)
    assert isinstance(failure, RoleUnreachable)
    assert code in failure.sentence
    assert ROLE in failure.sentence
    assert advised in failure.advice
    assert TOKEN not in f"{failure} {failure.advice}"


def test_a_role_that_is_gone_is_unreachable(client: Any) -> None:
    failure = _failure(client, "put_role_policy", "NoSuchEntity", 404)
    assert isinstance(failure, RoleUnreachable)
    assert "NoSuchEntity" in failure.sentence


def test_a_role_without_room_says_so(client: Any) -> None:
    failure = _failure(
        client, "put_role_policy", "LimitExceeded", 409, "Maximum policy size of 10240 bytes exceeded"
    )
    assert isinstance(failure, RoleFull)
    assert "inline" in failure.advice


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "failure",
    [ConnectTimeoutError(endpoint_url="x"), ReadTimeoutError(endpoint_url="x"), NoCredentialsError()],
)
def test_no_answer_is_unreachable(call: str, failure: Exception, client: Any) -> None:
    def fail(**_: object) -> None:
        raise failure

    client.meta.events.register("before-send.iam", fail)
    with pytest.raises(RoleUnreachable, match=type(failure).__name__):
        _calls(client)[call]()


def test_an_answer_without_a_policy_is_not_taken_for_no_policy(client: Any) -> None:
    """Else a proxy's page would let a removed deny pass for one that nobody wants."""
    client.meta.events.register("before-call.iam.GetRolePolicy", lambda **_: (_Ok(), {}))
    with pytest.raises(RoleUnreachable, match="cannot be read"):
        IamRolePolicies(lambda _: client).read(ROLE)
