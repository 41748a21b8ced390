"""A server that was installed as the pages say: its files, and the work by which it shows that no wall of its place stands in its way."""

import contextlib
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from tests.server.answering_stage import Session
from tests.server.embedded_server import CATALOGUE
from tests.server.running import calling
from tests.server.server_world import an_ask
from tests.servers.signing_in import sign_in_by
from tests.servers.waiting import until

from liftgate.demo.sample_account import REPORTS, SampleAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What is written for it before it starts."""

    account: SampleAccount
    port: int

    def write_settings(self, folder: Path, **more: str) -> None:
        """The settings and the catalogue, as an operator writes them into ``/etc/liftgate``."""
        endpoint = self.account.aws.endpoint_url
        given = {
            "catalogue": "/etc/liftgate/catalogue.yaml",
            "host": "127.0.0.1",
            "aws_region": self.account.aws.region,
            **{f"aws_{name}_endpoint": endpoint for name in ("sts", "iam", "s3")},
            **more,
        }
        lines = [f'{name} = "{value}"' for name, value in given.items()]
        folder.joinpath("server.toml").write_text("\n".join([*lines, f"port = {self.port}\n"]))
        folder.joinpath("catalogue.yaml").write_text(CATALOGUE.read_text())
        for name in ("server.toml", "catalogue.yaml"):
            folder.joinpath(name).chmod(0o644)

    def secrets(self) -> str:
        """What is to stand in ``liftgate.env``."""
        keys = self.account.broker
        return f"AWS_ACCESS_KEY_ID={keys.access_key_id}\nAWS_SECRET_ACCESS_KEY={keys.secret_access_key}\n"

    def lends(self, address: str, **more: Any) -> None:
        """Somebody asks, has a session, writes with it and gives it back; then it writes no more."""
        with calling(address, **more) as http:
            until(lambda: _is_ready(http))
            headers = {"Authorization": f"Bearer {self._signed_in(http)}"}

            def call(method: str, path: str, body: Any = None) -> Any:
                return http.request(method, f"/api/v1{path}", headers=headers, json=body).json()

            grant = call("POST", "/requests", an_ask(duration_seconds=60))["grant"]["id"]
            session = Session(self.account, grant, call("POST", f"/grants/{grant}/sessions"))
            put = {"Bucket": REPORTS, "Key": "2026/q3/a.csv", "Body": b"north,1"}
            assert session.s3("put_object", **put) == "done"
            call("POST", f"/grants/{grant}/return")
            until(lambda: session.s3("put_object", **put) == "AccessDenied")

    def _signed_in(self, http: httpx.Client) -> str:
        """By the session that somebody holds, as on any server that others reach."""
        address = str(http.base_url).rstrip("/")
        answer = http.post("/api/v1/sign-ins", json=sign_in_by(self.account.as_baseline("ada"), address))
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return str(answer.json()["token"])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def _is_ready(http: httpx.Client) -> bool:
    with contextlib.suppress(httpx.TransportError):  # it has not begun to listen
        return http.get("/readyz").status_code == httpx.codes.OK
    return False
