"""The trust policy that is judged is that of the very role whose session calls, or none."""

import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from tests.elevation.elevation_examples import NOON
from tests.elevation.revoker_examples import ACCOUNT as DECLARED
from tests.elevation.revoker_examples import BROKER, ScriptedSts, revoker
from tests.store.store_examples import TestClock

from liftgate.elevation.accounts import Accounts
from liftgate.elevation.aws_clients import aws_session
from liftgate.elevation.broker import Broker
from liftgate.elevation.errors import RoleUnreachable
from liftgate.elevation.revoker import Revoker
from liftgate.elevation.role_trust import IamRoleTrusts
from liftgate.identity.errors import RoleTrustUnavailable, RoleTrustUnreadable
from liftgate.identity.ports import SessionRole

ACCOUNT = "111122223333"
ROLE = SessionRole(partition="aws", account=ACCOUNT, name="ReadOnly", role_id="AROAEXAMPLEEXAMPLE123")
TRUST = {"Version": "2012-10-17", "Statement": []}
ANSWER = {
    "Path": "/people/",
    "RoleName": "ReadOnly",
    "RoleId": ROLE.role_id,
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/people/ReadOnly",
    "CreateDate": NOON,
    "AssumeRolePolicyDocument": json.dumps(TRUST),
}


@pytest.fixture
def client() -> Any:
    return aws_session().client(
        "iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )


def trusts(client: Any) -> IamRoleTrusts:
    return IamRoleTrusts(Accounts(lambda: Broker(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/broker"), client).iam)


def test_the_trust_policy_is_read_by_the_roles_name(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("get_role", {"Role": dict(ANSWER)}, {"RoleName": "ReadOnly"})
        assert json.loads(trusts(client).read(ROLE)) == TRUST


@pytest.mark.parametrize(
    "changes",
    [
        {"RoleId": "AROAANOTHERANOTHER123"},  # deleted and made anew
        {"Arn": f"arn:aws-cn:iam::{ACCOUNT}:role/people/ReadOnly"},
        {"Arn": "arn:aws:iam::444455556666:role/people/ReadOnly"},
        {"Arn": f"arn:aws:iam::{ACCOUNT}:role/people/readonly"},
        {"Arn": f"arn:aws:iam::{ACCOUNT}:user/people/ReadOnly"},
    ],
)
def test_another_role_proves_nothing(client: Any, changes: dict[str, str]) -> None:
    with Stubber(client) as stub:
        stub.add_response("get_role", {"Role": {**ANSWER, **changes}})
        with pytest.raises(RoleTrustUnreadable):
            trusts(client).read(ROLE)


def test_of_a_role_elsewhere_iam_is_not_asked(client: Any) -> None:
    elsewhere = SessionRole(partition="aws", account="444455556666", name="ReadOnly", role_id=ROLE.role_id)
    with Stubber(client), pytest.raises(RoleTrustUnreadable) as refused:
        trusts(client).read(elsewhere)
    assert "account `444455556666`" in refused.value.sentence
    assert "`trusted_session_names`" in refused.value.advice


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchEntity"])
def test_a_role_that_iam_does_not_show(client: Any, code: str) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("get_role", code, http_status_code=403)
        with pytest.raises(RoleTrustUnreadable) as refused:
            trusts(client).read(ROLE)
    assert code in refused.value.sentence
    assert "iam:GetRole" in refused.value.advice


@pytest.mark.parametrize("code", ["Throttling", "ServiceUnavailable", "ExpiredToken"])
def test_what_may_pass_is_told_from_a_refusal(client: Any, code: str) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("get_role", code)
        with pytest.raises(RoleTrustUnavailable):
            trusts(client).read(ROLE)


class Deaf:
    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def get_role(self, **_: Any) -> Any:
        raise self.failure


@pytest.mark.parametrize("failure", [EndpointConnectionError(endpoint_url="https://iam"), KeyError("Role")])
def test_no_answer_that_can_be_read(failure: Exception) -> None:
    with pytest.raises(RoleTrustUnavailable):
        trusts(Deaf(failure)).read(ROLE)


def test_a_role_of_a_declared_account_is_read_there_and_elsewhere_or_later_where_it_is_out_of_reach(
    client: Any,
) -> None:
    there = SessionRole(partition="aws", account="444455556666", name="ReadOnly", role_id=ROLE.role_id)
    role = {**ANSWER, "Arn": "arn:aws:iam::444455556666:role/people/ReadOnly"}
    sts = ScriptedSts()
    reached = Revoker(DECLARED, sts, lambda: BROKER, lambda _: client, TestClock())
    seen = IamRoleTrusts(Accounts(lambda: BROKER, None, [reached]).iam)
    with Stubber(client) as stub:
        stub.add_response("get_role", {"Role": role}, {"RoleName": "ReadOnly"})
        assert json.loads(seen.read(there)) == TRUST
    away = revoker(ScriptedSts(refuse="AccessDenied"), TestClock())
    with pytest.raises(RoleTrustUnavailable, match="out of reach"):
        IamRoleTrusts(Accounts(lambda: BROKER, None, [away]).iam).read(there)


def test_a_broker_that_does_not_know_its_account_sees_nothing(client: Any) -> None:
    def broker() -> Broker:
        raise RoleUnreachable("STS does not say", advice="check its credentials")

    with Stubber(client), pytest.raises(RoleUnreachable):
        IamRoleTrusts(Accounts(broker, client).iam).read(ROLE)
