"""What servers on an embedded AWS have in common: their settings, the broker's keys, and people who call."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from liftgate.demo.embedded_aws import EmbeddedAws, Keys
from liftgate.server.settings import Settings, load_settings

ADDRESS = "http://127.0.0.1:8484"
CATALOGUE = Path(__file__).resolve().parents[2] / "src" / "liftgate" / "demo" / "catalogue.yaml"


def settings_on(aws: EmbeddedAws, folder: Path, **also: object) -> Settings:
    """A server with the demo's catalogue, and its database in a folder."""
    return load_settings(
        given={
            "catalogue": [CATALOGUE],
            "database_url": f"sqlite:///{folder / 'liftgate.db'}",
            "aws_region": aws.region,
            "aws_sts_endpoint": aws.endpoint_url,
            "aws_iam_endpoint": aws.endpoint_url,
            **also,
        }
    )


@contextmanager
def as_broker(keys: Keys) -> Iterator[None]:
    """With the broker's keys in the environment, and no others."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", keys.access_key_id)
        environment.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_access_key)
        environment.delenv("AWS_SESSION_TOKEN", raising=False)
        yield


def call_as(http: TestClient, person: str, method: str, path: str, body: Any = None) -> Any:
    """What the API answers somebody who has just signed in on this machine."""
    signed_in = http.post("/api/v1/sign-ins", json={"method": "local", "person": person}).json()
    headers = {"Authorization": f"Bearer {signed_in['token']}"}
    return http.request(method, f"/api/v1{path}", headers=headers, json=body).json()
