"""The API on an AWS that enforces: a proof by signature, a session that writes where it may, a revocation that bites."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError
from starlette.testclient import TestClient
from tests.server.embedded_server import ADDRESS, as_broker, settings_on
from tests.server.server_world import an_ask
from tests.servers.embedded_aws import embedded_account

from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import BASELINE_ROLE, BROKER, REPORTS, SampleAccount, keys_from
from liftgate.identity.aws_proof import proof_fields, sign_proof
from liftgate.identity.link_model import audience_of_link
from liftgate.server.app import create_app
from liftgate.server.parts import running_parts

__all__ = ["embedded_account"]

pytestmark = pytest.mark.slow


@pytest.fixture
def http(embedded_account: SampleAccount, tmp_path: Path) -> Iterator[TestClient]:
    settings = settings_on(embedded_account.aws, tmp_path, linked_identities=["aws"])
    with (
        as_broker(embedded_account.broker),
        running_parts(settings, audience=ADDRESS) as parts,
        TestClient(create_app(parts)) as client,
    ):
        yield client


def test_a_proof_a_session_and_a_revocation(http: TestClient, embedded_account: SampleAccount) -> None:
    ada, grace = (_sign_in(http, embedded_account, name) for name in ("ada", "grace"))
    asked = _post(http, ada, "/requests", an_ask())
    grant_id = asked["grant"]["id"]
    lent = _post(http, ada, f"/grants/{grant_id}/sessions")
    assert lent["expires_at"] <= asked["grant"]["ends_at"]
    other = _post(http, ada, f"/grants/{_post(http, ada, '/requests', an_ask())['grant']['id']}/sessions")

    assert _put(embedded_account, lent, "2026/q3/new.csv") == "written"
    assert _put(embedded_account, lent, "2026/q4/new.csv") == "AccessDenied"

    revoked = _post(http, grace, f"/grants/{grant_id}/revocation", {"reason": "the wrong quarter"})
    assert revoked["ending"]["deny"] == "in_place"
    assert _put(embedded_account, lent, "2026/q3/new.csv") == "AccessDenied"
    assert _put(embedded_account, other, "2026/q3/new.csv") == "written"


def test_a_proof_for_another_server_is_worth_nothing(
    http: TestClient, embedded_account: SampleAccount
) -> None:
    body = _proof(embedded_account, "ada", "http://127.0.0.1:9999")
    answer = http.post("/api/v1/sign-ins", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "proof_refused")
    body = _proof(embedded_account, "ada", ADDRESS)
    altered = {**body, "signature": str(body["signature"])[::-1]}
    assert http.post("/api/v1/sign-ins", json=altered).json()["code"] == "proof_refused"
    assert http.post("/api/v1/sign-ins", json=body).status_code == 201
    assert http.post("/api/v1/sign-ins", json=body).json()["code"] == "proof_used"


def test_an_identity_is_linked_by_a_signature_for_this_code_alone(
    http: TestClient, embedded_account: SampleAccount
) -> None:
    ada = _sign_in(http, embedded_account, "ada")
    iam = embedded_account.aws.client("iam", embedded_account.aws.root)
    iam.create_user(UserName="ada-laptop")
    made = iam.create_access_key(UserName="ada-laptop")["AccessKey"]
    user = Keys(access_key_id=made["AccessKeyId"], secret_access_key=made["SecretAccessKey"])
    code, sign_in = _code(http, ada), _proof_of(user, embedded_account, ADDRESS)
    for proof in (sign_in, _proof_of(user, embedded_account, audience_of_link(ADDRESS, "another"))):
        assert _link(http, code, proof) == (401, "proof_refused")
    assert http.post("/api/v1/sign-ins", json=sign_in).json()["code"] == "identity_unknown"
    bound = _proof_of(user, embedded_account, audience_of_link(ADDRESS, code))
    assert http.post("/api/v1/sign-ins", json=bound).json()["code"] == "proof_refused"
    assert _link(http, code, bound)[0] == 201
    later = sign_proof(
        _held(user), embedded_account.aws.region, ADDRESS, system_clock() - timedelta(seconds=9)
    )
    signed_in = http.post("/api/v1/sign-ins", json={"method": "aws", **proof_fields(later)}).json()
    assert signed_in["person"]["id"] == "ada"
    assert signed_in["identity"].endswith(":user/ada-laptop")


def test_what_was_lent_is_linked_to_nobody(http: TestClient, embedded_account: SampleAccount) -> None:
    ada, grace = (_sign_in(http, embedded_account, name) for name in ("ada", "grace"))
    grant_id = _post(http, ada, "/requests", an_ask())["grant"]["id"]
    lent = _post(http, ada, f"/grants/{grant_id}/sessions")
    names = ("access_key_id", "secret_access_key", "session_token")
    keys = Keys(**{name: lent[name] for name in names})
    code = _code(http, grace)
    proof = _proof_of(keys, embedded_account, audience_of_link(ADDRESS, code))
    assert _link(http, code, proof) == (403, "not_linkable")


@contextmanager
def _trusted_by_all(account: SampleAccount) -> Iterator[None]:
    """The baseline role's trust policy as AWS's console proposes it: whoever assumes the role names the session."""
    iam = account.aws.client("iam", account.aws.root)
    before = iam.get_role(RoleName=BASELINE_ROLE)["Role"]["AssumeRolePolicyDocument"]
    anybody = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account.aws.account}:root"},
        "Action": "sts:AssumeRole",
    }
    loose = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    iam.update_assume_role_policy(RoleName=BASELINE_ROLE, PolicyDocument=loose)
    try:
        yield
    finally:
        iam.update_assume_role_policy(RoleName=BASELINE_ROLE, PolicyDocument=json.dumps(before))


def test_nobody_signs_in_under_a_name_of_their_choice(
    http: TestClient, embedded_account: SampleAccount
) -> None:
    ada = embedded_account.aws.client("sts", embedded_account.people["ada"])
    order = {"RoleArn": embedded_account.baseline_role_arn, "RoleSessionName": "grace"}
    with pytest.raises(ClientError):  # the sample account's trust policy gives each their own name
        ada.assume_role(**order)
    with _trusted_by_all(embedded_account):
        as_grace = keys_from(ada.assume_role(**order)["Credentials"])
        answer = http.post("/api/v1/sign-ins", json=_proof_of(as_grace, embedded_account, ADDRESS))
        assert (answer.status_code, answer.json()["code"]) == (401, "session_name_unproved")


def test_a_role_that_the_broker_may_not_read_proves_nobody(
    http: TestClient, embedded_account: SampleAccount
) -> None:
    iam = embedded_account.aws.client("iam", embedded_account.aws.root)
    own = {"UserName": BROKER, "PolicyName": "LendAndTakeBack"}
    before = iam.get_user_policy(**own)["PolicyDocument"]
    statements = [one for one in before["Statement"] if one["Action"] != "iam:GetRole"]
    assert len(statements) < len(before["Statement"])
    iam.put_user_policy(**own, PolicyDocument=json.dumps({**before, "Statement": statements}))
    try:
        answer = http.post("/api/v1/sign-ins", json=_proof(embedded_account, "ada", ADDRESS)).json()
    finally:
        iam.put_user_policy(**own, PolicyDocument=json.dumps(before))
    assert answer["code"] == "role_trust_unreadable"
    assert "AccessDenied" in answer["detail"]


def _sign_in(http: TestClient, account: SampleAccount, person: str) -> str:
    answer = http.post("/api/v1/sign-ins", json=_proof(account, person, ADDRESS))
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


def _proof(account: SampleAccount, person: str, audience: str) -> dict[str, object]:
    return _proof_of(account.as_baseline(person), account, audience)


def _proof_of(keys: Keys, account: SampleAccount, audience: str) -> dict[str, object]:
    signed = sign_proof(_held(keys), account.aws.region, audience, system_clock())
    return {"method": "aws", **proof_fields(signed)}


def _held(keys: Keys) -> ReadOnlyCredentials:
    return ReadOnlyCredentials(keys.access_key_id, keys.secret_access_key, keys.session_token)


def _code(http: TestClient, token: str) -> str:
    return str(_post(http, token, "/me/identities/codes", {"kind": "aws"})["code"])


def _link(http: TestClient, code: str, proof: dict[str, object]) -> tuple[int, str | None]:
    answer = http.post("/api/v1/identities", json={"code": code, "proof": proof})
    return answer.status_code, answer.json().get("code")


def _post(http: TestClient, token: str, path: str, body: Any = None) -> dict[str, Any]:
    sent = {} if body is None else {"json": body}
    answer = http.post(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}, **sent)
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def _put(account: SampleAccount, lent: dict[str, Any], key: str) -> str:
    keys = Keys(
        access_key_id=lent["access_key_id"],
        secret_access_key=lent["secret_access_key"],
        session_token=lent["session_token"],
    )
    try:
        account.aws.client("s3", keys).put_object(Bucket=REPORTS, Key=key, Body=b"north,1250")
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return "written"
