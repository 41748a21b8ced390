"""The stand-in is read by the SDK's own parser: what boto3 cannot read would not be a true answer."""

from datetime import UTC, datetime
from typing import Any

import botocore.session
from bench.stub_aws import answer
from botocore.parsers import create_parser

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
ORDER = {
    "Action": ["AssumeRole"],
    "RoleArn": ["arn:aws:iam::111122223333:role/Writer"],
    "RoleSessionName": ["gr-0123456789abcdef-1"],
    "DurationSeconds": ["900"],
}


def read(status: int, text: str, *, service: str = "sts", operation: str = "AssumeRole") -> Any:
    model = botocore.session.get_session().get_service_model(service)
    shape = model.operation_model(operation).output_shape
    assert shape is not None
    return create_parser("query").parse({"status_code": status, "headers": {}, "body": text.encode()}, shape)


def test_assume_role_answers_with_credentials_for_the_time_asked() -> None:
    result = read(*answer(ORDER | {"SourceIdentity": ["ada"]}, now=NOW))

    assert result["Credentials"]["Expiration"] == datetime(2026, 11, 24, 12, 15, 0, tzinfo=UTC)
    assert result["SourceIdentity"] == "ada"
    assert result["AssumedRoleUser"]["Arn"].endswith("assumed-role/Writer/gr-0123456789abcdef-1")


def test_each_session_has_keys_of_its_own_and_no_source_identity_unless_set() -> None:
    results = [read(*answer(ORDER, now=NOW)) for _ in range(2)]

    assert len({result["Credentials"]["AccessKeyId"] for result in results}) == 2
    assert "SourceIdentity" not in results[0]


def test_the_broker_is_of_the_account_in_which_the_role_is() -> None:
    result = read(*answer({"Action": ["GetCallerIdentity"]}, now=NOW), operation="GetCallerIdentity")

    assert result["Account"] == "111122223333"


def test_the_role_has_no_denies_yet() -> None:
    result = read(*answer({"Action": ["GetRolePolicy"]}, now=NOW), service="iam", operation="GetRolePolicy")

    assert result["Error"]["Code"] == "NoSuchEntity"


def test_other_actions_are_refused() -> None:
    result = read(*answer({"Action": ["DeleteRole"]}, now=NOW))

    assert result["Error"]["Code"] == "InvalidAction"
