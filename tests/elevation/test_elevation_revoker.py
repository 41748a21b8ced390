"""The revoker role is assumed by name, kept in memory, renewed before it ends, and told of plainly where it cannot be had."""

import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError, ParamValidationError
from tests.elevation.revoker_examples import ACCOUNT, ScriptedSts, revoker
from tests.store.store_examples import TestClock

from liftgate.elevation.errors import RevokerOutOfReach

MINUTE = timedelta(minutes=1)


def test_the_call_names_the_broker_and_gives_the_external_id() -> None:
    sts = ScriptedSts()
    revoker(sts, TestClock()).iam()
    assert sts.calls == [
        {
            "RoleArn": ACCOUNT.revoker_role_arn,
            "RoleSessionName": "liftgate-liftgate-broker",
            "SourceIdentity": "liftgate-liftgate-broker",
            "ExternalId": ACCOUNT.external_id,
            "DurationSeconds": 3600,
        }
    ]


def test_it_is_renewed_a_quarter_of_an_hour_before_it_ends_and_not_sooner() -> None:
    clock = TestClock()
    sts = ScriptedSts(clock)
    reached = revoker(sts, clock)
    seen = [reached.iam()]
    for minutes in (44, 1, 44, 1):
        clock.now += minutes * MINUTE
        seen.append(reached.iam())
    assert seen == ["IAM by ASIA1"] * 2 + ["IAM by ASIA2"] * 2 + ["IAM by ASIA3"]


def test_while_it_cannot_be_renewed_what_is_at_hand_is_used_to_its_end_and_no_longer() -> None:
    clock = TestClock()
    sts = ScriptedSts(clock)
    reached = revoker(sts, clock)
    reached.iam()
    sts.refuse = "Throttling"
    clock.now += 46 * MINUTE
    assert [reached.iam() for _ in range(3)] == ["IAM by ASIA1"] * 3
    assert len(sts.calls) == 2  # tried once, and again after a minute
    clock.now += MINUTE
    assert reached.iam() == "IAM by ASIA1"
    assert len(sts.calls) == 3
    clock.now += 12 * MINUTE
    with pytest.raises(RevokerOutOfReach):
        reached.iam()
    sts.refuse = ""
    clock.now += MINUTE
    assert reached.iam() == f"IAM by ASIA{len(sts.calls)}"


def test_many_who_wait_for_a_failure_ask_once_and_it_is_asked_again_soon() -> None:
    clock = TestClock()
    sts = ScriptedSts(clock, refuse="AccessDenied")
    reached, together = revoker(sts, clock), Barrier(8)

    def ask(_: int) -> str:
        together.wait()
        with pytest.raises(RevokerOutOfReach) as refused:
            reached.iam()
        return refused.value.code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {"revoker_out_of_reach"}
    assert len(sts.calls) == 1
    sts.refuse = ""
    clock.now += timedelta(seconds=10)
    assert reached.iam() == "IAM by ASIA2"


@pytest.mark.parametrize(
    ("sts", "says", "advises"),
    [
        (ScriptedSts(refuse="AccessDenied"), "AccessDenied", "docs/accounts.md"),
        (ScriptedSts(refuse="Throttling"), "come back later", "tried again"),
        (ScriptedSts(refuse="RequestExpired"), "RequestExpired", "clock"),
        (ScriptedSts(failure=NoCredentialsError()), "NoCredentialsError", "credentials"),
        (ScriptedSts(failure=ParamValidationError(report=ACCOUNT.external_id)), "ParamValid", "credentials"),
        (ScriptedSts(failure=ConnectTimeoutError(endpoint_url="https://sts")), "did not answer", "tried"),
        (ScriptedSts(failure=KeyError("token-of-the-revoker")), "cannot be read", "tried again"),
    ],
)
def test_why_it_is_out_of_reach(sts: ScriptedSts, says: str, advises: str) -> None:
    with pytest.raises(RevokerOutOfReach) as refused:
        revoker(sts, TestClock()).iam()
    error = refused.value
    assert says in error.sentence
    assert "account `444455556666`" in error.sentence
    assert advises in error.advice
    shown = "".join(traceback.format_exception(error)) + repr(error)
    assert ACCOUNT.external_id not in shown
    assert "token-of-the-revoker" not in shown


def test_nothing_of_it_shows_what_it_holds() -> None:
    held: list[Any] = []
    reached = revoker(ScriptedSts(), TestClock())
    reached._iam_of = held.append
    reached.iam()
    shown = repr(held) + repr(ACCOUNT) + repr(reached)
    for secret in ("secret-of-the-revoker", "token-of-the-revoker", ACCOUNT.external_id):
        assert secret not in shown
