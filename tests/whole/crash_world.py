"""A Liftgate that is killed and started again, its people, and what its database says when nobody serves it."""

import json
import os
import signal
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.exceptions import ClientError
from sqlalchemy import create_engine, text
from tests.servers.forked import Forked, fork
from tests.whole.crashing_server import serve_fused

from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import REPORTS, SampleAccount
from liftgate.ledger.chain import Intact, verify
from liftgate.ledger.model import EventKind
from liftgate.store.sql import open_store

CATALOGUE = """\
version: 1
people:
  ada:
    name: Ada Lovelace
    identities:
      - arn:aws:iam::111122223333:user/ada
      - arn:aws:sts::111122223333:assumed-role/LakesideReadOnly/ada
  grace: {name: Grace Hopper, identities: ["arn:aws:iam::111122223333:user/grace"]}
  linus: {name: Linus Pauling, identities: ["arn:aws:iam::111122223333:user/linus"]}
guards: [grace]
auditors: [grace]
entitlements:
  - name: reports-writer
    description: Correct this year's reports
    account: "111122223333"
    role: arn:aws:iam::111122223333:role/LiftgateReportsWriter
    ceiling: {actions: [write, delete], locations: ["s3://lakeside-reports/2026/"]}
    longest: 1h
    requesters: [ada, linus]
    review:
      reviewers: [ada, grace]
      approvals: 1
      lapses_after: 8h
      without_review: {longest: 30m, actions: [write]}
    justification: {at_least: 10}
"""


_HTTP = httpx.Client(timeout=30, trust_env=False)
_BOTO = boto3.session.Session()  # reads its descriptions of AWS once


class Died(Exception):
    """The server was killed while, or before, it answered."""


def counted(found: Counter[str]) -> str:
    """How often a reconciliation found what."""
    said = "; ".join(f"{what} ({times})" for what, times in found.most_common())
    return f"killed {found.total()} times: {said}"


