"""A whole Liftgate in one process, on a real SQLite store; its clock, its chance and what stands for AWS are the test's."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx
from botocore.credentials import ReadOnlyCredentials
from starlette.testclient import TestClient
from tests.elevation.in_place_examples import ScriptedRoles
from tests.servers.new_database import new_database

from liftgate.access.errors import TrackerDown
from liftgate.access.ports import EffectKind
from liftgate.access.ticket import TicketFound
from liftgate.catalogue.source import CatalogueSource
from liftgate.elevation.errors import LendingUnavailable, RoleUnreachable
from liftgate.elevation.harmless import HarmlessCall
from liftgate.elevation.model import Credentials
from liftgate.elevation.ports import LendOrder, Lent
from liftgate.identity.aws_proof import proof_fields, sign_proof
from liftgate.identity.ports import SessionRole
from liftgate.identity.session_names import SessionNames
from liftgate.identity.sts_request import StsAnswer, StsRequest
from liftgate.response.notify import Message as Told
from liftgate.response.notify import NotDelivered
from liftgate.server.app import create_app
from liftgate.server.kept_catalogue import KeptCatalogue
from liftgate.server.parts import Parts
from liftgate.server.settings import Settings
from liftgate.server.slack.desk import slack_desk
from liftgate.server.sources import Sources
from liftgate.store.sql import SqlStore, open_store
from liftgate.watch.sources.ports import Message

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OF_ROLES = (EffectKind.DENY, EffectKind.PRUNE, EffectKind.IN_PLACE)
ADDRESS = "http://127.0.0.1:8484"
REPORTS_ROLE = "arn:aws:iam::111122223333:role/LiftgateReportsWriter"
BROKER = "arn:aws:sts::111122223333:assumed-role/LiftgateBroker/i-0123456789abcdef0"
ADA = "arn:aws:sts::111122223333:assumed-role/ReadOnly/ada"
NAMED_AFTER_USERS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}},
        },
    }
)

CATALOGUE = """\
version: 1
people:
  ada: {name: Ada Lovelace, identities: ["arn:aws:sts::111122223333:assumed-role/ReadOnly/ada"]}
  grace: {name: Grace Hopper, identities: ["arn:aws:sts::111122223333:assumed-role/ReadOnly/grace"]}
  linus: {name: Linus Pauling, identities: ["arn:aws:sts::111122223333:assumed-role/ReadOnly/linus"]}
  rosa: {name: Rosa Parks, identities: ["arn:aws:sts::111122223333:assumed-role/ReadOnly/rosa"]}
  mallory: {name: Mallory, identities: ["arn:aws:sts::111122223333:assumed-role/ReadOnly/mallory"]}
