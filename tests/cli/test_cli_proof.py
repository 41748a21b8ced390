"""The proof that is sent: bound to the server that the user configured, and without the secret."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.credentials import ReadOnlyCredentials
from tests.cli.conftest import Said
from tests.cli.fake_liftgate import FakeLiftgate, problem

from liftgate.cli.exit_code import ExitCode
from liftgate.identity.aws_proof import proof_fields, sign_proof

Run = Callable[..., Said]
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CREDENTIALS = ReadOnlyCredentials("ASIAIOSFODNN7EXAMPLE", SECRET, "session-token")


@pytest.fixture(autouse=True)
def baseline(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home / "aws-config"
    path.write_text(
        "[profile baseline]\nregion = eu-central-1\n"
        f"aws_access_key_id = {CREDENTIALS.access_key}\naws_secret_access_key = {SECRET}\n"
        f"aws_session_token = {CREDENTIALS.token}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("LIFTGATE_PROFILE", "baseline")


@pytest.fixture
def by_aws(fake: FakeLiftgate, monkeypatch: pytest.MonkeyPatch) -> FakeLiftgate:
    monkeypatch.delenv("LIFTGATE_SIGN_IN")
    return fake


def test_the_proof_is_for_the_configured_origin_and_no_other(liftgate: Run, by_aws: FakeLiftgate) -> None:
    assert liftgate("whoami").code == 0
    [call] = by_aws.calls("POST", "/api/v1/sign-ins")
    sent = dict(call.body or {})
    signed_at = datetime.strptime(sent["amz_date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    def proof_for(origin: str) -> dict[str, object]:
        return {"method": "aws", **proof_fields(sign_proof(CREDENTIALS, "eu-central-1", origin, signed_at))}

    assert sent == proof_for(by_aws.address)
    assert sent["signature"] != proof_for("https://other.example")["signature"]


def test_a_path_in_the_address_is_no_part_of_the_origin(liftgate: Run, by_aws: FakeLiftgate) -> None:
    by_aws.answers["POST /gate/api/v1/sign-ins"] = problem(401, "x", "x")
    liftgate("whoami", "--server", f"{by_aws.address}/gate/")
    [call] = by_aws.calls("POST", "/gate/api/v1/sign-ins")
    sent = call.body or {}
    signed_at = datetime.strptime(sent["amz_date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    expected = sign_proof(CREDENTIALS, "eu-central-1", by_aws.address, signed_at)
    assert sent["signature"] == expected.signature


def test_the_secret_is_never_sent_kept_or_shown(liftgate: Run, by_aws: FakeLiftgate, home: Path) -> None:
    by_aws.add_grant()
    for words in (
        ("whoami",),
        ("credentials",),
        ("doctor",),
        ("profile", "install"),
        ("doctor", "--output", "json"),
    ):
        said = liftgate(*words)
        assert SECRET not in said.out + said.err
    assert SECRET not in json.dumps([[call.path, call.headers, call.body] for call in by_aws.seen])
    kept = [path.read_text(encoding="utf-8") for path in (home / ".cache/liftgate").iterdir()]
    assert kept
    assert SECRET not in "".join(kept)


def test_a_lent_secret_is_shown_by_credentials_alone(liftgate: Run, by_aws: FakeLiftgate) -> None:
    grant = by_aws.add_grant()
    assert "secret/of+a=session" in liftgate("credentials").out
    for words in (("status",), ("grants",), ("show", grant["id"]), ("doctor",), ("return", grant["id"])):
        said = liftgate(*words)
        assert said.code == 0
        assert "secret/of+a=session" not in said.out + said.err


def test_two_sign_ins_in_one_second_use_two_proofs(liftgate: Run, by_aws: FakeLiftgate) -> None:
    used: set[str] = set()

    def refuse_used() -> None:
        signature = (by_aws.seen[-1].body or {})["signature"]
        by_aws.answers.pop("POST /api/v1/sign-ins", None)
        if signature in used:
            by_aws.answers["POST /api/v1/sign-ins"] = problem(401, "proof_used", "this proof was used before")
        used.add(signature)

    by_aws.before["POST /api/v1/sign-ins"] = refuse_used
    for _ in range(5):
        assert liftgate("sign-in").code == 0
    assert len(used) == 5


def test_a_region_that_nobody_knows_is_refused_before_anything_is_sent(
    liftgate: Run, by_aws: FakeLiftgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-centrl-1")
    said = liftgate("whoami")
    assert said.code == ExitCode.USAGE
    assert "did you mean `eu-central-1`?" in said.err
    assert by_aws.seen == []
