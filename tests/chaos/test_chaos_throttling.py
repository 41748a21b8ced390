"""AWS asks to come back later: it is asked again a few times, later each time and never in step, and then told as it is."""

import random
from datetime import timedelta
from typing import Any

import pytest
from tests.chaos.chaos_world import ChaosWorld
from tests.servers.chaos_proxy import Fault

from liftgate.elevation.aws_clients import AwsEndpoints, iam_client, sts_client
from liftgate.elevation.errors import LendingUnavailable, RoleUnreachable
from liftgate.server.worker import URGENT, drain_once

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chaos")]

RUNS = 12


def waits_of(chaos: ChaosWorld, call: Any) -> list[float]:
    """What was waited before each further attempt of one call."""
    chaos.waits.clear()
    with pytest.raises(Exception, match="Throttling"):
        call()
    return list(chaos.waits)


@pytest.mark.parametrize(
    ("make", "action", "attempts"), [(sts_client, "AssumeRole", 3), (iam_client, "GetRolePolicy", 2)]
)
def test_a_throttled_call_is_sent_again_a_few_times_after_waits_that_grow_and_differ(
    make: Any, action: str, attempts: int, chaos: ChaosWorld
) -> None:
    chaos.proxy.calm()
    chaos.proxy.strike(action, Fault.THROTTLES)
    role = chaos.lakeside.elevated[0]
    client = make(AwsEndpoints(region="us-east-1", sts_url=chaos.proxy.address, iam_url=chaos.proxy.address))
    calls = {
        "AssumeRole": lambda: client.assume_role(RoleArn=role, RoleSessionName="throttled"),
        "GetRolePolicy": lambda: client.get_role_policy(
            RoleName=role.rpartition("/")[2], PolicyName="Owners"
        ),
    }
    random.seed(7)  # botocore draws from the one generator of all
    waits = [waits_of(chaos, calls[action]) for _ in range(RUNS)]
    assert len(chaos.proxy.struck) == RUNS * attempts
    assert {len(one) for one in waits} == {attempts - 1}
    for number, of_attempt in enumerate(zip(*waits, strict=True)):
        longest = 2**number  # seconds, doubled each time
        assert longest / 2 < max(of_attempt) <= longest
        assert len(set(of_attempt)) == RUNS  # no two callers come back together


def test_once_is_not_noticed(chaos: ChaosWorld) -> None:
    chaos.proxy.calm()
    grant_id = chaos.granted(chaos.lakeside.elevated[0])
    chaos.proxy.strike("AssumeRole", Fault.THROTTLES, times=2)
    chaos.proxy.strike("PutRolePolicy", Fault.THROTTLES, times=1)
    assert chaos.lend(grant_id).status_code == 201
    ended = chaos.call("grace", "POST", f"/grants/{grant_id}/revocation", {"reason": "a drill"})
    assert ended.json()["ending"]["deny"] == "in_place"
    assert len(chaos.proxy.struck) == 3


@pytest.mark.parametrize("fault", [Fault.THROTTLES, Fault.TOO_MANY])
def test_when_it_goes_on_the_answer_says_so_and_the_grant_stands(fault: Fault, chaos: ChaosWorld) -> None:
    chaos.proxy.calm()
    grant_id = chaos.granted(chaos.lakeside.elevated[0])
    chaos.proxy.strike("AssumeRole", fault)
    answer = chaos.lend(grant_id)
    said = answer.json()
    assert (answer.status_code, said["code"]) == (503, LendingUnavailable.code)
    assert "STS asks to come back later" in said["detail"]
    assert said["advice"] == "try again in a minute"
    shown = chaos.get(f"/grants/{grant_id}")
    assert (shown["state"], len(shown["sessions"])) == ("active", 1)
    assert shown["sessions"][0]["failure"].startswith(f"{LendingUnavailable.code}: ")
    chaos.proxy.pass_all()
    assert chaos.lend(grant_id).status_code == 201


def test_the_worker_comes_back_later_each_time_to_a_minute_and_never_in_step(chaos: ChaosWorld) -> None:
    chaos.proxy.calm()
    with chaos.later(minutes=2):  # what other tests left
        chaos.reconcile()
    grant_id = chaos.granted(chaos.lakeside.elevated[0])
    chaos.proxy.strike("PutRolePolicy", Fault.TOO_MANY)
    ended = chaos.call("grace", "POST", f"/grants/{grant_id}/revocation", {"reason": "a drill"}).json()
    assert ended["ending"]["deny"] == "pending"
    delays = [delay_after_a_turn(chaos) for _ in range(8)]
    chaos.clock.ahead = timedelta()
    for number, delay in enumerate(delays):
        longest = min(2**number, 60)
        assert longest / 2 < delay <= longest
    assert delays[:6] == sorted(set(delays[:6]))
    shares = [delay / 2**number for number, delay in enumerate(delays[:6])]
    assert max(shares) - min(shares) > 0.1  # far more than it takes to look
    chaos.proxy.pass_all()
    with chaos.later(minutes=10):
        chaos.reconcile()
    assert chaos.get(f"/grants/{grant_id}")["ending"]["deny"] == "in_place"


def delay_after_a_turn(chaos: ChaosWorld) -> float:
    """The worker's turn, which fails; then the time at which it would come back has come. Answers how long that was."""
    assert drain_once(chaos.parts, worker="w", kinds=URGENT) == 1
    now = chaos.clock()
    with chaos.parts.store.write() as transaction:
        found = transaction.outbox.due_after(now)
    assert found is not None
    chaos.clock.ahead += found - now + timedelta(milliseconds=1)
    return (found - now).total_seconds()


def test_throttled_iam_is_told_to_who_asks_in_place(chaos: ChaosWorld) -> None:
    chaos.proxy.calm()
    chaos.proxy.strike("GetRole", Fault.THROTTLES)
    answer = chaos.ask(chaos.lakeside.held[0])
    assert (answer.status_code, answer.json()["code"]) == (503, RoleUnreachable.code)
    assert "Throttling" in answer.json()["detail"]
    chaos.proxy.pass_all()
    assert chaos.ask(chaos.lakeside.held[0]).status_code == 201
