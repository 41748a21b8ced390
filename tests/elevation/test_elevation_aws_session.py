"""A session for AWS: its settings are its own, and what botocore knows of AWS is read once."""

from unittest.mock import patch

import botocore.loaders
import pytest

from liftgate.elevation.aws_clients import aws_session


def test_settings_are_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert aws_session().region_name == "eu-central-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")
    assert aws_session().region_name == "sa-east-1"


def test_descriptions_of_aws_are_read_once() -> None:
    aws_session().client("sts", region_name="us-east-1")
    with patch.object(botocore.loaders.JSONFileLoader, "load_file", side_effect=AssertionError("read again")):
        aws_session().client("sts", region_name="us-east-1")


def test_many_sessions_search_no_more_folders_than_one() -> None:
    one = aws_session()._loader.search_paths.copy()
    assert aws_session()._loader.search_paths == one
    assert len(one) == len(set(one))


def test_descriptions_of_one_s_own_are_found(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(tmp_path_factory.mktemp("models"))
    monkeypatch.setenv("AWS_DATA_PATH", folder)
    assert folder in aws_session()._loader.search_paths
    monkeypatch.delenv("AWS_DATA_PATH")
    assert folder not in aws_session()._loader.search_paths
