"""``liftgate serve`` as a process with Slack in its settings: a request comes to Slack, and is approved there."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.embedded_server import CATALOGUE
from tests.server.fake_slack import APP_TOKEN, BOT_TOKEN, FakeSlack, fake_slack
from tests.server.server_world import an_ask
from tests.server.test_server_command import address_of, serving
from tests.server.test_server_slack import GRACE, TEAM, clicked, submitted
from tests.server.test_server_slack_socket import PATIENCE, envelope, sent
from tests.servers.embedded_aws import embedded_account

from liftgate.demo.sample_account import SampleAccount

__all__ = ["embedded_account"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("slack-process")]


def environment(account: SampleAccount, slack: FakeSlack) -> dict[str, str]:
    """The settings, as variables alone."""
    return {
        "AWS_ACCESS_KEY_ID": account.broker.access_key_id,
        "AWS_SECRET_ACCESS_KEY": account.broker.secret_access_key,
        "LIFTGATE_AWS_REGION": account.aws.region,
        "LIFTGATE_AWS_STS_ENDPOINT": account.aws.endpoint_url,
        "LIFTGATE_AWS_IAM_ENDPOINT": account.aws.endpoint_url,
        "LIFTGATE_LOCAL_SIGN_IN": "true",
        "LIFTGATE_SLACK": json.dumps(
            {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "channel": "C0REQUESTS", "api_url": slack.url}
        ),
    }


def call(http: httpx.Client, person: str, method: str, path: str, body: Any = None) -> Any:
    token = http.post("/api/v1/sign-ins", json={"method": "local", "person": person}).json()["token"]
    answer = http.request(method, f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def test_a_request_comes_to_slack_and_is_approved_there_for_less(
    tmp_path: Path, embedded_account: SampleAccount
) -> None:
    with fake_slack() as slack:
        variables = environment(embedded_account, slack)
        arn = "arn:aws:iam::111122223333:user/grace\n"
        linked = CATALOGUE.read_text().replace(arn, f"{arn}      - slack:{TEAM}/{GRACE}\n")
        with (
            serving(tmp_path, "--port", "0", catalogue=linked, **variables) as process,
            httpx.Client(base_url=address_of(process), trust_env=False) as http,
        ):
            socket = slack.sockets.get(timeout=PATIENCE)
            asked = call(http, "ada", "POST", "/requests", an_ask(duration_seconds=1200))
            shown = slack.posted.get(timeout=PATIENCE)
            assert asked["id"] in json.dumps(shown["blocks"])
            press = {**clicked(GRACE, asked["id"], "liftgate_approve"), "trigger_id": "1.2.x"}
            sent(socket, envelope(1, "interactive", press))
            [opened] = slack.of("views.open")
            form = submitted(GRACE, opened["view"], {"reason": "as agreed", "shorter": "15m"})
            assert "payload" not in sent(socket, envelope(2, "interactive", form))
            request = call(http, "ada", "GET", f"/requests/{asked['id']}")
            assert (request["state"], request["reviews"][0]["reviewer"]["id"]) == ("approved", "grace")
            lent = call(http, "ada", "POST", f"/grants/{request['grant']['id']}/sessions")
            assert lent["access_key_id"]
            assert "approved by Grace" in json.dumps(slack.updated.get(timeout=PATIENCE)["blocks"])
        assert "hunter2" not in (tmp_path / "log").read_text()
