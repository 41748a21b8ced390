"""Access in place on an AWS that enforces: the running session has it, in its window, and nobody else ever does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.elevation import in_place_examples
from tests.elevation.elevation_stage import CEILING, is_refused
from tests.elevation.held_roles_in_aws import create_held_role, in_place_rights, policy
from tests.servers.new_database import new_database
from tests.store import store_examples

from liftgate.access.model import InPlace
from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import PAYROLL, PEOPLE, REPORTS, SampleAccount, keys_from
from liftgate.elevation.accounts import Accounts
from liftgate.elevation.broker import Broker
from liftgate.elevation.errors import RoleBusy, RoleUnreachable
from liftgate.elevation.in_place.errors import NameFixedLately, NameNoLongerFixed, WaitsForRoom
from liftgate.elevation.in_place.iam_role import IamHeldRoles
from liftgate.elevation.in_place.model import InPlaceState, Opening
from liftgate.elevation.in_place.offer import NotOffered, Offered, offer
from liftgate.elevation.in_place.reconcile import bring_in_place
from liftgate.elevation.in_place.statements import POLICY_NAME
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window
from liftgate.identity.model import Identity, IdentityKind
from liftgate.ledger.model import EventKind
from liftgate.store.sql import SqlStore, open_store

pytestmark = pytest.mark.slow

HERE = f"s3://{REPORTS}/2026/q3/"
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A role that people hold all day, and the broker that opens it in place."""

    account: SampleAccount
    store: SqlStore
    role_arn: str
    roles: IamHeldRoles

    @property
    def name(self) -> str:
        return self.role_arn.rsplit("/", 1)[-1]

    @property
    def iam(self) -> Any:
        return self.account.aws.client("iam", self.account.aws.root)

    def session(self, person: str, name: str | None = None) -> Keys:
        """What somebody has been working with all day."""
        sts = self.account.aws.client("sts", self.account.people[person])
        answer = sts.assume_role(RoleArn=self.role_arn, RoleSessionName=name or person)
        return keys_from(answer["Credentials"])

    def s3(self, keys: Keys) -> Any:
        return self.account.aws.client("s3", keys)

    def identity(self, keys: Keys) -> Identity:
        said = self.account.aws.client("sts", keys).get_caller_identity()
        return Identity(
            kind=IdentityKind.AWS, name=said["Arn"], account=said["Account"], user_id=said["UserId"]
        )

    def offered(self, keys: Keys, *actions: str, at: str = HERE) -> Offered | NotOffered:
        scope = Scope(
            actions=expand_actions(actions or ("write",)), locations=frozenset({parse_location(at)})
        )
        return offer(scope, self.identity(keys), self.roles.look(self.role_arn), [CEILING])

    def grant(
        self,
        keys: Keys,
        *actions: str,
        at: str = HERE,
        lasts: timedelta = timedelta(minutes=20),
        starts_at: datetime | None = None,
    ) -> Opening:
        made = self.offered(keys, *actions, at=at)
        assert isinstance(made, Offered), made
        return self.approved(made, lasts=lasts, starts_at=starts_at)

    def approved(
        self, made: Offered, *, lasts: timedelta = timedelta(minutes=20), starts_at: datetime | None = None
    ) -> Opening:
        boundary = self.roles.look(self.role_arn).boundary
        in_place = InPlace(user_id=made.user_id, policy=made.policy, boundary=boundary)
        begins = starts_at or system_clock().replace(microsecond=0)
        who = in_place.session_name
        asked = store_examples.request(role_arn=self.role_arn, requester=who, in_place=in_place)
        given = store_examples.grant(
            asked,
            window=Window(starts_at=begins, ends_at=begins + lasts),
            granted_at=system_clock(),
            in_place=in_place,
        )
        with self.store.write() as transaction:
            transaction.saw_name_fixed(self.role_arn, now=system_clock() - timedelta(hours=13))
            transaction.add_request(asked, store_examples.draft(request_id=asked.id))
            transaction.add_grant(given, store_examples.draft(EventKind.GRANTED, grant_id=given.id))
        return Opening(
            grant_id=given.id,
            requester=who,
            user_id=made.user_id,
            policy=made.policy,
            boundary=boundary,
            window=given.window,
            granted_at=given.granted_at,
        )

    def settle(self, *, look_again: bool = False) -> InPlaceState:
        return bring_in_place(
            self.role_arn,
            store=self.store,
            roles=self.roles,
            clock=system_clock,
            holder=f"me-{next(_numbers)}",
            pause=in_place_examples.breathe,
            look_again=look_again,
        )

    def inline(self) -> dict[str, Any]:
        names = self.iam.list_role_policies(RoleName=self.name)["PolicyNames"]
        return {
            name: self.iam.get_role_policy(RoleName=self.name, PolicyName=name)["PolicyDocument"]
            for name in names
        }

    def ours(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.inline().get(POLICY_NAME, {"Statement": []})["Statement"]
        return found


@pytest.fixture
def held(embedded_account: SampleAccount, tmp_path: Path) -> Iterator[Held]:
    store = open_store(new_database(tmp_path), clock=system_clock)
    number = next(_numbers)
    account = embedded_account
    iam = account.aws.client("iam", account.aws.root)
    role_arn = create_held_role(iam, account, f"HeldAllDay{number}")
    broker = _create_broker(iam, f"in-place-broker-{number}", role_arn)
    yield Held(
        account=account,
        store=store,
        role_arn=role_arn,
        roles=IamHeldRoles(_accounts(account, broker).iam),
    )
    store.close()


def _accounts(account: SampleAccount, keys: Keys) -> Accounts:
    broker = Broker(account.aws.account, account.broker_arn)
    return Accounts(lambda: broker, account.aws.client("iam", keys))


def _create_broker(iam: Any, name: str, role_arn: str) -> Keys:
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="InPlace", PolicyDocument=in_place_rights([role_arn]))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Keys(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])


