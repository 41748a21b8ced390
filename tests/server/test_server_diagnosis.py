"""The server's side of the doctor, on an AWS that enforces: each thing that can be wrong, and that nothing is left behind."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from starlette.testclient import TestClient
from tests.server.embedded_server import ADDRESS, CATALOGUE, as_broker, call_as, settings_on
from tests.server.server_world import World
from tests.servers.embedded_aws import embedded_account
from tests.servers.new_database import new_database

from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import EmbeddedAws, Keys
from liftgate.demo.sample_account import BROKER, REPORTS, SampleAccount
from liftgate.elevation.role_trial import empty_order
from liftgate.identity.sts_http import sts_over_http
from liftgate.server.app import create_app
from liftgate.server.diagnosis import diagnose
from liftgate.server.look import Look
from liftgate.server.parts import Parts, running_parts
from liftgate.server.settings import Settings
from liftgate.watch.sources.errors import QueueMissing

__all__ = ["embedded_account"]

pytestmark = pytest.mark.slow

ROLE = "LiftgateReportsWriter"


def looked_at(aws: EmbeddedAws, folder: Path, **also: object) -> Settings:
    new_database(folder)
    return settings_on(aws, folder, **also)


@pytest.fixture
def parts(embedded_account: SampleAccount, tmp_path: Path) -> Iterator[Parts]:
    settings = looked_at(embedded_account.aws, tmp_path, local_sign_in=True)
    with as_broker(embedded_account.broker), running_parts(settings, audience=ADDRESS) as made:
        yield made


@pytest.fixture
def iam(embedded_account: SampleAccount) -> Any:
    return embedded_account.aws.client("iam", embedded_account.aws.root)


def states(looks: list[Look]) -> list[tuple[str, str]]:
    return [(look.title, look.state) for look in looks]


def last(parts: Parts) -> Look:
    """What is said last before it gives up, or of the role."""
    return next(look for look in diagnose(parts, "grace") if look.state == "fail")


def kinds(parts: Parts) -> list[str]:
    with parts.store.read() as view:
        return [entry.draft.kind.value for entry in view.entries()]


def test_all_is_well_and_only_the_ledger_knows(
    parts: Parts, iam: Any, embedded_account: SampleAccount
) -> None:
    before, logged = _carried(iam), len(kinds(parts))
    looks = list(diagnose(parts, "grace"))
    assert states(looks) == [
        ("sts", "ok"),
        ("aws clock", "ok"),
        ("broker", "ok"),
        ("proofs", "ok"),
        ("local sign-in", "note"),
        ("role", "ok"),
        ("queue", "note"),
        ("trail", "note"),
    ]
    assert looks[2].found == f"arn:aws:iam::{embedded_account.aws.account}:user/{BROKER}"
    assert _carried(iam) == before
    assert kinds(parts)[logged:] == ["catalogue.loaded", "trial.intended", "trial.ended"]
    with parts.store.read() as view:
        tried = [entry.draft for entry in view.entries() if entry.draft.kind.value.startswith("trial.")]
        assert {one.actor for one in tried} == {"grace"}
        assert not view.roles_with_denies()


def _carried(iam: Any) -> Any:
    return [
        (role["RoleName"], iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"])
        for role in iam.list_roles()["Roles"]
    ]


def test_what_is_lent_for_nothing_can_do_nothing(parts: Parts, embedded_account: SampleAccount) -> None:
    entitlement = parts.catalogue.current().catalogue.entitlements["reports-writer"]
    lent = parts.lender.lend(empty_order(entitlement, "grace")).credentials
    keys = Keys(
        access_key_id=lent.access_key_id,
        secret_access_key=lent.secret_access_key,
        session_token=lent.session_token,
    )
    s3 = embedded_account.aws.client("s3", keys)
    for call, asked in (
        (s3.put_object, {"Bucket": REPORTS, "Key": "2026/q3/x.csv", "Body": b"x"}),
        (s3.delete_object, {"Bucket": REPORTS, "Key": "2026/q3/summary.csv"}),
        (s3.list_buckets, {}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(**asked)


def test_sts_that_is_out_of_reach(embedded_account: SampleAccount, tmp_path: Path) -> None:
    settings = looked_at(embedded_account.aws, tmp_path, aws_sts_endpoint="http://127.0.0.1:9")
    with as_broker(embedded_account.broker), running_parts(settings, audience=ADDRESS) as made:
        looks = list(diagnose(made, "grace"))
    assert states(looks) == [("sts", "fail"), ("proofs", "fail"), ("the rest", "unknown")]
    assert looks[-1].found == "aws clock, broker, roles, queue, trail"
    assert looks[-1].advice == "mend `sts` first, then ask again"
    assert "http://127.0.0.1:9" in looks[0].found
    assert "firewall" in (looks[0].advice or "")


@pytest.mark.parametrize(
    ("off", "state", "side"),
    [
        (timedelta(minutes=7), "fail", "ahead of"),
        (timedelta(minutes=-7), "fail", "behind"),
        (timedelta(minutes=1), "note", "ahead of"),
    ],
    ids=str,
)
def test_a_clock_that_is_off(parts: Parts, off: timedelta, state: str, side: str) -> None:
    wrong = replace(parts, clock=lambda: system_clock() + off)
    [_, clock, *rest] = diagnose(wrong, "grace")
    left = [look.found for look in rest if look.title == "the rest"]
    assert (clock.title, clock.state) == ("aws clock", state)
    assert side in clock.found
    assert "timedatectl set-ntp true" in (clock.advice or "")
    assert left == (["broker, roles, queue, trail"] if state == "fail" else [])
    assert ("proofs", "ok") in states(rest)


def test_proofs_that_reach_no_sts_are_told_from_loans_that_do(parts: Parts) -> None:
    with sts_over_http(endpoint="http://127.0.0.1:9") as away:
        found = last(replace(parts, transport=away))
    assert found.title == "proofs"
    assert "sts.us-east-1.amazonaws.com" in found.found
    assert "through no proxy" in (found.advice or "")


def test_keys_that_aws_does_not_know(embedded_account: SampleAccount, tmp_path: Path) -> None:
    unknown = Keys(access_key_id="AKIAIOSFODNN7UNKNOWN", secret_access_key="of-nobody")
    with (
        as_broker(unknown),
        running_parts(looked_at(embedded_account.aws, tmp_path), audience=ADDRESS) as made,
    ):
        found = last(made)
    assert found.title == "broker"
    assert "check its AWS credentials" in (found.advice or "")


def test_without_credentials_it_is_they_that_are_missing_and_not_sts(
    embedded_account: SampleAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with running_parts(looked_at(embedded_account.aws, tmp_path), audience=ADDRESS) as made:
        looks = list(diagnose(made, "grace"))
    assert states(looks)[:3] == [("sts", "ok"), ("aws clock", "ok"), ("broker", "fail")]
    assert "NoCredentialsError" in looks[2].found
    assert "check its AWS credentials" in (looks[2].advice or "")


@contextmanager
def trust(iam: Any, principal: str) -> Iterator[None]:
    """While the role is for somebody else."""
    before = iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}],
    }
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(policy))
    try:
        yield
    finally:
        iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(before))


def test_a_role_whose_trust_does_not_name_the_broker(parts: Parts, iam: Any) -> None:
    with trust(iam, "arn:aws:iam::111122223333:user/ada"):
        found = last(parts)
    assert found.title == "role"
    assert found.found.startswith("reports-writer: ")
    assert "trust policy" in (found.advice or "")
    assert kinds(parts)[-2:] == ["trial.intended", "trial.ended"]


def test_a_broker_that_may_not_read_denies(parts: Parts, iam: Any) -> None:
    names = iam.list_user_policies(UserName=BROKER)["PolicyNames"]
    kept = {name: iam.get_user_policy(UserName=BROKER, PolicyName=name)["PolicyDocument"] for name in names}
    for name, document in kept.items():
        less = json.loads(json.dumps(document).replace("iam:GetRolePolicy", "iam:ListUsers"))
        iam.put_user_policy(UserName=BROKER, PolicyName=name, PolicyDocument=json.dumps(less))
    try:
        found = last(parts)
    finally:
        for name, document in kept.items():
            iam.put_user_policy(UserName=BROKER, PolicyName=name, PolicyDocument=json.dumps(document))
    assert found.title == "role"
    assert "GetRolePolicy" in found.found + (found.advice or "")


def test_a_role_that_is_not_there(embedded_account: SampleAccount, tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.yaml"
    catalogue.write_text(CATALOGUE.read_text().replace(ROLE, "NoSuchRole"))
    settings = looked_at(embedded_account.aws, tmp_path, catalogue=[catalogue])
    with as_broker(embedded_account.broker), running_parts(settings, audience=ADDRESS) as made:
        found = last(made)
    assert found.title == "role"
    assert "NoSuchRole" in found.found


def test_a_queue_that_the_broker_may_not_read(embedded_account: SampleAccount, tmp_path: Path) -> None:
    settings = looked_at(
        embedded_account.aws,
        tmp_path,
        aws_sqs_endpoint=embedded_account.aws.endpoint_url,
        watch_queue_url=f"{embedded_account.aws.endpoint_url}/111122223333/none",
    )
    with as_broker(embedded_account.broker), running_parts(settings, audience=ADDRESS) as made:
        found = last(made)
    assert (found.title, found.state) == ("queue", "fail")
    assert "sqs:GetQueueAttributes" in found.found
    assert "in the queue's own policy" in (found.advice or "")


def test_only_a_guard_has_roles_lent(parts: Parts) -> None:
    with TestClient(create_app(parts), base_url=ADDRESS) as http:
        assert call_as(http, "ada", "POST", "/diagnoses")["code"] == "may_not_diagnose"
        looks = call_as(http, "grace", "POST", "/diagnoses")["looks"]
    titles = ["sts", "aws clock", "broker", "proofs", "local sign-in", "role", "queue", "trail"]
    assert [one["title"] for one in looks] == titles


def test_a_queue_that_holds_much_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> int:
        raise QueueMissing("there is no such queue", advice="compare the addresses")

    assert world.get("rosa", "/watch/state").json()["waiting"] == 0
    monkeypatch.setattr(world.queue, "length", missing)
    assert world.get("rosa", "/watch/state").json()["waiting"] is None
