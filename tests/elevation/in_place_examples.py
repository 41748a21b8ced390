"""A role that people hold all day, as IAM would describe it, and what is asked for on it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from tests.store import store_examples

from liftgate.access.model import InPlace
from liftgate.elevation.in_place.model import Carried, HeldRole, Opening
from liftgate.elevation.in_place.offer import Offered, offer
from liftgate.elevation.in_place.probe import Probe
from liftgate.iam.compile import role_policy
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window
from liftgate.identity.model import Identity, IdentityKind
from liftgate.ledger.model import EventKind
from liftgate.store.sql import SqlStore

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIXED_SINCE = NOON - timedelta(hours=13)
ROLE = "arn:aws:iam::111122223333:role/LakesideReadOnly"
ROLE_ID = "AROAEXAMPLEEXAMPLE123"
READS = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}


def scope(*actions: str, at: str = "s3://reports/2026/") -> Scope:
    return Scope(actions=expand_actions(actions), locations=frozenset({parse_location(at)}))


CEILING = scope("write", "delete")


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(**condition: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:user/ada"},
        "Action": "sts:AssumeRole",
    }
    return policy({**statement, **({"Condition": condition} if condition else {})})


NAMED = trust(StringEquals={"sts:RoleSessionName": "${aws:username}"})


def boundary(*more: Any, ceiling: Scope = CEILING) -> str:
    return policy(*json.loads(role_policy(ceiling))["Statement"], READS, *more)


def held_role(**fields: Any) -> HeldRole:
    whole = HeldRole(
        arn=ROLE,
        role_id=ROLE_ID,
        trust=NAMED,
        longest_session=timedelta(hours=1),
        boundary=boundary(),
        own=(policy(READS),),
        inline_characters=120,
    )
    return replace(whole, **fields)


def session(name: str = "ada", *, role: str = "LakesideReadOnly", role_id: str = ROLE_ID) -> Identity:
    return Identity(
        kind=IdentityKind.AWS,
        name=f"arn:aws:sts::111122223333:assumed-role/{role}/{name}",
        account="111122223333",
        user_id=f"{role_id}:{name}",
    )


def opening(
    number: int = 1,
    *,
    name: str = "ada",
    of: Scope | None = None,
    starts_at: datetime = NOON,
    lasts: timedelta = timedelta(minutes=20),
    granted_at: datetime | None = None,
) -> Opening:
    made = offer(of or scope("write", at="s3://reports/2026/q3/"), session(name), held_role(), [CEILING])
    assert isinstance(made, Offered), made
    return Opening(
        grant_id=f"gr-{number:016}",
        requester=name,
        user_id=made.user_id,
        policy=made.policy,
        boundary=held_role().boundary,
        window=Window(starts_at=starts_at, ends_at=starts_at + lasts),
        granted_at=granted_at or starts_at + timedelta(seconds=number),
    )


@dataclass(slots=True)
class ScriptedRoles:
    """One role in memory. ``before`` is called with the name of each call, and may raise or change what is there."""

    role: HeldRole = field(default_factory=held_role)
    ours: str | None = None
    answer: bool | None = True
    before: Callable[[str], None] = lambda _: None
    calls: list[str] = field(default_factory=list)

    def look(self, role_arn: str) -> HeldRole:
        self._called("look")
        assert role_arn == self.role.arn
        return self.role

    def carried(self, role_arn: str) -> Carried:
        self._called("carried")
        assert role_arn == self.role.arn
        return Carried(
            role_id=self.role.role_id,
            trust=self.role.trust,
            longest_session=self.role.longest_session,
            boundary=self.role.boundary,
            ours=self.ours,
            inline_characters=self.role.inline_characters,
        )

    def read(self, role_arn: str) -> str | None:
        self._called("read")
        assert role_arn == self.role.arn
        return self.ours

    def write(self, role_arn: str, policy: str) -> None:
        self._called("write")
        assert role_arn == self.role.arn
        self.ours = policy

    def remove(self, role_arn: str) -> None:
        self._called("remove")
        assert role_arn == self.role.arn
        self.ours = None

    def is_open(self, role_arn: str, probe: Probe) -> bool | None:
        self._called("is_open")
        assert role_arn == self.role.arn
        assert probe.action.startswith("s3:")
        return self.answer

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)


def put(store: SqlStore, *openings: Opening) -> None:
    """Grants in place as approved requests leave them in the store."""
    for one in openings:
        in_place = InPlace(user_id=one.user_id, policy=one.policy, boundary=one.boundary)
        asked = store_examples.request(role_arn=ROLE, requester=one.requester, in_place=in_place)
        made = store_examples.grant(
            asked, id=one.grant_id, window=one.window, granted_at=one.granted_at, in_place=in_place
        )
        with store.write() as transaction:
            transaction.saw_name_fixed(ROLE, now=FIXED_SINCE)
            transaction.add_request(asked, store_examples.draft(request_id=asked.id))
            transaction.add_grant(made, store_examples.draft(EventKind.GRANTED, grant_id=made.id))


def end(store: SqlStore, one: Opening) -> None:
    with store.write() as transaction:
        record = transaction.grant(one.grant_id)
        assert record is not None
        store_examples.add_ending(transaction, record.grant)


def breathe() -> None:
    """Between two attempts at a lease."""
    Event().wait(0.01)
