"""The broker's clients: where they call, and how long they wait."""

import os
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from liftgate.elevation.aws_clients import AwsEndpoints, iam_client, looking_client, sts_client
from liftgate.elevation.model import Credentials


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


@pytest.mark.parametrize("url", [None, ""])
def test_sts_is_called_in_the_region_and_iam_where_it_is(url: str | None) -> None:
    at = AwsEndpoints(region="eu-west-1", sts_url=url, iam_url=url)
    assert sts_client(at).meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"
    assert iam_client(at).meta.endpoint_url == "https://iam.amazonaws.com"


def test_the_embedded_aws_is_called_where_it_is() -> None:
    at = AwsEndpoints(region="us-east-1", sts_url="http://127.0.0.1:1", iam_url="http://127.0.0.1:2")
    assert sts_client(at).meta.endpoint_url == "http://127.0.0.1:1"
    assert iam_client(at).meta.endpoint_url == "http://127.0.0.1:2"


@pytest.mark.parametrize(
    ("at", "sts", "iam"),
    [
        (
            AwsEndpoints(region="cn-north-1"),
            "sts.cn-north-1.amazonaws.com.cn",
            "iam.cn-north-1.amazonaws.com.cn",
        ),
        (AwsEndpoints(region="us-gov-west-1"), "sts.us-gov-west-1.amazonaws.com", "iam.us-gov.amazonaws.com"),
        (
            AwsEndpoints(region="us-east-2", fips=True),
            "sts-fips.us-east-2.amazonaws.com",
            "iam-fips.amazonaws.com",
        ),
        (AwsEndpoints(region="eu-west-1", dual_stack=True), "sts.eu-west-1.api.aws", "iam.global.api.aws"),
    ],
    ids=str,
)
def test_each_partition_and_variant_has_its_own_endpoints(at: AwsEndpoints, sts: str, iam: str) -> None:
    assert sts_client(at).meta.endpoint_url == f"https://{sts}"
    assert iam_client(at).meta.endpoint_url == f"https://{iam}"


def test_a_variant_changes_nothing_where_the_address_is_given() -> None:
    at = AwsEndpoints(region="us-east-1", sts_url="http://127.0.0.1:1", fips=True, dual_stack=True)
    assert sts_client(at).meta.endpoint_url == "http://127.0.0.1:1"


class _NotSentError(Exception):
    """Carries the address to which a request would go."""


@pytest.mark.parametrize(
    ("at", "address"),
    [
        (AwsEndpoints(region="eu-west-1"), "https://111122223333.s3-control.eu-west-1.amazonaws.com"),
        (AwsEndpoints(region="eu-west-1", s3_url="http://127.0.0.1:1"), "http://127.0.0.1:1"),
        (
            AwsEndpoints(region="eu-west-1", s3_url="http://aws.example:1"),
            "http://111122223333.aws.example:1",
        ),
    ],
    ids=str,
)
def test_s3s_control_calls_name_the_account_but_before_an_ip_address(at: AwsEndpoints, address: str) -> None:
    now = datetime(2026, 11, 29, tzinfo=UTC)
    keys = Credentials(access_key_id="A", secret_access_key="s", session_token="t", expires_at=now)
    client = looking_client(at, "s3control", keys)

    def note(request: Any, **_: object) -> None:
        raise _NotSentError(request.url)

    client.meta.events.register("before-send.s3-control", note)
    with pytest.raises(_NotSentError, match=f"^{re.escape(address)}/v20180820/"):
        client.list_access_points(AccountId="111122223333")


@pytest.mark.parametrize("client", [sts_client, iam_client])
def test_no_call_outlasts_the_lease_of_a_role(client: Any) -> None:
    config = client(AwsEndpoints(region="eu-west-1")).meta.config
    attempts = config.retries["total_max_attempts"]
    assert (
        config.connect_timeout + config.read_timeout
    ) * attempts * 2 < 120  # a write, and the read after it
    assert config.max_pool_connections >= 16
    assert "liftgate" in config.user_agent_extra
