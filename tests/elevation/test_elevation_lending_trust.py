"""An elevated role in a declared account is the broker's alone, and by the external id alone; what cannot be proved is neither."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber
from tests.elevation.elevation_examples import NOON

from liftgate.elevation.aws_clients import aws_session
from liftgate.elevation.broker import Broker
from liftgate.elevation.errors import LendingTrustTooWide, RoleUnreachable
from liftgate.elevation.lending_trust import LendingTrusts, too_wide

USER = Broker("111122223333", "arn:aws:iam::111122223333:user/liftgate-broker")
SESSION = Broker("111122223333", "arn:aws:sts::111122223333:assumed-role/Broker/i-0a1b")
ROOT = "arn:aws:iam::111122223333:root"
ROLE = "arn:aws:iam::444455556666:role/liftgate/Writer"
LENDING = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
OURS = {"StringEquals": {"sts:ExternalId": "lg-1"}}


def allow(
    who: Any = USER.arn, *, when: dict[str, Any] | None = OURS, may: Any = LENDING, kind: str = "AWS"
) -> dict[str, Any]:
    made = {"Effect": "Allow", "Principal": {kind: who}, "Action": list(may)}
    return made if when is None else {**made, "Condition": when}


def trust(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


BY_ARN = {"StringEquals": {"sts:ExternalId": "lg-1"}, "ArnEquals": {"aws:PrincipalArn": USER.arn}}
NOT_OURS = {"StringNotEquals": {"sts:ExternalId": "lg-1"}}


@pytest.mark.parametrize(
    ("broker", "document"),
    [
        (USER, trust(allow())),
        (USER, trust(allow(may=["sts:AssumeRole"]), allow(may=LENDING[1:], when=None))),
        (USER, trust(allow(may=["sts:*"]))),
        (USER, trust(allow(when={"StringLike": {"sts:ExternalId": "lg-1"}}))),
        (USER, trust(allow(when={"StringEquals": {"sts:ExternalId": ["lg-0", "lg-1"]}}))),  # being changed
        (USER, trust(allow(ROOT, when=BY_ARN))),
        (USER, trust(allow("*", when=BY_ARN))),
        (USER, trust(allow(), {**allow("*", when=NOT_OURS), "Effect": "Deny"})),
        (SESSION, trust(allow("arn:aws:iam::111122223333:role/machines/Broker"))),
        (SESSION, trust(allow("arn:aws:iam::111122223333:role/Broker"))),
    ],
)
def test_the_broker_by_the_external_id_alone(broker: Broker, document: str) -> None:
    assert too_wide(document, broker, "lg-1") is None


@pytest.mark.parametrize(
    ("broker", "document", "why"),
    [
        (USER, trust(allow(when=None)), "no external id"),
        (USER, trust(allow(when={"StringEqualsIfExists": {"sts:ExternalId": "lg-1"}})), "no external id"),
        (USER, trust(allow(when={"StringLike": {"sts:ExternalId": "lg-*"}})), "no external id"),
        (USER, trust(allow(when=NOT_OURS)), "no external id"),
        (USER, trust(allow(when={"StringLike": {"sts:ExternalId": ["lg-1", "*"]}})), "no external id"),
        (
            USER,
            trust(allow(when={"StringEquals": {"sts:ExternalId": ["lg-1", "${aws:username}"]}})),
            "no external id",
        ),
        (USER, trust(allow(), allow(when=None)), "no external id"),
        (USER, trust(allow(when={"StringEquals": {"sts:ExternalId": "lg-2"}})), "another external id"),
        (USER, trust(allow([USER.arn, "arn:aws:iam::111122223333:user/ada"])), "user/ada"),
        (USER, trust(allow(ROOT)), "root"),
        (USER, trust(allow("111122223333")), "111122223333"),
        (USER, trust(allow("*")), "`*`"),
        (USER, trust(allow(), allow("arn:aws:iam::444455556666:role/Admin", when=None)), "role/Admin"),
        (USER, trust(allow(), allow("ec2.amazonaws.com", kind="Service", when=None)), "ec2.amazonaws.com"),
        (
            USER,
            trust(
                allow(),
                {
                    "Effect": "Allow",
                    "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:user/ada"},
                    "Action": "sts:AssumeRole",
                },
            ),
            "all but some",
        ),
        (USER, trust(allow(ROOT, when={**OURS, "ArnLike": {"aws:PrincipalArn": f"{USER.arn}*"}})), "root"),
        (SESSION, trust(allow("arn:aws:iam::111122223333:role/Broker/Other")), "role/Broker/Other"),
        (SESSION, trust(allow("arn:aws:iam::444455556666:role/Broker")), "444455556666:role/Broker"),
        (USER, "{", "cannot be read"),
    ],
)
def test_what_lets_in_more(broker: Broker, document: str, why: str) -> None:
    found = too_wide(document, broker, "lg-1")
    assert found is not None
    assert why in found
    assert "lg-" not in found


@pytest.fixture
def client() -> Any:
    return aws_session().client(
        "iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )


def role(document: str, arn: str = ROLE) -> dict[str, Any]:
    return {
        "Role": {
            "Path": "/liftgate/",
            "RoleName": "Writer",
            "RoleId": "AROAEXAMPLEEXAMPLE123",
            "Arn": arn,
            "CreateDate": NOON,
            "AssumeRolePolicyDocument": document,
        }
    }


def trusts(client: Any, of_account: str | None = "lg-1") -> LendingTrusts:
    return LendingTrusts(lambda _: client, lambda _: of_account, lambda: USER)


def test_the_entitlements_own_external_id_goes_before_the_accounts(client: Any) -> None:
    own = trust(allow(when={"StringEquals": {"sts:ExternalId": "own"}}))
    with Stubber(client) as stub:
        for _ in range(2):
            stub.add_response("get_role", role(own), {"RoleName": "Writer"})
        trusts(client).check(ROLE, "own")
        with pytest.raises(LendingTrustTooWide, match="another external id"):
            trusts(client).check(ROLE)


def test_at_home_no_trust_policy_is_read(client: Any) -> None:
    with Stubber(client):
        trusts(client, of_account=None).check(ROLE)


def test_a_policy_that_is_not_shown_or_is_anothers_is_not_trusted(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("get_role", "AccessDenied")
        stub.add_response("get_role", role(trust(allow()), ROLE.replace("/liftgate/", "/")))
        for says in ("AccessDenied", "there is no role"):
            with pytest.raises(RoleUnreachable, match=says):
                trusts(client).check(ROLE)
