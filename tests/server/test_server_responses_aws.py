"""An attack on an AWS that enforces: what CloudTrail tells of it ends the grant, and AWS refuses the session's next call."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from botocore.exceptions import ClientError
from starlette.testclient import TestClient
from tests.server.server_world import an_ask
from tests.servers.trail_queue import Trail, trail

from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import REPORTS, SampleAccount
from liftgate.server.app import create_app
from liftgate.server.consumers import start_watch
from liftgate.server.parts import running_parts
from liftgate.server.settings import load_settings

__all__ = ["trail"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trail")]

ADDRESS = "http://127.0.0.1:8484"
CATALOGUE = Path(__file__).resolve().parents[2] / "src" / "liftgate" / "demo" / "catalogue.yaml"


@dataclass
class AnsweredLog:
    """A log that says when a grant was taken back, and AWS told of it."""

    revoked: Event = field(default_factory=Event)

    def info(self, event: str, **fields: Any) -> None:
        """Nothing that a test waits for."""

    def warning(self, event: str, **fields: Any) -> None:
        if event == "response" and fields["step"] == "revoke":
            self.revoked.set()

    error = info


@dataclass
class Stage:
    """A server that acts on what it hears from the queue, on an AWS that enforces and records."""

    log: AnsweredLog
    http: TestClient
    account: SampleAccount

    def call(self, person: str, method: str, path: str, body: Any = None) -> Any:
        signed_in = self.http.post("/api/v1/sign-ins", json={"method": "local", "person": person}).json()
        headers = {"Authorization": f"Bearer {signed_in['token']}"}
        return self.http.request(method, f"/api/v1{path}", headers=headers, json=body).json()

    def session(self) -> "Session":
        grant_id = self.call("ada", "POST", "/requests", an_ask())["grant"]["id"]
        lent = self.call("ada", "POST", f"/grants/{grant_id}/sessions")
        return Session(self.account, grant_id, lent)


@dataclass
class Session:
    """A boto3 client on lent credentials."""

    account: SampleAccount
    grant_id: str
    lent: dict[str, Any]

    def s3(self, operation: str, **asked: Any) -> str:
        """What AWS answered: done, or its error's code."""
        keys = Keys(
            access_key_id=self.lent["access_key_id"],
            secret_access_key=self.lent["secret_access_key"],
            session_token=self.lent["session_token"],
        )
        client = self.account.aws.client("s3", keys)
        try:
            getattr(client, operation)(**asked)
        except ClientError as refusal:
            return str(refusal.response["Error"]["Code"])
        return "done"


@pytest.fixture
def stage(trail: Trail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    aws, broker = trail.account.aws, trail.account.broker
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", broker.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", broker.secret_access_key)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    settings = load_settings(
        given={
            "catalogue": [CATALOGUE],
            "database_url": f"sqlite:///{tmp_path / 'liftgate.db'}",
            "aws_region": aws.region,
            "aws_sts_endpoint": aws.endpoint_url,
            "aws_iam_endpoint": aws.endpoint_url,
            "aws_sqs_endpoint": aws.endpoint_url,
            "watch_queue_url": aws.cloudtrail_queue_url,
            "local_sign_in": True,
            "response": "act",
        }
    )
    log = AnsweredLog()
    with running_parts(settings, audience=ADDRESS) as made:
        parts = replace(made, log=log)
        stop = start_watch(parts, at_least=1)
        try:
            with TestClient(create_app(parts), base_url=ADDRESS) as http:
                yield Stage(log, http, trail.account)
        finally:
            stop()


def test_who_goes_beyond_their_scope_is_refused_at_their_next_call(stage: Stage) -> None:
    thief, other = stage.session(), stage.session()
    assert thief.s3("put_object", Bucket=REPORTS, Key="2026/q3/a.csv", Body=b"north,1") == "done"
    anyone = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{REPORTS}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [anyone]})
    assert thief.s3("put_bucket_policy", Bucket=REPORTS, Policy=policy) == "AccessDenied"
    assert stage.log.revoked.wait(30)

    assert thief.s3("put_object", Bucket=REPORTS, Key="2026/q3/c.csv", Body=b"north,3") == "AccessDenied"
    assert other.s3("put_object", Bucket=REPORTS, Key="2026/q3/d.csv", Body=b"north,4") == "done"
    grant = stage.call("ada", "GET", f"/grants/{thief.grant_id}")
    assert (grant["state"], grant["ending"]["deny"]) == ("revoked", "in_place")
    [listed] = stage.call("linus", "GET", f"/findings?rule=tampering-tried&grant={thief.grant_id}")["items"]
    shown = stage.call("linus", "GET", f"/findings/{listed['id']}")
    assert (shown["rule"], [one["step"] for one in shown["responses"]]) == (
        "tampering-tried",
        ["alert", "revoke"],
    )
    assert {one["key"] for one in shown["damage"]} <= {"2026/q3/a.csv"}  # its record may still be on its way
