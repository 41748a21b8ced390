"""Taking sessions back on an AWS that enforces: the deny bites running sessions, those it means and no other."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from tests.elevation.elevation_stage import Stage, is_refused
from tests.store.store_examples import TestClock

from liftgate.access.model import EndingKind
from liftgate.access.ports import DENY_SLACK
from liftgate.clock import system_clock
from liftgate.demo.sample_account import REPORTS
from liftgate.elevation.deny import POLICY_NAME, deny_policy
from liftgate.elevation.errors import GrantNotActive, RoleUnreachable
from liftgate.elevation.iam_roles import IamRolePolicies
from liftgate.elevation.model import Deny
from liftgate.elevation.revocation import bring_denies_in_place, deny_state
from liftgate.elevation.session_name import sessions_of
from liftgate.ledger.model import EventKind

pytestmark = pytest.mark.slow

TARGET = {"Bucket": REPORTS, "Key": "2026/q3/taken.csv"}
OWNERS = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObjectAcl","Resource":"*"}]}'


@pytest.mark.parametrize("kind", list(EndingKind))
def test_an_ended_grants_running_session_is_refused_and_its_sibling_goes_on(
    kind: EndingKind, stage: Stage
) -> None:
    ended, sibling = stage.granted(), stage.granted()
    running, another, goes_on = stage.session(ended), stage.session(ended), stage.session(sibling)
    assert not is_refused(running.put_object, **TARGET)
    stage.ended(ended, kind)
    assert not is_refused(running.put_object, **TARGET)  # until the deny is there: it is the deny that bites
    state = stage.settle()
    assert state.in_place == {ended.id}
    assert is_refused(running.put_object, **TARGET)
    assert is_refused(another.put_object, **TARGET)
    assert is_refused(running.list_objects_v2, Bucket=REPORTS, Prefix="2026/q3/")
    assert not is_refused(goes_on.put_object, **TARGET)
    assert not is_refused(stage.session(sibling).put_object, **TARGET)  # and is lent anew
    with pytest.raises(GrantNotActive):
        stage.lent(ended)


def test_a_persons_everyday_session_is_not_touched(stage: Stage) -> None:
    ended = stage.granted()
    stage.session(ended)
    baseline = stage.aws.client("s3", stage.account.as_baseline("ada"))
    stage.ended(ended)
    stage.settle()
    assert not is_refused(baseline.get_object, Bucket=REPORTS, Key="2026/q4/summary.csv")


def test_a_policy_of_the_roles_owner_is_never_touched(stage: Stage) -> None:
    iam = stage.root("iam")
    iam.put_role_policy(RoleName=stage.role_name, PolicyName="Owners", PolicyDocument=OWNERS)
    theirs = stage.inline_policies()["Owners"]
    given = stage.granted()
    stage.ended(given)
    stage.settle()
    assert stage.inline_policies()["Owners"] == theirs
    assert stage.denied() == [sessions_of(given.id)]
    later = given.window.ends_at + DENY_SLACK
    stage.settle(clock=lambda: later)
    assert stage.inline_policies() == {"Owners": theirs}


def test_a_deny_goes_when_nobody_wants_it_any_more(stage: Stage) -> None:
    short, long = stage.granted(lasts=timedelta(minutes=1)), stage.granted()
    stage.ended(short)
    stage.ended(long)
    clock = TestClock(now=system_clock())
    stage.settle(clock=clock)
    assert stage.denied() == sorted(sessions_of(given.id) for given in (short, long))
    clock.now = short.window.ends_at + DENY_SLACK
    stage.settle(clock=clock)
    assert stage.denied() == [sessions_of(long.id)]
    clock.now = long.window.ends_at + DENY_SLACK
    assert stage.settle(clock=clock).is_settled
    assert stage.inline_policies() == {}
    stage.settle(clock=clock, look_again=True)  # nothing there, nothing wanted: nothing to do
    assert stage.inline_policies() == {}


@pytest.mark.parametrize("how", ["removed", "emptied", "opened"])
def test_what_somebody_else_did_to_the_deny_is_repaired(how: str, stage: Stage) -> None:
    given = stage.granted()
    running = stage.session(given)
    stage.ended(given)
    stage.settle()
    iam = stage.root("iam")
    if how == "removed":
        iam.delete_role_policy(RoleName=stage.role_name, PolicyName=POLICY_NAME)
    else:
        kept = sessions_of("gr-zzzzzzzzzzzzzzzz") if how == "emptied" else sessions_of(given.id)
        policy = deny_policy([_deny("gr-zzzzzzzzzzzzzzzz", system_clock())]) or ""
        changed = policy.replace(sessions_of("gr-zzzzzzzzzzzzzzzz"), kept)
        changed = changed.replace('"Deny"', '"Allow"') if how == "opened" else changed
        iam.put_role_policy(RoleName=stage.role_name, PolicyName=POLICY_NAME, PolicyDocument=changed)
    assert not is_refused(running.put_object, **TARGET)
    stage.settle(look_again=True)
    assert is_refused(running.put_object, **TARGET)
    assert stage.denied() == [sessions_of(given.id)]


def test_sessions_that_are_too_many_to_name_are_refused_by_age(stage: Stage) -> None:
    """What aws:TokenIssueTime means to an AWS that enforces it."""
    given, old_enough = stage.granted(), timedelta(minutes=10)
    running = stage.session(given)
    for ended_at, refused in ((system_clock(), True), (system_clock() - old_enough, False)):
        policy = deny_policy([_deny(given.id, ended_at)], room=0) or ""
        assert given.id not in policy
        stage.policies.write(stage.role_arn, policy)
        assert is_refused(running.put_object, **TARGET) is refused


def _deny(grant_id: str, ended_at: datetime, person: str = "ada") -> Deny:
    return Deny(grant_id=grant_id, person=person, until=ended_at + timedelta(hours=1), ended_at=ended_at)


def test_hundreds_of_denies_fit_on_a_role_and_each_bites(stage: Stage) -> None:
    given = stage.granted()
    running = stage.session(given)
    others = [_deny(f"gr-z{number:015}", system_clock()) for number in range(300)]
    stage.policies.write(stage.role_arn, deny_policy(others) or "")
    assert not is_refused(running.put_object, **TARGET)
    stage.policies.write(stage.role_arn, deny_policy([*others, _deny(given.id, system_clock())]) or "")
    assert is_refused(running.put_object, **TARGET)


# many at once


def test_sixteen_threads_end_with_exactly_their_sixteen_denies(stage: Stage) -> None:
    grants = [stage.granted() for _ in range(16)]
    bystander = stage.session(stage.granted())
    running = stage.session(grants[7])
    barrier, states = Barrier(16), []

    def revoke(number: int) -> None:
        barrier.wait()
        stage.ended(grants[number])
        states.append((number, stage.settle(f"thread {number}")))

    threads = [Thread(target=revoke, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(states) == 16
    assert all(grants[number].id in state.in_place for number, state in states)
    assert stage.denied() == sorted(sessions_of(given.id) for given in grants)
    assert deny_state(stage.role_arn, store=stage.store, now=system_clock()).is_settled
    assert is_refused(running.put_object, **TARGET)
    assert not is_refused(bystander.put_object, **TARGET)


def test_two_processes_end_with_exactly_their_denies(stage: Stage, database: Path) -> None:
    grants = [stage.granted() for _ in range(6)]
    keys = stage.account.broker
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.elevation.revoke_elsewhere",
                f"sqlite:///{database}",
                stage.aws.endpoint_url,
                stage.role_arn,
                *(given.id for given in part),
            ],
            cwd=Path(__file__).parents[2],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for part in (grants[:3], grants[3:])
    ]
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert stage.denied() == sorted(sessions_of(given.id) for given in grants)
    assert deny_state(stage.role_arn, store=stage.store, now=system_clock()).is_settled


# IAM does not let us


def test_a_broker_that_may_not_write_leaves_the_deny_pending_until_it_may(stage: Stage) -> None:
    given = stage.granted()
    running = stage.session(given)
    stage.ended(given)
    iam = stage.aws.client("iam", stage.account.people["linus"])
    someone = IamRolePolicies(lambda _: iam)
    with pytest.raises(RoleUnreachable, match="AccessDenied"):
        bring_denies_in_place(
            stage.role_arn,
            store=stage.store,
            policies=someone,
            clock=system_clock,
            holder="me",
            pause=lambda: None,
        )
    with stage.store.read() as reader:
        last = [entry.draft for entry in reader.entries()][-1]
    assert last.kind is EventKind.DENY_FAILED
    assert not is_refused(running.put_object, **TARGET)
    stage.settle()
    assert is_refused(running.put_object, **TARGET)
