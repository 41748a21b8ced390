"""One Liftgate that serves two accounts of an AWS that enforces. Import the fixtures by these names."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from starlette.testclient import TestClient
from tests.server.server_world import an_ask
from tests.servers.other_account import (
    HARBOUR,
    OtherAccount,
    furnished,
)

from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import (
    REPORTS,
    ElevatedRole,
    SampleAccount,
    allow_broker,
    create_elevated_role,
)
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope
from liftgate.server.app import create_app
from liftgate.server.parts import Parts, running_parts
from liftgate.server.settings import load_settings

ADDRESS = "http://127.0.0.1:8484"
_numbers = count(1)
CATALOGUE = """\
version: 1
people:
  ada: {{name: Ada Lovelace, identities: ["arn:aws:sts::444455556666:assumed-role/{name}Held/ada"]}}
  grace: {{name: Grace Hopper, identities: ["arn:aws:iam::111122223333:user/grace"]}}
guards: [grace]
entitlements:
  - name: home-writer
    description: Correct this year's reports
    account: "111122223333"
    role: arn:aws:iam::111122223333:role/{name}
    ceiling: {{actions: [write, delete], locations: ["s3://lakeside-reports/2026/"]}}
    longest: 30m
    requesters: [ada]
    review: {{reviewers: [grace], approvals: 1, lapses_after: 8h, without_review: {{longest: 30m, actions: [write]}}}}
  - name: there-writer
    description: Correct this year's reports of the harbour
    account: "444455556666"
    role: arn:aws:iam::444455556666:role/{name}
    ceiling: {{actions: [write, delete], locations: ["s3://harbour-reports/2026/"]}}
    longest: 30m
    requesters: [ada]
    review: {{reviewers: [grace], approvals: 1, lapses_after: 8h, without_review: {{longest: 30m, actions: [write]}}}}
  - name: there-in-place
    description: Correct what is in the archive of the harbour
    account: "444455556666"
    role: arn:aws:iam::444455556666:role/{name}Held
    mechanism: in-place
    ceiling: {{actions: [write], locations: ["s3://harbour-reports/archive/"]}}
    longest: 30m
    requesters: [ada]
    review: {{reviewers: [grace], approvals: 1, lapses_after: 8h, without_review: {{longest: 30m, actions: [write]}}}}
  - name: nowhere-writer
    description: Of an account that nobody declared
    account: "777788889999"
    role: arn:aws:iam::777788889999:role/{name}
    ceiling: {{actions: [write], locations: ["s3://strange-reports/2026/"]}}
    longest: 30m
    requesters: [ada]
    review: {{reviewers: [grace], approvals: 1, lapses_after: 8h, without_review: {{longest: 30m, actions: [write]}}}}
"""


@dataclass
class Served:
    """One run of the server, and its people."""

    parts: Parts
    http: TestClient
    other: OtherAccount
    name: str  # of the elevated role, the same in both accounts

    def post(self, person: str, path: str, body: Any = None) -> dict[str, Any]:
        signed = self.http.post("/api/v1/sign-ins", json={"method": "local", "person": person})
        return self.post_by(signed.json()["token"], path, body)

    def post_by(self, token: str, path: str, body: Any = None) -> dict[str, Any]:
        sent = {} if body is None else {"json": body}
        answer = self.http.post(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}, **sent)
        said: dict[str, Any] = answer.json()
        return said

    def granted(self, entitlement: str) -> str:
        said = self.post("ada", "/requests", asked(entitlement))
        grant_id: str = said["grant"]["id"]
        return grant_id

    def lent(self, grant_id: str) -> Any:
        """An S3 client with a session that was lent."""
        said = self.post("ada", f"/grants/{grant_id}/sessions")
        keys = Keys(**{name: said[name] for name in ("access_key_id", "secret_access_key", "session_token")})
        return self.other.home.aws.client("s3", keys)

    def revoked(self, grant_id: str) -> str:
        said = self.post("grace", f"/grants/{grant_id}/revocation", {"reason": "the wrong quarter"})
        deny: str = said["ending"]["deny"]
        return deny

    def policies_at_home(self) -> list[str]:
        return names(self.other.home_iam, self.name)

    def policies_there(self) -> list[str]:
        return names(self.other.iam, self.name)


PLACES = {
    "home-writer": f"s3://{REPORTS}/2026/q3/",
    "there-writer": f"s3://{HARBOUR}/2026/q3/",
    "there-in-place": f"s3://{HARBOUR}/archive/",
    "nowhere-writer": "s3://strange-reports/2026/",
}


def asked(entitlement: str) -> dict[str, Any]:
    return an_ask(entitlement=entitlement, locations=[PLACES[entitlement]], duration_seconds=1200)


def names(iam: Any, role: str) -> list[str]:
    found: list[str] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return found


def write(s3: Any, place: str) -> str:
    bucket, _, key = place.removeprefix("s3://").partition("/")
    try:
        s3.put_object(Bucket=bucket, Key=f"{key}new.csv", Body=b"north,1250")
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return "written"


Serve = Callable[..., AbstractContextManager[Served]]


def scope(place: str, *actions: str) -> Scope:
    return Scope(actions=expand_actions(actions), locations=frozenset({parse_location(place)}))


@pytest.fixture
def name() -> str:
    """Of an elevated role at home, and of another in the other account."""
    return f"LiftgateTwo{next(_numbers)}"


@pytest.fixture
def other(embedded_account: SampleAccount, name: str) -> OtherAccount:
    home, made = embedded_account, furnished(embedded_account)
    role = ElevatedRole(name=name, ceiling=scope(f"s3://{REPORTS}/2026/", "write", "delete"))
    lent = [
        *home.elevated_role_arns.values(),
        create_elevated_role(made.home_iam, role, broker_arn=home.broker_arn),
    ]
    allow_broker(made.home_iam, lent, baseline_role_arn=home.baseline_role_arn)
    ceiling = scope(f"s3://{HARBOUR}/2026/", "write", "delete")
    made.new_elevated_role(ElevatedRole(name=name, ceiling=ceiling))
    return made


@pytest.fixture
def serve(other: OtherAccount, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Starts the server on one database, as often as a test likes."""
    return serving(other, name, CATALOGUE.format(name=name), tmp_path, monkeypatch)


def serving(
    other: OtherAccount, name: str, catalogue_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Serve:
    """What starts a server that holds the broker's keys and serves both accounts."""
    aws, broker = other.home.aws, other.home.broker
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", broker.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", broker.secret_access_key)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    catalogue = tmp_path / "catalogue.yaml"
    catalogue.write_text(catalogue_text)
    given = {
        "catalogue": [catalogue],
        "database_url": f"sqlite:///{tmp_path / 'liftgate.db'}",
        "aws_region": aws.region,
        "aws_sts_endpoint": aws.endpoint_url,
        "aws_iam_endpoint": aws.endpoint_url,
        "aws_s3_endpoint": aws.endpoint_url,
        "local_sign_in": True,
        "accounts": [other.declared],
    }

    @contextmanager
    def served(**changes: Any) -> Iterator[Served]:
        settings = load_settings(given={**given, **changes})
        with (
            running_parts(settings, audience=ADDRESS) as parts,
            TestClient(create_app(parts), base_url=ADDRESS) as http,
        ):
            yield Served(parts, http, other, name)

    return served
