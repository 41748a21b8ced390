"""What is known of how long a role may be lent, and that nobody waits for what is not known."""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from botocore.stub import Stubber
from tests.elevation.elevation_examples import NOON
from tests.elevation.revoker_examples import ACCOUNT as DECLARED
from tests.elevation.revoker_examples import BROKER, ScriptedSts
from tests.store.store_examples import TestClock

from liftgate.elevation.accounts import Accounts
from liftgate.elevation.aws_clients import aws_session
from liftgate.elevation.broker import Broker
from liftgate.elevation.errors import RoleUnreachable
from liftgate.elevation.revoker import Revoker
from liftgate.elevation.session_limits import ALWAYS_LENT, SessionLimits

ROLE = "arn:aws:iam::111122223333:role/liftgate/Writer"
HOURS = timedelta(hours=1)


def role(seconds: object) -> dict[str, Any]:
    return {
        "Role": {
            "Path": "/liftgate/",
            "RoleName": "Writer",
            "RoleId": "AROAEXAMPLEEXAMPLE123",
            "Arn": ROLE,
            "CreateDate": NOON,
            "MaxSessionDuration": seconds,
        }
    }


@pytest.fixture
def client() -> Any:
    return aws_session().client(
        "iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )


def limits(client: Any, clock: Callable[[], Any], *, is_session: bool = False) -> SessionLimits:
    arn = "sts::111122223333:assumed-role/Broker/i-0a1b" if is_session else "iam::111122223333:user/broker"
    broker = Broker("111122223333", f"arn:aws:{arn}")
    return SessionLimits(Accounts(lambda: broker, client).iam, lambda: broker, clock)


def test_the_role_is_asked_once_an_hour(client: Any) -> None:
    clock = TestClock()
    with Stubber(client) as stub:
        for seconds in (7200, 43_200):
            stub.add_response("get_role", role(seconds), {"RoleName": "Writer"})
        known = limits(client, clock)
        assert [known.longest(ROLE), known.longest(ROLE)] == [2 * HOURS] * 2
        clock.now += HOURS
        assert known.longest(ROLE) == 12 * HOURS


def test_a_broker_that_is_a_session_lends_an_hour(client: Any) -> None:
    with Stubber(client):
        assert limits(client, TestClock(), is_session=True).longest(ROLE) == ALWAYS_LENT


def test_a_role_elsewhere_is_not_mistaken_for_one_here(client: Any) -> None:
    with Stubber(client):
        elsewhere = "arn:aws:iam::444455556666:role/liftgate/Writer"
        assert limits(client, TestClock()).longest(elsewhere) == ALWAYS_LENT


def test_of_a_role_in_a_declared_account_that_account_is_asked_and_role_chaining_still_lends_an_hour(
    client: Any,
) -> None:
    there = ROLE.replace("111122223333", DECLARED.number)
    reached = Revoker(DECLARED, ScriptedSts(), lambda: BROKER, lambda _: client, TestClock())
    chained = Broker("111122223333", "arn:aws:sts::111122223333:assumed-role/Broker/i-0a1b")
    for broker, lends in ((BROKER, 2 * HOURS), (chained, ALWAYS_LENT)):
        with Stubber(client) as stub:
            stub.add_response("get_role", role(7200), {"RoleName": "Writer"})
            signs = cycle([broker]).__next__
            longest = SessionLimits(Accounts(signs, None, [reached]).iam, signs, TestClock()).longest
            assert longest(there) == lends


def test_where_iam_does_not_say_an_hour_is_lent(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("get_role", "AccessDenied")
        assert limits(client, TestClock()).longest(ROLE) == ALWAYS_LENT

    def away() -> Broker:
        raise RoleUnreachable("STS does not say", advice="x")

    assert SessionLimits(lambda _: client, away, TestClock()).longest(ROLE) == ALWAYS_LENT
