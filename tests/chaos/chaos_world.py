"""A Liftgate in this process, on an AWS that does it wrong as a test plans, and what must hold of it at every moment."""

import dataclasses
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.config import Config
from starlette.testclient import TestClient
from tests.chaos.lakeside import (
    Lakeside,
    catalogue_of,
    entitlement_of,
    wanted_denies,
    wanted_open,
    watch_names,
)
from tests.elevation.elevation_stage import is_refused
from tests.servers.chaos_proxy import ChaosProxy
from tests.servers.signing_in import sign_in_by

from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import REPORTS
from liftgate.elevation import aws_clients
from liftgate.ledger.chain import Intact, verify
from liftgate.server import parts as parts_module
from liftgate.server.app import create_app
from liftgate.server.parts import Parts, running_parts
from liftgate.server.settings import load_settings
from liftgate.server.worker import URGENT, drain_once

ADDRESS = "http://127.0.0.1:8484"
# An answer that takes longer counts as none. Nothing depends on it but how long a test of silence takes.
_SILENCE_SECONDS = 0.7
_places = count(1)


@dataclass
class SlidingClock:
    """The machine's time, and how far ahead of it Liftgate believes to be."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class ChaosWorld:
    """One Liftgate, without a worker: a test does the worker's turns where it wants them."""

    lakeside: Lakeside
    proxy: ChaosProxy
    url: str
    clock: SlidingClock
    waits: list[float]  # before calls to AWS that were tried again, in seconds; nobody waited
    parts: Parts
    http: TestClient
    tokens: dict[str, str] = field(default_factory=dict)
    expiries: list[tuple[str, str]] = field(default_factory=list)  # as SDKs were told
    answers: list[Any] = field(default_factory=list)
    handed_over: list[tuple[str, Keys]] = field(
        default_factory=list
    )  # grant id, and keys that an answer held

    # calls

    def call(self, person: str, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[person]}"}
        sent = {} if body is None else {"json": body}
        answer = self.http.request(method, f"/api/v1{path}", headers=headers, **sent)
        self.answers.append(answer)
        return answer

    def get(self, path: str) -> Any:
        answer = self.call("grace", "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sign_in(self) -> None:
        grace = self.http.post("/api/v1/sign-ins", json={"method": "local", "person": "grace"})
        self.tokens["grace"] = grace.json()["token"]
        held = self.lakeside.session("ada", self.lakeside.held[0])
        answer = self.http.post("/api/v1/sign-ins", json=sign_in_by(held, ADDRESS))
        assert answer.status_code == 201, answer.text
        self.tokens["ada"] = answer.json()["token"]

    def ask(self, role_arn: str) -> Any:
        """A request that needs no review, for a place of its own."""
        body = {
            "entitlement": entitlement_of(role_arn),
            "actions": ["write"],
            "locations": [f"s3://{REPORTS}/2026/{next(_places)}/"],
            "duration_seconds": 1200,
            "justification": "Correct the totals of the third quarter",
        }
        if role_arn in self.lakeside.held:
            body["mechanism"] = "in-place"
        return self.call("ada", "POST", "/requests", body)

    def granted(self, role_arn: str) -> str:
        answer = self.ask(role_arn)
        assert answer.status_code == 201, answer.text
        grant_id: str = answer.json()["grant"]["id"]
        return grant_id

    def lend(self, grant_id: str) -> Any:
        """Ask for a session; what is handed over is kept, to see what it may do."""
        answer = self.call("ada", "POST", f"/grants/{grant_id}/sessions")
        if answer.status_code == 201:
            said = answer.json()
            self.expiries.append((grant_id, said["expires_at"]))
            keys = Keys(
                access_key_id=said["access_key_id"],
                secret_access_key=said["secret_access_key"],
                session_token=said["session_token"],
            )
            self.handed_over.append((grant_id, keys))
        return answer

    def reconcile(self) -> list[dict[str, Any]]:
        """What ``liftgate doctor --reconcile`` prints comes from this call."""
        answer = self.call("grace", "POST", "/reconciliations")
        assert answer.status_code == 201, answer.text
        found: list[dict[str, Any]] = answer.json()["repairs"]
        assert all(one["repaired"] or (one["failure"] and one["advice"]) for one in found), found
        return found

    def work(self) -> int:
        """The worker's turns, until nothing more is due of what must be in AWS; how much that was."""
        done = 0
        while took := drain_once(self.parts, worker="w", kinds=URGENT):
            done += took
        return done

    @contextmanager
    def later(self, **time: float) -> Iterator[None]:
        """Liftgate's clock is ahead: what was put off is due, and leases of the dead have run out."""
        self.clock.ahead += timedelta(**time)
        try:
            yield
        finally:
            self.clock.ahead -= timedelta(**time)

    # what must hold

    def check_claims(self) -> int:
        """At every moment: what Liftgate says is in AWS is there, and what it says is gone is not; of how many grants."""
        shown = self.get("/grants?view=all&limit=100")["items"]  # more than any one test makes
        ends = {one["id"]: one["ends_at"] for one in shown}
        assert all(expires_at <= ends.get(grant_id, expires_at) for grant_id, expires_at in self.expiries)
        denied = {role: self.lakeside.denied(role) for role in self.lakeside.elevated}
        opened = {role: {one.resource for one in self.lakeside.opened(role)} for role in self.lakeside.held}
        for one in shown:
            if one["in_place"] is not None:
                _check_place(one, opened[one["role_arn"]])
            elif one["ending"] is not None and one["ending"]["deny"] == "in_place":
                assert f"*:{one['id']}-*" in denied[one["role_arn"]], one["id"]
        return len(shown)

    def check_roles(self) -> None:
        """At the end: the roles carry just what the store calls for, and nothing foreign changed."""
        now = self.clock()
        for role in self.lakeside.roles:
            assert self.lakeside.denied(role) == wanted_denies(self.url, role, now)
            assert self.lakeside.opened(role) == wanted_open(self.url, role, now)
        with self.parts.store.read() as view:
            assert isinstance(verify(view.entries()), Intact)

    def may_write(self, keys: Keys, grant_id: str) -> bool:
        """What AWS says to a write where the grant is for."""
        (location,) = self.get(f"/grants/{grant_id}")["scope"]["locations"]
        key = location.removeprefix(f"s3://{REPORTS}/") + "a.csv"
        s3 = self.lakeside.client("s3", keys)
        return not is_refused(s3.put_object, Bucket=REPORTS, Key=key, Body=b"a")


def _check_place(shown: dict[str, Any], opened: set[str]) -> None:
    (location,) = shown["scope"]["locations"]
    stands = location.replace("s3://", "arn:aws:s3:::") + "*" in opened
    if shown["in_place"]["state"] == "open" and shown["ending"] is None:
        assert stands, shown["id"]
    if shown["ending"] is not None and shown["ending"]["deny"] == "in_place":
        assert not stands, shown["id"]


@contextmanager
def open_chaos(lakeside: Lakeside, proxy: ChaosProxy, folder: Path, *, url: str = "") -> Iterator[ChaosWorld]:
    """Start a Liftgate that reaches AWS through the proxy alone."""
    clock, waits = SlidingClock(), list[float]()
    url = url or f"sqlite:///{folder / 'liftgate.db'}"
    (folder / "catalogue.yaml").write_text(catalogue_of(lakeside))
    broker = lakeside.account.broker
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", broker.access_key_id)
        patched.setenv("AWS_SECRET_ACCESS_KEY", broker.secret_access_key)
        patched.delenv("AWS_SESSION_TOKEN", raising=False)
        patched.setattr(parts_module, "system_clock", clock)
        for name in ("_PATIENCE", "_UNDER_LEASE"):
            shorter = getattr(aws_clients, name).merge(Config(read_timeout=_SILENCE_SECONDS))
            patched.setattr(aws_clients, name, shorter)
        patched.setattr("botocore.endpoint.time", SimpleNamespace(sleep=waits.append))
        settings = load_settings(
            given={
                "catalogue": [folder / "catalogue.yaml"],
                "database_url": url,
                "aws_sts_endpoint": proxy.address,
                "aws_iam_endpoint": proxy.address,
                "local_sign_in": True,
            }
        )
        with running_parts(settings, audience=ADDRESS) as made:
            parts = dataclasses.replace(made, pause=lambda: None, random=random.Random(7).randbytes)  # noqa: S311 - a test's
            with TestClient(create_app(parts), base_url=ADDRESS, raise_server_exceptions=False) as http:
                watch_names(parts.store, lakeside)
                world = ChaosWorld(lakeside, proxy, url, clock, waits, parts, http)
                world.sign_in()
                yield world


def in_words(repairs: list[dict[str, Any]]) -> str:
    """What a reconciliation found, without the names of a test's roles, for the page."""
    if not repairs:
        return "nothing to repair"
    found = [
        f"{one['what'].split(' on ')[0].split(' gr-')[0]}: {one['found'].split(';')[0].split(': ')[0]}"
        for one in repairs
    ]
    return ", ".join(dict.fromkeys(found))
