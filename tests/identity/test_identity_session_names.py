"""What is made of a session's name: IAM is asked once for many, and nothing is remembered longer than it should be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from tests.identity.identity_examples import ACCOUNT, ADA_ARN, ADA_USER_ID, NOON

from liftgate.identity.errors import RoleTrustUnavailable, RoleTrustUnreadable, SessionNameUnproved
from liftgate.identity.model import Identity, IdentityKind
from liftgate.identity.ports import SessionRole
from liftgate.identity.session_names import SessionNames

FIXED = (
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, '
    '"Action": "sts:AssumeRole"}}'
)
CHOSEN = FIXED.replace("ec2.amazonaws.com", "anything.amazonaws.com")
ADA = Identity(kind=IdentityKind.AWS, name=ADA_ARN, account=ACCOUNT, user_id=ADA_USER_ID)


@dataclass
class Roles:
    """Answers for every role with the same."""

    answer: str | Exception = FIXED
    asked: list[SessionRole] = field(default_factory=list)

    def read(self, role: SessionRole) -> str:
        self.asked.append(role)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def test_a_proved_name_is_remembered_for_five_minutes() -> None:
    roles, clock = Roles(), Clock()
    names = SessionNames(roles, clock)
    for seconds in (0, 1, 299):
        clock.now = NOON + timedelta(seconds=seconds)
        assert names.doubt(ADA) is None
    assert len(roles.asked) == 1
    roles.answer = CHOSEN
    clock.now = NOON + timedelta(minutes=5)
    assert isinstance(names.doubt(ADA), SessionNameUnproved)


def test_a_clock_that_is_set_back_makes_nothing_last_longer() -> None:
    roles, clock = Roles(), Clock()
    names = SessionNames(roles, clock)
    assert names.doubt(ADA) is None
    roles.answer = CHOSEN
    clock.now = NOON - timedelta(hours=1)
    assert names.doubt(ADA) is not None


@pytest.mark.parametrize("answer", [CHOSEN, RoleTrustUnreadable("hidden", advice="show it")])
def test_a_refusal_is_remembered_for_seconds_only(answer: str | Exception) -> None:
    roles, clock = Roles(answer), Clock()
    names = SessionNames(roles, clock)
    assert names.doubt(ADA) is not None
    roles.answer = FIXED
    assert names.doubt(ADA) is not None
    assert len(roles.asked) == 1
    clock.now += timedelta(seconds=15)
    assert names.doubt(ADA) is None


def test_a_fault_is_not_remembered() -> None:
    roles = Roles(RoleTrustUnavailable("no answer", advice="again"))
    names = SessionNames(roles, Clock())
    with pytest.raises(RoleTrustUnavailable):
        names.doubt(ADA)
    roles.answer = FIXED
    assert names.doubt(ADA) is None


def test_a_role_made_anew_is_another_role() -> None:
    roles = Roles()
    names = SessionNames(roles, Clock())
    assert names.doubt(ADA) is None
    anew = Identity(kind=ADA.kind, name=ADA.name, account=ACCOUNT, user_id="AROAANOTHERANOTHER12:ada")
    assert names.doubt(anew) is None
    assert [role.role_id for role in roles.asked] == [ADA_USER_ID.split(":")[0], "AROAANOTHERANOTHER12"]


@pytest.mark.parametrize(
    "arn", [f"arn:aws:sts::{ACCOUNT}:federated-user/ada", "arn:aws:sts::1:other/x", "ada"]
)
def test_what_is_no_session_of_a_role_proves_nothing(arn: str) -> None:
    identity = Identity(kind=IdentityKind.AWS, name=arn, account=ACCOUNT, user_id=f"{ACCOUNT}:ada")
    assert isinstance(SessionNames(Roles(), Clock()).doubt(identity), SessionNameUnproved)


@pytest.mark.parametrize("works", [True, False])
def test_many_at_once_ask_once(*, works: bool) -> None:
    started, go = threading.Semaphore(0), threading.Event()

    class SlowRoles(Roles):
        def read(self, role: SessionRole) -> str:
            self.asked.append(role)
            started.release()
            assert go.wait(10)
            if not works:
                raise RoleTrustUnavailable("no answer", advice="again")
            return FIXED

    roles = SlowRoles()
    names = SessionNames(roles, Clock())
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(names.doubt, ADA)
        assert started.acquire(timeout=10)
        others = [pool.submit(names.doubt, ADA) for _ in range(7)]
        go.set()
        failures = [one.exception(10) for one in (first, *others)]
    if works:
        assert failures == [None] * 8
        assert len(roles.asked) == 1
    else:
        assert {type(failure) for failure in failures} == {RoleTrustUnavailable}