guards: [rosa]
auditors: [rosa]
entitlements:
  - name: reports-writer
    description: Correct this year's reports
    account: "111122223333"
    role: arn:aws:iam::111122223333:role/LiftgateReportsWriter
    ceiling:
      actions: [write, delete]
      locations: [s3://lakeside-reports/2026/]
    longest: 1h
    requesters: [ada, linus]
    review:
      reviewers: [grace, linus]
      approvals: 1
      lapses_after: 8h
      without_review: {longest: 2m, actions: [write]}
    break_glass: {by: [ada], longest: 30m, review_within: 4h, reviewers: [grace]}
    justification: {at_least: 10}
  - name: payroll-writer
    description: Pay people
    account: "111122223333"
    role: arn:aws:iam::111122223333:role/LiftgatePayrollWriter
    ceiling:
      actions: [write]
      locations: [s3://lakeside-payroll/2026/]
    longest: 30m
    requesters: [ada]
    review:
      reviewers: [grace, linus]
      approvals: 2
      lapses_after: 1h
    justification: {at_least: 10}
    ticket: {required: true, pattern: "PAY-[0-9]{1,6}"}
"""


@dataclass
class FakeClock:
    """Time that passes only when a test says so."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class StubSts:
    """Lends what is ordered, and answers whose signature it was told to know."""

    clock: FakeClock
    orders: list[LendOrder] = field(default_factory=list)
    down: bool = False
    arn: str = ADA
    role_id: str = "AROAEXAMPLEEXAMPLE"

    def lend(self, order: LendOrder) -> Lent:
        self.orders.append(order)
        if self.down:
            raise LendingUnavailable("STS did not answer", advice="try again")
        number = len(self.orders)
        credentials = Credentials(
            access_key_id=f"ASIA{number:016d}",
            secret_access_key=f"secret-of-{number}",
            session_token=f"session-token-of-{number}",
            expires_at=self.clock() + order.duration,
        )
        return Lent(credentials=credentials, packed_percent=12)

    def ask(self, request: StsRequest) -> StsAnswer:
        del request
        account, name = self.arn.split(":")[4], self.arn.rpartition("/")[2]
        user_id = "AIDAEXAMPLEEXAMPLE" if ":user/" in self.arn else f"{self.role_id}:{name}"
        result = {"Account": account, "Arn": self.arn, "UserId": user_id}
        document = {
            "GetCallerIdentityResponse": {
                "GetCallerIdentityResult": result,
                "ResponseMetadata": {"RequestId": "00000000-0000-4000-8000-000000000000"},
            }
        }
        return StsAnswer(status=200, content_type="application/json", body=json.dumps(document).encode())


@dataclass
class StubIam:
    """The one inline policy of each role."""

    policies: dict[str, str] = field(default_factory=dict)
    down: bool = False
    before: Any = None  # called before each call, where a test wants to interfere
    before_role: Callable[[str], None] = lambda _: None

    def read(self, role_arn: str) -> str | None:
        self._interfere(role_arn)
        return self.policies.get(role_arn)

    def write(self, role_arn: str, policy: str) -> None:
        self._interfere(role_arn)
        self.policies[role_arn] = policy

    def remove(self, role_arn: str) -> None:
        self._interfere(role_arn)
        self.policies.pop(role_arn, None)

    def _interfere(self, role_arn: str) -> None:
        self.before_role(role_arn)
        if self.before is not None:
            self.before()
        if self.down:
            raise RoleUnreachable("IAM did not answer", advice="the worker tries again")


@dataclass
class StubS3:
    """Lets every session through that was lent, unless the role's policy refuses it by name."""

    sts: StubSts
    iam: StubIam
    deaf: bool = False  # whether it pays no heed to denies

    def is_let_through(self, call: HarmlessCall, credentials: Credentials) -> bool:
        assert call.action in {"s3:AbortMultipartUpload", "s3:ListBucket"}
        order = self.sts.orders[int(credentials.access_key_id[4:]) - 1]
        self.sts.clock.pass_by(milliseconds=50)
        grant_id = order.session_name.rpartition("-")[0]
        return self.deaf or f"*:{grant_id}-*" not in self.iam.policies.get(order.role_arn, "")


@dataclass
class StubTrusts:
    """Who may take up each role: by default its account's users, each under their own name."""

    trust: str = NAMED_AFTER_USERS
    refusal: Exception | None = None
    asked: list[SessionRole] = field(default_factory=list)

    def read(self, role: SessionRole) -> str:
        self.asked.append(role)
        if self.refusal is not None:
            raise self.refusal
        return self.trust


@dataclass
class HeardLog:
    """What was logged."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append({"event": event, "level": "info", **fields})

    def warning(self, event: str, **fields: Any) -> None:
        self.lines.append({"event": event, "level": "warning", **fields})

    def error(self, event: str, **fields: Any) -> None:
        self.lines.append({"event": event, "level": "error", **fields})

    @property
    def text(self) -> str:
        return repr(self.lines)


@dataclass
class StubQueue:
    """A queue in memory; what is held is not handed out again until it is given back."""

    bodies: dict[str, bytes] = field(default_factory=dict)  # by id
    held: set[str] = field(default_factory=set)

    def receive(self, *, wait: timedelta, hold: timedelta, limit: int = 10) -> Sequence[Message]:
        del wait, hold
        free = [one for one in self.bodies if one not in self.held][:limit]
        self.held |= set(free)
        return [
            Message(id=one, receipt=one, body=self.bodies[one], receives=6, sent_at=START) for one in free
        ]

    def hold(self, messages: Sequence[Message], span: timedelta) -> None:
        if not span:
            self.held -= {one.id for one in messages}

    def delete(self, messages: Sequence[Message]) -> Sequence[Message]:
        for one in messages:
            del self.bodies[one.id]
        return ()

    def send(self, body: bytes) -> None:
        self.bodies[f"message-{len(self.bodies) + 1}"] = body

    def length(self) -> int:
        return len(self.bodies) - len(self.held)


@dataclass
class HeardMessages:
    """A webhook: what it was told."""

    name: str = "hooks.example.com"
    messages: list[Told] = field(default_factory=list)
    down: bool = False

    def send(self, message: Told, now: datetime) -> None:
        del now
        if self.down:
            raise NotDelivered("the webhook did not take the message", advice="it is tried again")
        self.messages.append(message)


@dataclass
class StubTrackers:
    """Trackers: what they say of each ticket, which exists unless a test says otherwise."""

    found: dict[str, TicketFound] = field(default_factory=dict)
    down: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    def look(self, tracker: str, ticket: str) -> TicketFound:
        self.asked.append((tracker, ticket))
        if self.down:
            raise TrackerDown("the tracker did not answer", advice="try again in a moment")
        return self.found.get(ticket, TicketFound(exists=True, is_open=True, state="In Progress"))


@dataclass
class World:
    """The server, and all that it stands on."""

    parts: Parts
    store: SqlStore
    clock: FakeClock
    sts: StubSts
    iam: StubIam
    held_roles: ScriptedRoles
    trusts: StubTrusts
    log: HeardLog
    queue: StubQueue
    dead_letters: StubQueue
    hook: HeardMessages
    trackers: StubTrackers
    catalogue_file: Path
    http: TestClient
    _tokens: dict[str, str] = field(default_factory=dict)
    _tokens_end: datetime = START

    def sign_in(self, person: str) -> str:
        """A token of somebody; the same one until it is over."""
        if self.clock() >= self._tokens_end:
            self._tokens.clear()
            self._tokens_end = self.clock() + timedelta(hours=7)
        if person not in self._tokens:
            answer = self.http.post("/api/v1/sign-ins", json={"method": "local", "person": person})
            assert answer.status_code == 201, answer.text
            self._tokens[person] = answer.json()["token"]
        return self._tokens[person]

    def proof(self) -> dict[str, Any]:
        """A sign-in by AWS, as a client sends it; whose it is, ``sts.arn`` says."""
        held = ReadOnlyCredentials("ASIAEXAMPLEEXAMPLE00", "a-secret", "a-session-token-of-some-length")
        return {
            "method": "aws",
            **proof_fields(sign_proof(held, "eu-central-1", ADDRESS, self.clock.now)),
        }

    def sign_in_by_aws(self, person: str) -> None:
        """From here on somebody's calls are those of a session of AWS."""
        answer = self.http.post("/api/v1/sign-ins", json=self.proof())
        assert answer.status_code == 201, answer.text
        assert answer.json()["person"]["id"] == person
        self.sign_in("grace")  # so that tokens are fresh from here
        self._tokens[person] = answer.json()["token"]

    def forget_tokens(self) -> None:
        """Sign everybody in anew at their next call."""
        self._tokens.clear()

    def call(self, person: str, method: str, path: str, **more: Any) -> httpx.Response:
        """A call by somebody; ``path`` is what follows /api/v1."""
        headers = {"Authorization": f"Bearer {self.sign_in(person)}", **more.pop("headers", {})}
        answer: httpx.Response = self.http.request(method, f"/api/v1{path}", headers=headers, **more)
        return answer

    def get(self, person: str, path: str, **query: Any) -> httpx.Response:
        return self.call(person, "GET", path, params=query)

    def post(self, person: str, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        more = {"headers": {"Idempotency-Key": key}} if key else {}
        return self.call(person, "POST", path, **({} if body is None else {"json": body}), **more)

    def ask(self, person: str = "ada", **changes: Any) -> httpx.Response:
        return self.post(person, "/requests", an_ask(**changes))

    def pending(self, person: str = "ada", **changes: Any) -> str:
        """The id of a request that waits for a review."""
        answer = self.ask(person, duration_seconds=1200, **changes)
        assert answer.json()["state"] == "pending", answer.text
        request_id: str = answer.json()["id"]
        return request_id

    def granted(self, person: str = "ada", **changes: Any) -> str:
        """The id of a grant that needed no review."""
        answer = self.ask(person, **changes)
        assert answer.status_code == 201, answer.text
        grant_id: str = answer.json()["grant"]["id"]
        return grant_id

    def ledger(self) -> list[str]:
        """The kinds of all entries, in order."""
        with self.store.read() as view:
            return [entry.draft.kind.value for entry in view.entries()]


def an_ask(**changes: Any) -> dict[str, Any]:
    body = {
        "actions": ["write"],
        "locations": ["s3://lakeside-reports/2026/q3/"],
        "duration_seconds": 120,
        "justification": "Correct the totals of the third quarter",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def counted_bytes() -> Any:
    """Bytes that never repeat, the same in every run."""
    numbers = itertools.count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


@contextmanager
def open_world(folder: Path, *, catalogue: str = CATALOGUE, **settings: Any) -> Iterator[World]:
    catalogue_file = folder / "catalogue.yaml"
    catalogue_file.write_text(catalogue)
    url = new_database(folder)
    clock = FakeClock()
    store = open_store(url, clock=clock)
    sts, iam, log, held_roles = StubSts(clock), StubIam(), HeardLog(), ScriptedRoles()
    source = CatalogueSource([catalogue_file], clock, settle=timedelta())
    trusts = StubTrusts()
    queue, dead, hook, trackers = StubQueue(), StubQueue(), HeardMessages(), StubTrackers()
    background = ThreadPoolExecutor(2)
    read = Settings(**{"catalogue": [catalogue_file], "database_url": url, "local_sign_in": True, **settings})
    parts = Parts(
        settings=read,
        audience=ADDRESS,
        store=store,
        catalogue=KeptCatalogue(source, store, clock, log),
        clock=clock,
        random=counted_bytes(),
        lender=sts,
        policies=iam,
        held_roles=held_roles,
        calls=StubS3(sts, iam),
        transport=sts,
        session_names=SessionNames(trusts, clock),
        broker_arn=lambda: BROKER,
        pause=lambda: None,
        log=log,
        background=background,
        wake_worker=Event(),
        sources=Sources(queue=queue, dead_letters=dead),
        notifiers={"0123456789abcdef": hook},
        trackers=trackers,
        slack=slack_desk(read.slack),
        notices={one.name: one.notice() for one in read.notices},
    )
    with background, TestClient(create_app(parts), base_url=ADDRESS, raise_server_exceptions=False) as http:
        yield World(
            parts=parts,
            store=store,
            clock=clock,
            sts=sts,
            iam=iam,
            held_roles=held_roles,
            trusts=trusts,
            log=log,
            queue=queue,
            dead_letters=dead,
            hook=hook,
            trackers=trackers,
            catalogue_file=catalogue_file,
            http=http,
        )
    store.close()