def write(held: Held, keys: Keys, key: str = "2026/q3/new.csv", bucket: str = REPORTS) -> bool:
    """Whether a write is let through."""
    return not is_refused(held.s3(keys).put_object, Bucket=bucket, Key=key, Body=b"a")


def test_the_running_session_has_it_without_new_credentials_and_nobody_else(held: Held) -> None:
    ada, grace = held.session("ada"), held.session("grace")
    assert not write(held, ada)
    held.grant(ada)
    assert held.settle().is_settled
    assert write(held, ada)
    assert not write(held, grace)
    assert write(held, held.session("ada"))  # her name is hers: a new session of it has the access as well


def test_it_reaches_no_further_than_its_scope(held: Held) -> None:
    ada = held.session("ada")
    held.grant(ada)
    held.settle()
    assert write(held, ada)
    assert not write(held, ada, "2026/q4/new.csv")
    assert not write(held, ada, "2026/q33/new.csv")
    assert not write(held, ada, "2026/salaries.csv", PAYROLL)
    assert is_refused(held.s3(ada).delete_object, Bucket=REPORTS, Key="2026/q3/summary.csv")
    held.s3(ada).get_object(Bucket=REPORTS, Key="archive/2025.csv")  # what it could read it still reads


def test_it_opens_and_closes_by_itself_with_nobody_there(held: Held) -> None:
    ada = held.session("ada")
    starts_at = system_clock().replace(microsecond=0) + timedelta(seconds=2)
    one = held.grant(ada, starts_at=starts_at, lasts=timedelta(seconds=2))
    held.settle()
    assert not write(held, ada)
    seen: list[tuple[datetime, bool, datetime]] = []
    while system_clock() < one.window.ends_at + timedelta(seconds=1):
        before = system_clock()
        seen.append((before, write(held, ada), system_clock()))
    assert all(not through for before, through, _ in seen if before >= one.window.ends_at)
    assert all(not through for _, through, after in seen if after < starts_at)
    assert any(through for _, through, _ in seen)
    assert held.ours()  # still there, and worth nothing


def test_a_revoked_one_is_refused_at_once_and_only_that_one(held: Held) -> None:
    ada, grace = held.session("ada"), held.session("grace")
    one = held.grant(ada)
    held.grant(grace)
    held.settle()
    in_place_examples.end(held.store, one)
    assert held.settle().is_settled
    assert not write(held, ada)
    assert write(held, grace)
    held.s3(ada).get_object(Bucket=REPORTS, Key="2026/q3/summary.csv")  # her day's work goes on


def test_two_grants_of_one_session_end_apart(held: Held) -> None:
    ada = held.session("ada")
    held.grant(ada)
    other = held.grant(ada, at=f"s3://{REPORTS}/2026/q4/")
    held.settle()
    assert write(held, ada, "2026/q4/new.csv")
    in_place_examples.end(held.store, other)
    held.settle()
    assert not write(held, ada, "2026/q4/new.csv")
    assert write(held, ada)


