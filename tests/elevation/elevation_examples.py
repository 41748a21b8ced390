"""What the tests of ``elevation`` share: callers, and scripted stand-ins for what AWS cannot be made to do."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.store import store_examples

from liftgate.access.model import Grant, Request
from liftgate.elevation.model import Credentials
from liftgate.elevation.ports import LendOrder, Lent
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope
from liftgate.identity.model import Caller, Identity, IdentityKind, Person
from liftgate.ledger.model import Entry, EventKind
from liftgate.store.sql import SqlStore

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECRET = "s3cr3t-access-key-that-nobody-may-find"
TOKEN = "t0k3n-of-a-session-that-nobody-may-find"


def caller(person_id: str = "ada") -> Caller:
    return Caller(
        person=Person(id=person_id, name=person_id.title()),
        identity=Identity(kind=IdentityKind.LOCAL, name=person_id),
    )


def scope(actions: Sequence[str], *places: str) -> Scope:
    return Scope(actions=expand_actions(actions), locations=frozenset(map(parse_location, places)))


REPORTS = scope(["write"], "s3://reports/2026/")
BIG = scope(["write"], *(f"s3://reports/2026/department-{number:02}/" for number in range(16)))


def request(**fields: Any) -> Request:
    return store_examples.request(**{"scope": REPORTS, **fields})


def grant(of: Request | None = None, **fields: Any) -> Grant:
    return store_examples.grant(of or request(), **fields)


def entries(store: SqlStore) -> list[Entry]:
    with store.read() as reader:
        return list(reader.entries())


def kinds(store: SqlStore) -> list[EventKind]:
    """What is on record of sessions, trials and denies, in order."""
    of_access = ("request.", "grant.", "identity.")
    return [entry.draft.kind for entry in entries(store) if not entry.draft.kind.startswith(of_access)]


def bytes_of(file: Path) -> bytes:
    """All that SQLite keeps, its log and its free pages included."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))


@dataclass(slots=True)
class ScriptedLender:
    """Answers as it is told; before it answers, ``meanwhile`` happens."""

    failure: Exception | None = None
    meanwhile: Callable[[], None] = lambda: None
    expires_at: datetime = NOON + 60 * MINUTE
    orders: list[LendOrder] = field(default_factory=list)

    def lend(self, order: LendOrder) -> Lent:
        self.orders.append(order)
        self.meanwhile()
        if self.failure is not None:
            raise self.failure
        return Lent(
            credentials=Credentials(
                access_key_id=f"ASIA{len(self.orders):016}",
                secret_access_key=SECRET,
                session_token=TOKEN,
                expires_at=self.expires_at,
            ),
            packed_percent=7,
        )


@dataclass(slots=True)
class ScriptedPolicies:
    """Roles in memory. ``before`` is called with the name of each call, and may raise or change what is there."""

    carried: dict[str, str] = field(default_factory=dict)
    before: Callable[[str], None] = lambda _: None
    calls: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def read(self, role_arn: str) -> str | None:
        self._called("read")
        return self.carried.get(role_arn)

    def write(self, role_arn: str, policy: str) -> None:
        self._called("write")
        self.carried[role_arn] = policy
        self.written.append(policy)

    def remove(self, role_arn: str) -> None:
        self._called("remove")
        self.carried.pop(role_arn, None)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)
