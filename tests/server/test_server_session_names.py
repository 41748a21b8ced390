"""Whoever may choose a session's name could sign in as anybody: a name signs in only where it is proved, or trusted outright."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.server_world import ADA, CATALOGUE, START, World, an_ask, open_world

from liftgate.identity.errors import RoleTrustUnavailable, RoleTrustUnreadable
from liftgate.identity.ports import SessionRole

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ReadOnly"
GRACE = ADA.replace("/ada", "/grace")
MORE = f"""\
  nightly: {{name: Nightly, kind: service, identities: ["arn:aws:sts::{ACCOUNT}:assumed-role/Nightly/*"]}}
  weekly: {{name: Weekly, kind: service, identities: ["arn:aws:sts::{ACCOUNT}:assumed-role/Jobs/weekly-*"]}}
  kate: {{name: Kate, identities: ["arn:aws:iam::{ACCOUNT}:user/kate"]}}
  fred: {{name: Fred, identities: ["arn:aws:sts::{ACCOUNT}:federated-user/fred"]}}
guards: [rosa]
"""


def trust(principal: dict[str, str], action: str = "sts:AssumeRole") -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


ANY_NAME = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})  # what AWS's console proposes
SSO = f"arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, catalogue=CATALOGUE.replace("guards: [rosa]\n", MORE)) as opened:
        yield opened


def sign_in(world: World, arn: str = ADA) -> httpx.Response:
    world.clock.pass_by(seconds=1)  # else it would be the proof from before
    world.sts.arn = arn
    answer: httpx.Response = world.http.post("/api/v1/sign-ins", json=world.proof())
    return answer


def trusting(world: World, *arns: str) -> None:
    text = world.catalogue_file.read_text()
    world.catalogue_file.write_text(f"trusted_session_names: {json.dumps(arns)}\n{text}")


def call(world: World, token: str, path: str, body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    answer: httpx.Response = world.http.post(f"/api/v1{path}", json=body, headers=headers)
    return answer


def test_nobody_reviews_their_own_request_under_another_name(world: World) -> None:
    world.trusts.trust = ANY_NAME
    token = world.sign_in("ada")
    request_id = call(world, token, "/requests", an_ask(duration_seconds=1200)).json()["id"]
    as_grace = sign_in(world, GRACE)  # it is Ada: aws sts assume-role --role-session-name grace
    assert (as_grace.status_code, as_grace.json()["code"]) == (401, "session_name_unproved")
    assert world.get("ada", f"/requests/{request_id}").json()["state"] == "pending"
    assert sign_in(world, ADA).status_code == 401  # nor under her own: it proves nothing


def test_a_refusal_says_why_and_how_to_mend_it(world: World) -> None:
    world.trusts.trust = ANY_NAME
    answer = sign_in(world).json()
    assert f"of `ReadOnly`, `arn:aws:iam::{ACCOUNT}:root` may take up the role" in answer["detail"]
    assert "sts:RoleSessionName" in answer["advice"]
    assert "`trusted_session_names`" in answer["advice"]


def test_a_name_that_the_role_fixes_signs_in(world: World) -> None:
    assert sign_in(world).status_code == 201
    assert world.trusts.asked == [
        SessionRole(partition="aws", account=ACCOUNT, name="ReadOnly", role_id="AROAEXAMPLEEXAMPLE")
    ]


def test_identity_center_fixes_names_in_its_own_account(world: World) -> None:
    world.trusts.trust = trust({"Federated": SSO}, "sts:AssumeRoleWithSAML")
    assert sign_in(world).status_code == 201
    world.clock.pass_by(minutes=6)
    world.trusts.trust = trust({"Federated": SSO.replace(ACCOUNT, "444455556666")}, "sts:AssumeRoleWithSAML")
    assert sign_in(world).json()["code"] == "session_name_unproved"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"Version": "2012-10-17", "Statement": []}'])
def test_a_trust_policy_that_says_nothing_proves_nothing(world: World, text: str) -> None:
    world.trusts.trust = text
    assert sign_in(world).json()["code"] == "session_name_unproved"


def test_a_trust_policy_that_cannot_be_read_proves_nothing(world: World) -> None:
    world.trusts.refusal = RoleTrustUnreadable("IAM does not show it", advice="give it iam:GetRole")
    answer = sign_in(world)
    assert (answer.status_code, answer.json()["code"]) == (401, "role_trust_unreadable")


def test_the_catalogue_may_trust_the_names_of_a_role_outright(world: World) -> None:
    world.trusts.trust = ANY_NAME
    trusting(world, "arn:aws:iam::111122223333:role/some/path/ReadOnly")
    assert sign_in(world).status_code == 201
    assert world.trusts.asked == []


@pytest.mark.parametrize(
    "other",
    [
        f"arn:aws:iam::{ACCOUNT}:role/ReadOnly2",
        f"arn:aws:iam::{ACCOUNT}:role/readonly",
        "arn:aws:iam::444455556666:role/ReadOnly",
        f"arn:aws-cn:iam::{ACCOUNT}:role/ReadOnly",
        f"arn:aws:sts::{ACCOUNT}:federated-user/*",
    ],
)
def test_trust_in_one_role_is_none_in_another(world: World, other: str) -> None:
    world.trusts.trust = ANY_NAME
    trusting(world, other)
    assert sign_in(world).status_code == 401


def test_trust_that_is_withdrawn_is_gone_at_the_next_sign_in(world: World) -> None:
    world.trusts.trust = ANY_NAME
    before = world.catalogue_file.read_text()
    trusting(world, ROLE)
    assert sign_in(world).status_code == 201
    world.catalogue_file.write_text(before)
    assert sign_in(world).status_code == 401


def test_who_has_no_session_name_needs_no_proof(world: World) -> None:
    world.trusts.trust = ANY_NAME
    assert sign_in(world, f"arn:aws:iam::{ACCOUNT}:user/kate").status_code == 201
    assert sign_in(world, f"arn:aws:sts::{ACCOUNT}:assumed-role/Nightly/any-name").status_code == 201
    assert sign_in(world, f"arn:aws:sts::{ACCOUNT}:assumed-role/Jobs/weekly-7").status_code == 401
    assert [role.name for role in world.trusts.asked] == ["Jobs"]


def test_a_federated_user_bears_a_name_that_somebody_chose(world: World) -> None:
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/fred"
    world.sts.role_id = ACCOUNT
    answer = sign_in(world, arn)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_name_unproved")
    trusting(world, f"arn:aws:sts::{ACCOUNT}:federated-user/*")
    assert sign_in(world, arn).status_code == 201


def test_a_refused_proof_is_used_up_and_signs_nobody_in(world: World) -> None:
    world.trusts.trust = ANY_NAME
    body = world.proof()
    assert world.http.post("/api/v1/sign-ins", json=body).json()["code"] == "session_name_unproved"
    trusting(world, ROLE)
    assert world.http.post("/api/v1/sign-ins", json=body).json()["code"] == "proof_used"
    assert "identity.signed_in" not in world.ledger()


def test_a_proof_is_not_lost_to_a_fault_of_iam(world: World) -> None:
    world.trusts.refusal = RoleTrustUnavailable("IAM did not answer", advice="sign in again")
    body = world.proof()
    answer = world.http.post("/api/v1/sign-ins", json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "role_trust_unavailable")
    world.trusts.refusal = None
    assert world.http.post("/api/v1/sign-ins", json=body).status_code == 201


def test_for_a_stranger_iam_is_not_asked(world: World) -> None:
    assert sign_in(world, ADA.replace("/ada", "/eve")).json()["code"] == "identity_unknown"
    assert world.trusts.asked == []


def test_iam_is_asked_once_in_a_few_minutes(world: World) -> None:
    for arn in (ADA, GRACE, ADA):
        assert sign_in(world, arn).status_code == 201
    assert len(world.trusts.asked) == 1
    world.trusts.trust = ANY_NAME
    world.clock.pass_by(minutes=5)
    assert world.clock() > START
    assert sign_in(world).status_code == 401
    world.clock.pass_by(minutes=1)
    world.trusts.trust = world.trusts.trust.replace(f"{ACCOUNT}:root", f"{ACCOUNT}:user/ada")
    assert sign_in(world).status_code == 401
    assert len(world.trusts.asked) == 3


def test_the_ledger_says_whose_names_a_catalogue_trusts(world: World) -> None:
    trusting(world, ROLE)
    assert sign_in(world).status_code == 201
    with world.store.read() as view:
        loaded = [one.draft.body for one in view.entries() if one.draft.kind.value == "catalogue.loaded"]
    assert loaded[-1]["trusted_session_names"] == [f"arn:aws:sts::{ACCOUNT}:assumed-role/ReadOnly/"]