@dataclass
class CrashWorld:
    """One database, and the server on it as long as it lives."""

    account: SampleAccount
    folder: Path
    catalogue: str = CATALOGUE
    server: Forked | None = None
    address: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    story_took: int = 0  # moments, before the reconciliation at its end
    found: list[dict[str, Any]] = field(default_factory=list)  # by the last reconciliation

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'liftgate.db'}"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(
        self,
        *,
        die_at: str | None = None,
        worker: bool = True,
        ahead_seconds: int = 0,
        trail_bucket: str | None = None,
    ) -> None:
        """Start a server. Raises ``Died`` where it did not live to serve."""
        (self.folder / "catalogue.yaml").write_text(self.catalogue)
        kept = {name: one for name, one in os.environ.items() if not name.startswith(("LIFTGATE_", "AWS_"))}
        environment = kept | {
            "AWS_ACCESS_KEY_ID": self.account.broker.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.account.broker.secret_access_key,
            "AWS_EC2_METADATA_DISABLED": "true",
            "LIFTGATE_AWS_STS_ENDPOINT": self.account.aws.endpoint_url,
            "LIFTGATE_AWS_IAM_ENDPOINT": self.account.aws.endpoint_url,
            "LIFTGATE_CATALOGUE": str(self.folder / "catalogue.yaml"),
            "LIFTGATE_DATABASE_URL": self.url,
            "LIFTGATE_LOCAL_SIGN_IN": "true",
            "LIFTGATE_WORKER": str(worker).lower(),
            "LIFTGATE_PORT": "0",
        }
        if trail_bucket is not None:
            environment["LIFTGATE_AWS_S3_ENDPOINT"] = self.account.aws.endpoint_url
            environment["LIFTGATE_WATCH_TRAIL_BUCKET"] = trail_bucket
        self.server = fork(
            serve_fused,
            *(self.log, die_at, timedelta(seconds=ahead_seconds)),
            environment=environment,
            folder=self.folder,
            log=self.folder / "log.stderr",
        )
        self.address = self.server.stdout.readline().strip().rpartition(" ")[2]
        if not self.address:
            raise Died

    def end(self) -> None:
        """Stop a healthy server."""
        assert self.server is not None
        self.server.terminate()
        assert self._ended() == 0

    def collect(self) -> None:
        """See that the server was killed, and not ended in another way."""
        assert self._ended() == -signal.SIGKILL

    def _ended(self) -> int:
        assert self.server is not None
        code = self.server.wait()
        self.server.stdout.close()  # not before: a server that says more must not stumble over it
        return code

    # calls

    def call(self, person: str, method: str, path: str, body: Any = None, *, key: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token(person)}"} | (
            {"Idempotency-Key": key} if key else {}
        )
        return self.send(method, path, body, headers)

    def get(self, person: str, path: str) -> Any:
        answer = self.call(person, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _token(self, person: str) -> str:
        if person not in self.tokens:
            answer = self.send("POST", "/sign-ins", {"method": "local", "person": person}, {})
            assert answer.status_code == 201, answer.text
            self.tokens[person] = answer.json()["token"]
        return self.tokens[person]

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        try:
            # One connection pool for all servers: a dead one's connections are not used again, as each has its own port.
            return _HTTP.request(method, f"{self.address}/api/v1{path}", json=body, headers=headers)
        except httpx.TransportError:
            raise Died from None

    def reconcile(self) -> list[dict[str, Any]]:
        """What ``liftgate doctor --reconcile`` prints comes from this call."""
        answer = self.call("grace", "POST", "/reconciliations")
        assert answer.status_code == 201, answer.text
        repairs: list[dict[str, Any]] = answer.json()["repairs"]
        assert all(one["repaired"] for one in repairs), repairs
        return repairs

    # AWS

    def may_write(self, keys: Keys, key: str = "2026/q3/by-session.csv") -> bool:
        """What AWS says to a write by the holder of ``keys``."""
        s3: Any = _BOTO.client(
            "s3",
            endpoint_url=self.account.aws.endpoint_url,
            region_name=self.account.aws.region,
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
        )
        try:
            s3.put_object(Bucket=REPORTS, Key=key, Body=b"x")
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] != "AccessDenied":
                raise
            return False
        return True

    # what is left when nobody serves

    def logged(self, what: str) -> list[str]:
        """What the wrappers wrote down, in order."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line[what] for line in lines if what in line]

    def lost_sessions(self) -> list[str]:
        """Those of which nobody wrote down what came of them."""
        return self.rows(
            "SELECT name FROM sessions WHERE lent_at IS NULL AND failure IS NULL ORDER BY intended_at"
        )

    def check(self) -> None:
        """All that holds at each moment, whatever was killed when: read from the file itself."""
        store = open_store(self.url, clock=system_clock)
        try:
            with store.read() as view:
                entries = list(view.entries())
        finally:
            store.close()
        if entries:
            assert isinstance(verify(entries), Intact)
        by_kind: dict[EventKind, list[Any]] = {kind: [] for kind in EventKind}
        for entry in entries:
            by_kind[entry.draft.kind].append(entry.draft)
        self._check_sessions(by_kind)
        self._check_tables(by_kind)

    def _check_sessions(self, by_kind: dict[EventKind, list[Any]]) -> None:
        """No AWS call without its intent; no key known that AWS did not issue."""
        intended = {draft.body["session"] for draft in by_kind[EventKind.SESSION_INTENDED]}
        assert set(self.logged("assume_role")) <= intended
        lent = {draft.body["access_key_id"] for draft in by_kind[EventKind.SESSION_LENT]}
        assert lent <= set(self.logged("issued"))
        assert len(self.logged("assume_role")) == len(set(self.logged("assume_role")))

    def _check_tables(self, by_kind: dict[EventKind, list[Any]]) -> None:
        """Each row has its entry, and each entry its row."""
        rows = self.rows
        of_requests = Counter(draft.request_id for draft in by_kind[EventKind.REQUESTED])
        assert Counter(rows("SELECT id FROM requests")) == of_requests
        reviewed = Counter((draft.request_id, draft.actor) for draft in by_kind[EventKind.REVIEWED])
        assert Counter(rows("SELECT request_id, reviewer FROM reviews")) == reviewed
        granted = Counter((draft.request_id, draft.grant_id) for draft in by_kind[EventKind.GRANTED])
        assert Counter(rows("SELECT request_id, id FROM grants")) == granted
        approved = rows("SELECT id FROM requests WHERE outcome = 'approved'")
        assert sorted(approved) == sorted(request for request, _ in granted)
        enough = rows("SELECT request_id FROM reviews WHERE answer = 'approve'")
        assert set(enough) <= set(approved)  # one approval is enough here
        ended = Counter(
            draft.grant_id for kind in (EventKind.REVOKED, EventKind.RETURNED) for draft in by_kind[kind]
        )
        assert Counter(rows("SELECT grant_id FROM endings")) == ended
        intended = Counter(draft.body["session"] for draft in by_kind[EventKind.SESSION_INTENDED])
        assert Counter(rows("SELECT name FROM sessions")) == intended
        lent = Counter(
            (draft.body["session"], draft.body["access_key_id"]) for draft in by_kind[EventKind.SESSION_LENT]
        )
        assert Counter(rows("SELECT name, access_key_id FROM sessions WHERE lent_at IS NOT NULL")) == lent
        failed = Counter(draft.body["session"] for draft in by_kind[EventKind.SESSION_FAILED])
        assert Counter(rows("SELECT name FROM sessions WHERE failure IS NOT NULL")) == failed
        signed_in = Counter(draft.actor for draft in by_kind[EventKind.SIGNED_IN])
        for draft in by_kind[EventKind.SHUT_OUT]:
            signed_in[draft.body["person"]] -= draft.body["sign_ins"]
        assert Counter(rows("SELECT person_id FROM sign_ins")) == +signed_in
        # What ended and whose deny is not in place has work waiting, or the role is looked at anyway.
        unfinished = rows(
            "SELECT grant_id FROM endings e WHERE NOT EXISTS "
            "(SELECT 1 FROM denies_in_place d WHERE d.grant_id = e.grant_id) AND NOT EXISTS "
            "(SELECT 1 FROM in_place_grants i WHERE i.grant_id = e.grant_id)"
        )
        if unfinished:
            assert "deny" in rows("SELECT kind FROM outbox")
        unclosed = rows("SELECT grant_id FROM endings JOIN in_place_statements USING (grant_id)")
        if unclosed:
            assert "in_place" in rows("SELECT kind FROM outbox")

    def rows(self, query: str) -> list[Any]:
        engine = create_engine(self.url)
        with engine.begin() as connection:
            found = [row[0] if len(row) == 1 else tuple(row) for row in connection.execute(text(query))]
        engine.dispose()
        return found
