"""Access is lent only where it can be taken back: at home, and in accounts that were declared."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber
from tests.elevation.revoker_examples import ACCOUNT, BROKER, ScriptedSts, revoker
from tests.store.store_examples import TestClock

from liftgate.elevation.accounts import Accounts
from liftgate.elevation.aws_clients import aws_session
from liftgate.elevation.broker import Broker, broker_of
from liftgate.elevation.errors import AccountNotDeclared, RevokerOutOfReach, RoleUnreachable
from liftgate.elevation.iam_roles import IamRolePolicies
from liftgate.elevation.reach import RevocationReach

HERE = "arn:aws:iam::111122223333:role/liftgate/Writer"
THERE = "arn:aws:iam::444455556666:role/liftgate/Writer"
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


def test_each_account_has_its_own_client() -> None:
    sts = ScriptedSts()
    accounts = Accounts(lambda: BROKER, "home", [revoker(sts, TestClock())])
    assert accounts.iam(HERE) == "home"
    assert accounts.external_id(HERE) is None
    assert sts.calls == []
    assert accounts.iam(THERE) == "IAM by ASIA1"
    assert accounts.external_id(THERE) == ACCOUNT.external_id


def test_a_declared_account_is_reached_by_its_revoker_also_where_it_is_the_brokers_own() -> None:
    own = Broker("444455556666", "arn:aws:iam::444455556666:user/broker")
    assert Accounts(lambda: own, "home", [revoker(ScriptedSts(), TestClock())]).iam(THERE) == "IAM by ASIA1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "arn:aws:iam::777788889999:role/liftgate/Writer",
        "arn:aws:iam:::role/Writer",
        "arn:aws:iam::1111222233330:role/Writer",
        "arn:aws:sts::111122223333:role/Writer",
        "arn:aws:iam::111122223333:user/Writer",
        "Writer",
        "",
        "arn:aws:iam::777788889999:role/111122223333:x/Writer",
    ],
)
def test_a_role_of_the_same_name_elsewhere_is_neither_read_nor_changed_nor_lent(elsewhere: str) -> None:
    accounts = Accounts(lambda: BROKER, Untouched(), [revoker(ScriptedSts(), TestClock())])
    roles = IamRolePolicies(accounts.iam)
    calls: list[Callable[[], object]] = [
        lambda: roles.read(elsewhere),
        lambda: roles.write(elsewhere, "{}"),
        lambda: roles.remove(elsewhere),
        lambda: accounts.external_id(elsewhere),
    ]
    for call in calls:
        with pytest.raises(AccountNotDeclared, match="could not be revoked") as refused:
            call()
        assert "docs/accounts.md" in refused.value.advice


class Untouched:
    """A client that must not be called."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


def test_nothing_is_lent_where_the_revoker_is_out_of_reach_and_elsewhere_it_is() -> None:
    accounts = Accounts(lambda: BROKER, "home", [revoker(ScriptedSts(refuse="AccessDenied"), TestClock())])
    with pytest.raises(RevokerOutOfReach):
        accounts.external_id(THERE)
    with pytest.raises(RevokerOutOfReach):
        accounts.iam(THERE)
    assert (accounts.iam(HERE), accounts.external_id(HERE)) == ("home", None)


def test_the_revoker_role_itself_is_not_lent() -> None:
    accounts = Accounts(lambda: BROKER, "home", [revoker(ScriptedSts(), TestClock())])
    for role_arn in (ACCOUNT.revoker_role_arn, ACCOUNT.revoker_role_arn.replace("role/", "role/by/path/")):
        for call in (accounts.iam, accounts.external_id):
            with pytest.raises(RoleUnreachable, match="is the revoker role"):
                call(role_arn)


def test_a_success_is_remembered_for_an_hour_and_a_failure_never() -> None:
    real, asked = Roles(), []
    reach = RevocationReach(lambda *of: asked.append(of))
    foreign = IamRolePolicies(Accounts(lambda: Broker("444455556666", "x"), Untouched()).iam)
    for _ in range(2):
        with pytest.raises(RoleUnreachable):
            reach.check(HERE, None, policies=foreign, now=NOON)
    for minutes, reads in ((0, 1), (59, 1), (60, 2), (0, 3)):  # also where the clock jumped back by an hour
        reach.check(HERE, None, policies=real, now=NOON + timedelta(minutes=minutes))
        assert real.reads == reads
    reach.check(HERE, "own", policies=real, now=NOON)
    assert asked == [(HERE, None)] * 3 + [(HERE, "own")]


def test_the_brokers_account_is_asked_for_once_and_again_after_a_failure() -> None:
    client = aws_session().client(
        "sts", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    with Stubber(client) as stub:
        stub.add_client_error("get_caller_identity", "ExpiredToken")
        arn = "arn:aws:iam::111122223333:user/liftgate-broker"
        stub.add_response("get_caller_identity", {"Account": "111122223333", "Arn": arn})
        broker = broker_of(client)
        with pytest.raises(RoleUnreachable):
            broker()
        assert [broker(), broker()] == [Broker("111122223333", arn)] * 2
        stub.assert_no_pending_responses()


USER = Broker("111122223333", "arn:aws:iam::111122223333:user/machines/broker")
SESSION = Broker("111122223333", "arn:aws:sts::111122223333:assumed-role/Broker/i-0a1b")


def test_a_broker_is_known_by_its_name() -> None:
    assert (USER.name, USER.is_session) == ("broker", False)
    assert (SESSION.name, SESSION.is_session) == ("Broker", True)


@pytest.mark.parametrize(
    ("broker", "principal", "is_it"),
    [
        (USER, USER.arn, True),
        (USER, "arn:aws:iam::111122223333:user/broker", False),
        (USER, "arn:aws:iam::111122223333:root", False),
        (SESSION, "arn:aws:iam::111122223333:role/Broker", True),
        (SESSION, "arn:aws:iam::111122223333:role/machines/Broker", True),
        (SESSION, SESSION.arn, True),
        (SESSION, "arn:aws:sts::111122223333:assumed-role/Broker/other", True),
        (SESSION, "arn:aws:iam::111122223333:role/broker", False),
        (SESSION, "arn:aws:iam::111122223333:role/Broker/Other", False),
        (SESSION, "arn:aws:iam::444455556666:role/Broker", False),
        (SESSION, "arn:aws:iam::111122223333:role/*", False),
        (SESSION, "arn:aws:iam::111122223333:user/Broker", False),
        (SESSION, "*", False),
    ],
)
def test_who_is_the_broker(broker: Broker, principal: str, is_it: bool) -> None:
    assert broker.is_called(principal) is is_it
