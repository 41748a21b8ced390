"""The application, driven through its HTTP API by chance, against a model that fits on a page."""

import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.server.server_world import ADDRESS, CATALOGUE, an_ask, open_world

from liftgate.elevation.deny import refused_by
from liftgate.identity.aws_proof import proof_fields, sign_proof
from liftgate.server.worker import drain_once, look_at_roles

ROLES = {
    "reports-writer": "arn:aws:iam::111122223333:role/LiftgateReportsWriter",
    "payroll-writer": "arn:aws:iam::111122223333:role/LiftgatePayrollWriter",
}
ADAS_OTHER = "arn:aws:sts::111122223333:assumed-role/Developer/ada"
IDENTITIES = {
    **{who: f"arn:aws:sts::111122223333:assumed-role/ReadOnly/{who}" for who in ("ada", "grace", "linus")},
    **{who: f"arn:aws:sts::111122223333:assumed-role/ReadOnly/{who}" for who in ("rosa", "mallory")},
    "ada's other": ADAS_OTHER,
}
# Ada may review, too: but never herself, by whichever identity.
TWO_IDENTITIES = CATALOGUE.replace('ReadOnly/ada"]', f'ReadOnly/ada", "{ADAS_OTHER}"]', 1).replace(
    "reviewers: [grace, linus]", "reviewers: [ada, grace, linus]"
)
REQUESTERS = {"reports-writer": {"ada", "linus"}, "payroll-writer": {"ada"}}
REVIEWERS = {"ada", "grace", "linus"}
GUARD = "rosa"
APPROVALS = {"reports-writer": 1, "payroll-writer": 2}
LAPSES = {"reports-writer": timedelta(hours=8), "payroll-writer": timedelta(hours=1)}
SLACK = timedelta(minutes=5)  # a deny outlives its window by this


@dataclass
class ModelRequest:
    """What a request should be."""

    requester: str
    entitlement: str
    duration: timedelta
    starts_at: datetime | None
    lapses_at: datetime
    approvals: set[str] = field(default_factory=set)
    outcome: str | None = None

    def state(self, now: datetime) -> str:
        return self.outcome or ("lapsed" if now >= self.lapses_at else "pending")


@dataclass
class ModelGrant:
    """What a grant should be."""

    requester: str
    entitlement: str
    starts_at: datetime
    ends_at: datetime
    ending: str | None = None
    sessions: int = 0

    def state(self, now: datetime) -> str:
        if self.ending or now >= self.ends_at:
            return self.ending or "ended"
        return "active" if now >= self.starts_at else "scheduled"


def person(identity: str) -> str:
    return identity.partition("'")[0]


identities = st.sampled_from(sorted(IDENTITIES))
which = st.integers(0, 40)