def test_nothing_put_on_the_role_exceeds_the_boundary(held: Held) -> None:
    ada = held.session("ada")
    held.roles.write(held.role_arn, policy({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    assert not write(held, ada, "2026/salaries.csv", PAYROLL)
    assert is_refused(held.account.aws.client("iam", ada).list_users)


def test_what_others_wrote_on_the_role_is_never_touched(held: Held) -> None:
    theirs = policy({"Sid": "Theirs", "Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"})
    held.iam.put_role_policy(RoleName=held.name, PolicyName="LiftgateInPlace-theirs", PolicyDocument=theirs)
    before = held.inline()
    ada = held.session("ada")
    one = held.grant(ada)
    held.settle()
    assert {name: held.inline()[name] for name in before} == before
    held.iam.delete_role_policy(RoleName=held.name, PolicyName=POLICY_NAME)  # and ours, by somebody
    assert not write(held, ada)
    assert held.settle(look_again=True).is_settled
    assert write(held, ada)
    in_place_examples.end(held.store, one)
    held.settle()
    assert held.inline() == before


def test_without_room_it_waits_and_the_others_keep_theirs(held: Held) -> None:
    ada, grace = held.session("ada"), held.session("grace")
    filling = policy(
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": [f"arn:aws:s3:::{'b' * 50}-{number:04}/*" for number in range(130)],
        }
    )
    held.iam.put_role_policy(RoleName=held.name, PolicyName="Long", PolicyDocument=filling)
    held.grant(ada)
    held.grant(grace)
    with pytest.raises(WaitsForRoom):
        held.settle()
    assert write(held, ada)
    assert not write(held, grace)
    held.iam.delete_role_policy(RoleName=held.name, PolicyName="Long")
    assert held.settle(look_again=True).is_settled
    assert write(held, grace)


def test_a_trust_policy_that_lets_a_name_be_chosen_is_no_place_for_it(held: Held) -> None:
    ada = held.session("ada")
    held.grant(ada)
    held.settle()
    anybody = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{held.account.aws.account}:user/grace"},
        "Action": "sts:AssumeRole",
    }
    held.iam.update_assume_role_policy(RoleName=held.name, PolicyDocument=policy(anybody))
    assert isinstance(held.offered(ada), NotOffered)
    grace_as_ada = held.session("grace", "ada")
    assert write(held, grace_as_ada)  # why it is refused
    with pytest.raises(Exception, match="may choose the session's name"):
        held.settle(look_again=True)
    assert not write(held, grace_as_ada)


def test_a_name_that_was_taken_while_it_could_be_chosen_gets_nothing_once_it_is_fixed(held: Held) -> None:
    ada = held.session("ada")
    made = held.offered(ada)
    fixed = held.iam.get_role(RoleName=held.name)["Role"]["AssumeRolePolicyDocument"]
    loose = json.loads(json.dumps(fixed))
    for statement in loose["Statement"]:
        del statement["Condition"]
    held.iam.update_assume_role_policy(RoleName=held.name, PolicyDocument=json.dumps(loose))
    grace_as_ada = held.session("grace", "ada")
    assert isinstance(made, Offered)
    held.approved(made)
    with pytest.raises(NameNoLongerFixed):
        held.settle()
    held.iam.update_assume_role_policy(RoleName=held.name, PolicyDocument=json.dumps(fixed))
    with pytest.raises(NameFixedLately):
        held.settle()
    assert not write(held, grace_as_ada)
    assert not write(held, ada)


def test_a_role_of_another_account_is_not_mistaken_for_one_here(held: Held) -> None:
    elsewhere = held.role_arn.replace(held.account.aws.account, "999999999999")
    with pytest.raises(RoleUnreachable, match="is not declared"):
        held.roles.look(elsewhere)


def _settle_in_turn(held: Held) -> None:
    """As a worker does that finds another at it for longer than it waits: again, later."""
    while True:
        try:
            held.settle()
        except RoleBusy:
            continue
        return


def test_sixteen_threads_leave_just_what_is_wanted(held: Held) -> None:
    sessions = [held.session(person) for person in PEOPLE]
    offers = [held.offered(sessions[n % 3], at=f"s3://{REPORTS}/2026/team-{n}/") for n in range(16)]
    faults: list[Exception] = []

    def play(number: int) -> None:
        made = offers[number]
        assert isinstance(made, Offered)
        try:
            one = held.approved(made)
            _settle_in_turn(held)
            if number % 2:
                in_place_examples.end(held.store, one)
                _settle_in_turn(held)
        except Exception as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    threads = [Thread(target=play, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert held.settle(look_again=True).is_settled
    places = sorted(str(one["Resource"]) for one in held.ours())
    assert places == sorted(f"arn:aws:s3:::{REPORTS}/2026/team-{n}/*" for n in range(0, 16, 2))
