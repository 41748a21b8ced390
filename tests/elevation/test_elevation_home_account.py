"""Access is lent only where it can be taken back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.stub import Stubber

from liftgate.elevation.errors import RoleUnreachable
from liftgate.elevation.home_account import Broker, InHomeAccount, RevocationReach, broker_of

HERE = "arn:aws:iam::111122223333:role/liftgate/Writer"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Roles:
    """Roles by their bare names, as IAM calls know them."""

    def __init__(self) -> None:
        self.policies: dict[str, str] = {}
        self.reads = 0

    def read(self, role_arn: str) -> str | None:
        self.reads += 1
        return self.policies.get(role_arn.rsplit("/", 1)[-1])

    def write(self, role_arn: str, policy: str) -> None:
        self.policies[role_arn.rsplit("/", 1)[-1]] = policy

    def remove(self, role_arn: str) -> None:
        self.policies.pop(role_arn.rsplit("/", 1)[-1], None)


def test_a_role_of_this_account_is_reached() -> None:
    roles = InHomeAccount(Roles(), lambda: "111122223333")
    roles.write(HERE, "{}")
    assert roles.read(HERE) == "{}"
    roles.remove(HERE)
    assert roles.read(HERE) is None


@pytest.mark.parametrize(
    "elsewhere",
    [
        "arn:aws:iam::444455556666:role/liftgate/Writer",
        "arn:aws:iam:::role/Writer",
        "arn:aws:iam::1111222233330:role/Writer",
        "Writer",
        "arn:aws:iam::444455556666:role/111122223333:x/Writer",
    ],
)
def test_a_role_of_the_same_name_elsewhere_is_neither_read_nor_changed(elsewhere: str) -> None:
    real = Roles()
    roles = InHomeAccount(real, lambda: "111122223333")
    calls: list[Callable[[], object]] = [
        lambda: roles.read(elsewhere),
        lambda: roles.write(elsewhere, "{}"),
        lambda: roles.remove(elsewhere),
    ]
    for call in calls:
        with pytest.raises(RoleUnreachable, match="could not be revoked"):
            call()
    assert (real.policies, real.reads) == ({}, 0)


def test_a_success_is_remembered_for_an_hour_and_a_failure_never() -> None:
    real, reach = Roles(), RevocationReach()
    foreign = InHomeAccount(real, lambda: "444455556666")
    for _ in range(2):
        with pytest.raises(RoleUnreachable):
            reach.check(HERE, policies=foreign, now=NOON)
    for minutes, reads in ((0, 1), (59, 1), (60, 2), (0, 3)):  # also where the clock jumped back by an hour
        reach.check(HERE, policies=real, now=NOON + timedelta(minutes=minutes))
        assert real.reads == reads


def test_the_brokers_account_is_asked_for_once_and_again_after_a_failure() -> None:
    client = boto3.session.Session().client(
        "sts", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    with Stubber(client) as stub:
        stub.add_client_error("get_caller_identity", "ExpiredToken")
        arn = "arn:aws:iam::111122223333:user/liftgate-broker"
        stub.add_response("get_caller_identity", {"Account": "111122223333", "Arn": arn})
        broker = broker_of(client)
        with pytest.raises(RoleUnreachable):
            broker()
        assert [broker(), broker()] == [Broker(account="111122223333", is_session=False)] * 2
        stub.assert_no_pending_responses()
