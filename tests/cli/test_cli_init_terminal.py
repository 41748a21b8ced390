"""`liftgate init` as a conversation, at a real terminal and on an AWS that enforces."""

import io
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from tests.cli.conftest import Said
from tests.cli.pseudo_terminal import Conversation, conversation
from tests.servers.embedded_aws import embedded_account

from liftgate.catalogue.parse import load_catalogue
from liftgate.demo.embedded_aws import EmbeddedAws, Keys
from liftgate.demo.sample_account import REPORTS, SampleAccount
from liftgate.server.settings import load_settings
from liftgate.setup.account import read_account

__all__ = ["embedded_account"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded_aws_init")]

Run = Callable[..., Said]

KEY = "arn:aws:kms:us-east-1:111122223333:key/0d1f8a5e-9c3b-4b55-8a55-2f4d7c1e9a10"
LIFTGATE = str(Path(sys.executable).with_name("liftgate"))


def credentials(aws: EmbeddedAws, keys: Keys) -> Mapping[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_SESSION_TOKEN": keys.session_token or "",
        "AWS_DEFAULT_REGION": aws.region,
        "AWS_ENDPOINT_URL": aws.endpoint_url,
    }


@contextmanager
def init(folder: Path, environ: Mapping[str, str], *words: str) -> Iterator[Conversation]:
    program = [LIFTGATE, "init", "--out", str(folder), *words]
    with conversation(program, {**os.environ, "NO_COLOR": "1", **environ}) as at_terminal:
        yield at_terminal


@contextmanager
def encrypted(aws: EmbeddedAws, bucket: str, key: str) -> Iterator[None]:
    s3 = aws.client("s3", aws.root)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    try:
        yield
    finally:
        s3.delete_bucket_encryption(Bucket=bucket)


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def test_what_the_account_holds_is_offered_and_enter_takes_it(
    home: Path, embedded_account: SampleAccount
) -> None:
    aws = embedded_account.aws
    with encrypted(aws, REPORTS, KEY), init(home / "lg", credentials(aws, aws.root)) as person:
        person.answer("proof [aws]", "")
        person.answer("region [us-east-1]", "")
        person.answer("account [111122223333]", "")
        person.answer("baseline [LakesideReadOnly]", "")
        person.answer("holder: ", "Ada!")
        person.answer("holder: ", "ada, linus")
        number = re.search("([0-9]+)  lakeside-reports\n", person.shown_at("location: "))
        assert number is not None
        person.answer("location: ", number[1])
        person.answer("  prefix in lakeside-reports, such as 2026/ [all of it]", "2026")
        person.answer(f"kms-key [{REPORTS}={KEY}]", "")
        person.answer("action [write]", "write,delete")
        person.answer("reviewer [ada, linus]", "")
        person.answer("longest [1h]", "20")
        person.answer("longest [1h]", "20m")
        assert person.end() == 0
    assert "`ada!` is not a person's id" in person.shown
    assert "`20` is not a span of time" in person.shown
    assert "proves nobody" not in on_one_line(person.shown)  # the role fixes the names of its sessions
    assert f" liftgate deploy cloudformation {home}/lg/catalogue.yaml --region us-east-1" in person.shown
    catalogue = load_catalogue([home / "lg" / "catalogue.yaml"])
    assert catalogue.identities == {
        "aws:arn:aws:sts::111122223333:assumed-role/LakesideReadOnly/ada": "ada",
        "aws:arn:aws:sts::111122223333:assumed-role/LakesideReadOnly/linus": "linus",
    }
    (one,) = catalogue.entitlements.values()
    assert [place.object_arn for place in one.ceiling.locations] == ["arn:aws:s3:::lakeside-reports/2026/*"]
    assert one.ceiling.kms_keys == {KEY}
    assert one.longest.total_seconds() == 1200
    assert load_settings(home / "lg" / "server.toml").aws_region == "us-east-1"


def test_what_aws_refuses_is_said_once_and_asked_instead(home: Path, embedded_account: SampleAccount) -> None:
    ada = embedded_account.as_baseline("ada")
    with init(home / "lg", credentials(embedded_account.aws, ada)) as person:
        person.answer("proof [aws]", "")
        person.answer("region [us-east-1]", "")
        person.answer("account [111122223333]", "")
        person.answer("baseline: ", "LakesideReadOnly")
        person.answer("holder [ada]", "")
        person.answer("location: ", "s3://lakeside-reports/2026/")
        person.answer("action [write]", "")
        person.answer("reviewer: ", "ada")
        person.answer("reviewer: ", "grace")
        person.answer("longest [1h]", "")
        assert person.end() == 0
    unsaid = "AWS did not say which roles there are (AccessDenied): you are asked instead."
    assert on_one_line(person.shown).count(unsaid) == 1
    assert "nobody reviews a request of their own" in on_one_line(person.shown)
    assert len(load_catalogue([home / "lg" / "catalogue.yaml"]).identities) == 2


def test_what_would_keep_people_out_is_told_at_once(
    liftgate: Run, home: Path, embedded_account: SampleAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = embedded_account.aws
    for name, value in credentials(aws, aws.root).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("liftgate.cli.questioning.can_ask", lambda: True)
    people = ("--holder", "ada", "--reviewer", "grace", "--longest", "1h", "--action", "write")
    where = ("--proof", "aws", "--region", "us-east-1", "--location", f"s3://{REPORTS}/")
    told = []
    with encrypted(aws, REPORTS, "alias/reports"):
        for number, role in enumerate(("LakesideReadOnly", "LiftgateReportsWriter", "Nobody")):
            monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{role}\n"))
            said = liftgate("init", "--out", str(home / str(number)), *where, *people)
            assert said.code == 0
            told.append(on_one_line(said.err.partition("baseline [LakesideReadOnly]: ")[2]))
    fixed, chosen, missing = told
    assert "liftgate: the key of `lakeside-reports` cannot be named in a policy: `alias/reports` is" in fixed
    assert "proves nobody" not in fixed
    assert "a session's name proves nobody where others may bear it: of `LiftgateReportsWriter`" in chosen
    assert "liftgate: AWS names no role `Nobody` that people could take up" in missing


def test_a_second_run_offers_what_was_answered_and_writes_nothing(liftgate: Run, home: Path) -> None:
    answers = ("--proof", "oidc", "--issuer", "https://idp.example.com", "--client-id", "lg")
    place = ("--region", "eu-west-1", "--account", "111122223333", "--location", "s3://reports/a,b/")
    people = ("--action", "tag", "--holder", "ada=00u1", "--reviewer", "linus=00u2")
    assert liftgate("init", "--out", str(home / "lg"), *answers, *place, *people).code == 0
    before = (home / "lg" / "catalogue.yaml").read_text()
    with init(home / "lg", {}) as person:
        person.answer("proof [oidc]", "")
        person.answer("region [eu-west-1]", "")
        person.answer("account [111122223333]", "")
        person.answer("issuer [https://idp.example.com]", "")
        person.answer("client-id [lg]", "")
        person.answer("holder [ada=00u1]", "")
        person.answer("location [s3://reports/a,b/]", "")
        person.answer("action [tag]", "")
        person.answer("reviewer [linus=00u2]", "")
        person.answer("longest [1h]", "2h")
        assert person.end() == 7
    unsaid = "There are no AWS credentials to prove who is asking: you are asked instead."
    assert on_one_line(person.shown).count(unsaid) == 1
    assert "-    longest: 1h\n+    longest: 2h\n" in person.shown
    assert "nothing was written" in on_one_line(person.shown)
    assert (home / "lg" / "catalogue.yaml").read_text() == before


def test_ctrl_c_leaves_nothing(home: Path) -> None:
    with init(home / "lg", {}) as person:
        person.answer("proof [aws]", "local")
        person.answer("region: ", "\x03")
        assert person.end() == 130
    assert not (home / "lg").exists()


def test_an_aws_that_cannot_be_reached_is_asked_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    asked: list[str] = []

    def client(service: str) -> Any:
        asked.append(service)
        return botocore.session.Session().create_client(
            service,
            region_name="us-east-1",
            endpoint_url=address,
            aws_access_key_id="AKIAEXAMPLE",
            aws_secret_access_key="example",
            config=Config(retries={"total_max_attempts": 1}),
        )

    account = read_account(client, "us-east-1")
    assert account.unsaid == ("AWS does not answer (EndpointConnectionError)",)
    assert asked == ["sts"]