class Liftgate(RuleBasedStateMachine):
    """Each rule is one call; each step ends with a look at everything."""

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.world = self.stack.enter_context(open_world(folder, local_sign_in=False))
        self.world.catalogue_file.write_text(TWO_IDENTITIES)
        self.tokens: dict[str, str] = {}
        self.proofs = 0
        self.requests: dict[str, ModelRequest] = {}
        self.grants: dict[str, ModelGrant] = {}
        self.of_request: dict[str, str] = {}
        self.entries: Counter[str] = Counter()

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @property
    def now(self) -> datetime:
        return self.world.clock()

    # calls

    def sign_in(self, identity: str) -> None:
        self.proofs += 1
        self.world.sts.arn = IDENTITIES[identity]
        signer = ReadOnlyCredentials(f"AKIA{self.proofs:016d}", f"secret {self.proofs}", None)
        proof = sign_proof(signer, "us-east-1", ADDRESS, self.now)
        answer = self.world.http.post("/api/v1/sign-ins", json={"method": "aws", **proof_fields(proof)})
        assert answer.status_code == 201, answer.text
        self.tokens[identity] = answer.json()["token"]

    def call(self, identity: str, method: str, path: str, **more: Any) -> tuple[int, Any]:
        answer = self.send(identity, method, path, **more)
        if answer.status_code == 401:  # an hour passed
            del self.tokens[identity]
            answer = self.send(identity, method, path, **more)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        return answer.status_code, answer.json()

    def send(self, identity: str, method: str, path: str, **more: Any) -> httpx.Response:
        if identity not in self.tokens:
            self.sign_in(identity)
        headers = {"Authorization": f"Bearer {self.tokens[identity]}"}
        answer: httpx.Response = self.world.http.request(method, "/api/v1" + path, headers=headers, **more)
        return answer

    def expect(self, answer: tuple[int, Any], wanted: str | None) -> Any:
        """A success where ``wanted`` is None, else a refusal with that code."""
        status, body = answer
        assert (None if status == 201 else body["code"]) == wanted, body
        return body if status == 201 else None

    def pick(self, number: int, among: dict[str, Any]) -> str:
        return sorted(among)[number % len(among)]

    # rules

    @rule(
        identity=identities,
        entitlement=st.sampled_from(sorted(ROLES)),
        minutes=st.sampled_from([1, 2, 20, 30, 45]),
        starts_in=st.sampled_from([None, None, 3, 600]),
    )
    def ask(self, identity: str, entitlement: str, minutes: int, starts_in: int | None) -> None:
        who, now = person(identity), self.now
        starts_at = None if starts_in is None else now + timedelta(minutes=starts_in)
        bucket = entitlement.removesuffix("-writer")
        body = an_ask(
            entitlement=entitlement,
            locations=[f"s3://lakeside-{bucket}/2026/"],
            duration_seconds=minutes * 60,
            ticket="PAY-7",
            **({"starts_at": starts_at.isoformat()} if starts_at else {}),
        )
        answer = self.call(identity, "POST", "/requests", json=body)
        if who not in REQUESTERS[entitlement]:
            assert answer[0] in {403, 404}, answer
            self.entries["request.refused"] += 1
            return
        if entitlement == "payroll-writer" and minutes > 30:
            self.expect(answer, "too_long")
            self.entries["request.refused"] += 1
            return
        made = self.expect(answer, None)
        self.entries["request.made"] += 1
        request = ModelRequest(
            who, entitlement, timedelta(minutes=minutes), starts_at, now + LAPSES[entitlement]
        )
        self.requests[made["id"]] = request
        if entitlement == "reports-writer" and minutes <= 2:
            self.granted(made)

    @precondition(lambda self: self.requests)
    @rule(identity=identities, number=which, answer=st.sampled_from(["approve", "approve", "deny"]))
    def review(self, identity: str, number: int, answer: str) -> None:
        request_id = self.pick(number, self.requests)
        request, who = self.requests[request_id], person(identity)
        body = {"answer": answer, "comment": "seen"}
        got = self.call(identity, "POST", f"/requests/{request_id}/reviews", json=body)
        said = self.expect(got, self.review_fault(request, who))
        if said is None:
            return
        self.entries["request.reviewed"] += 1
        if answer == "deny":
            request.outcome = "denied"
            return
        request.approvals.add(who)
        if len(request.approvals) == APPROVALS[request.entitlement]:
            self.granted(said)
        else:
            assert said["grant"] is None

    def review_fault(self, request: ModelRequest, who: str) -> str | None:
        if not self.sees(who, request):
            return "no_such_request"
        if request.state(self.now) != "pending":
            return "request_closed"
        if who == request.requester:
            return "self_review"
        if who not in REVIEWERS:
            return "not_a_reviewer"
        return "already_reviewed" if who in request.approvals else None

    def granted(self, said: Any) -> None:
        request, now = self.requests[said["id"]], self.now
        request.outcome = "approved"
        self.entries["grant.made"] += 1
        starts_at = max(now, request.starts_at or now).replace(microsecond=0)
        assert said["id"] not in self.of_request  # never a second grant
        self.of_request[said["id"]] = said["grant"]["id"]
        self.grants[said["grant"]["id"]] = ModelGrant(
            request.requester, request.entitlement, starts_at, starts_at + request.duration
        )

    @precondition(lambda self: self.requests)
    @rule(identity=identities, number=which)
    def cancel(self, identity: str, number: int) -> None:
        request_id = self.pick(number, self.requests)
        request, who = self.requests[request_id], person(identity)
        fault = None if who == request.requester else "not_the_requester"
        if request.state(self.now) != "pending":
            fault = "request_closed"
        if not self.sees(who, request):
            fault = "no_such_request"
        if self.expect(self.call(identity, "POST", f"/requests/{request_id}/cancellation"), fault):
            self.entries["request.cancelled"] += 1
            request.outcome = "cancelled"

    @precondition(lambda self: self.grants)
    @rule(identity=identities, number=which, sts_down=st.sampled_from([False, False, False, True]))
    def borrow(self, identity: str, number: int, sts_down: bool) -> None:
        grant_id = self.pick(number, self.grants)
        grant = self.grants[grant_id]
        fault = "lending_unavailable" if sts_down else None
        if grant.state(self.now) != "active":
            fault = "grant_not_active"
        if person(identity) != grant.requester:
            fault = "no_such_grant"
        self.world.sts.down = sts_down
        lent = self.expect(self.call(identity, "POST", f"/grants/{grant_id}/sessions"), fault)
        self.world.sts.down = False
        if fault in {None, "lending_unavailable"}:
            grant.sessions += 1
            self.entries["session.intended"] += 1
            self.entries["session.lent" if lent else "session.failed"] += 1
        if lent:
            assert lent["session_name"] == f"{grant_id}-{grant.sessions}"
            assert datetime.fromisoformat(lent["expires_at"]) <= grant.ends_at

    @precondition(lambda self: self.grants)
    @rule(
        identity=identities,
        number=which,
        kind=st.sampled_from(["revoked", "returned"]),
        iam_down=st.booleans(),
    )
    def end(self, identity: str, number: int, kind: str, iam_down: bool) -> None:
        grant_id = self.pick(number, self.grants)
        grant, who = self.grants[grant_id], person(identity)
        self.world.iam.down = iam_down
        path, body = ("revocation", {"reason": "why not"}) if kind == "revoked" else ("return", None)
        ended = self.expect(
            self.call(identity, "POST", f"/grants/{grant_id}/{path}", json=body),
            self.end_fault(grant, who, kind),
        )
        self.world.iam.down = False
        if ended:
            grant.ending = kind
            self.entries[f"grant.{kind}"] += 1
            assert ended["ending"]["deny"] == ("pending" if iam_down else "in_place")

    def end_fault(self, grant: ModelGrant, who: str, kind: str) -> str | None:
        if not self.sees(who, grant):
            return "no_such_grant"
        if grant.state(self.now) not in {"active", "scheduled"}:
            return "grant_closed"
        if kind == "revoked":
            return None if who in REVIEWERS | {GUARD} else "may_not_revoke"
        return None if who == grant.requester else "not_the_requester"

    @rule(minutes=st.sampled_from([-90, -10, -1, 0.5, 1, 3, 15, 40, 120, 600]))
    def clock_jumps(self, minutes: float) -> None:
        self.world.clock.pass_by(minutes=minutes)

    @rule()
    def worker_works(self) -> None:
        """Whatever happened before, a look at the roles leaves on each just what is wanted."""
        drain_once(self.world.parts, worker="a worker")
        assert look_at_roles(self.world.parts) == 0
        for entitlement, role in ROLES.items():
            wanted = {
                grant_id
                for grant_id, grant in self.grants.items()
                if grant.ending and grant.entitlement == entitlement and grant.ends_at + SLACK > self.now
            }
            assert refused_by(self.world.iam.policies.get(role)) == wanted

    @precondition(lambda self: self.requests)
    @rule(identity=identities)
    def lists_are_of_what_may_be_seen(self, identity: str) -> None:
        who = person(identity)
        seen = {one for one, request in self.requests.items() if self.sees(who, request)}
        assert self.listed(identity, "/requests?view=all").keys() == seen
        mine = {one for one, request in self.requests.items() if request.requester == who}
        assert self.listed(identity, "/requests?view=mine").keys() == mine
        waiting = {one for one, request in self.requests.items() if self.review_fault(request, who) is None}
        assert self.listed(identity, "/requests?view=to_review").keys() == waiting

    # what holds after each step

    def sees(self, who: str, record: ModelRequest | ModelGrant) -> bool:
        return who == record.requester or who in REVIEWERS | {GUARD}

    def listed(self, identity: str, path: str) -> dict[str, Any]:
        """All pages of a list, three at a time."""
        found: list[Any] = []
        cursor = ""
        while True:
            status, page = self.call(identity, "GET", f"{path}&limit=3{cursor}")
            assert status == 200, page
            found += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        by_id = {item["id"]: item for item in found}
        assert len(by_id) == len(found)
        return by_id

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        requests = self.listed(GUARD, "/requests?view=all")
        assert {one: item["state"] for one, item in requests.items()} == {
            one: request.state(self.now) for one, request in self.requests.items()
        }
        assert {
            one: item["grant"]["id"] for one, item in requests.items() if item["grant"]
        } == self.of_request
        grants = self.listed(GUARD, "/grants?view=all")
        assert {one: item["state"] for one, item in grants.items()} == {
            one: grant.state(self.now) for one, grant in self.grants.items()
        }
        for state in {grant.state(self.now) for grant in self.grants.values()}:
            some = self.listed(GUARD, f"/grants?view=all&state={state}")
            assert some.keys() == {one for one, item in grants.items() if item["state"] == state}

    @invariant()
    def the_ledger_is_whole(self) -> None:
        status, verified = self.call(GUARD, "GET", "/ledger/verification")
        assert status == 200
        assert verified["intact"]
        kinds = Counter(self.world.ledger())
        for kind in (
            *("request.made", "request.refused", "request.reviewed", "request.cancelled", "grant.made"),
            *("grant.revoked", "grant.returned", "session.intended", "session.lent", "session.failed"),
        ):
            assert kinds[kind] == self.entries[kind], kind

    @invariant()
    def what_is_denied_was_ended(self) -> None:
        """Nobody is refused by name whose grant goes on."""
        ended = {one for one, grant in self.grants.items() if grant.ending}
        for policy in self.world.iam.policies.values():
            assert refused_by(policy) <= ended


TestLiftgate = pytest.mark.slow(pytest.mark.timeout(300)(Liftgate.TestCase))
TestLiftgate.settings = settings(settings.get_profile("fixed"), max_examples=30, stateful_step_count=40)
