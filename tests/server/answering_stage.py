"""A server that answers findings, on an AWS that enforces and records."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

from botocore.exceptions import ClientError
from starlette.testclient import TestClient
from tests.server.embedded_server import ADDRESS, as_broker, call_as, settings_on
from tests.server.server_world import an_ask

from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import SampleAccount
from liftgate.server.app import create_app
from liftgate.server.consumers import start_watch
from liftgate.server.parts import running_parts


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
        return call_as(self.http, person, method, path, body)

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


@contextmanager
def answering(account: SampleAccount, folder: Path) -> Iterator[Stage]:
    """What is found is acted on."""
    settings = settings_on(
        account.aws,
        folder,
        aws_sqs_endpoint=account.aws.endpoint_url,
        watch_queue_url=account.aws.cloudtrail_queue_url,
        local_sign_in=True,
        response="act",
    )
    log = AnsweredLog()
    with as_broker(account.broker), running_parts(settings, audience=ADDRESS) as made:
        parts = replace(made, log=log)
        stop = start_watch(parts, at_least=1)
        try:
            with TestClient(create_app(parts), base_url=ADDRESS) as http:
                yield Stage(log, http, account)
        finally:
            stop()
