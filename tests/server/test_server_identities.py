"""Identities that are linked by proof: who may, what cannot be, and what others try with it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.credentials import ReadOnlyCredentials
from starlette.testclient import TestClient
from tests.server.fake_slack import APP_TOKEN, BOT_TOKEN
from tests.server.server_world import ADA, ADDRESS, CATALOGUE, World, an_ask, open_world

from liftgate.access.hold import Hold
from liftgate.identity.aws_proof import proof_fields, sign_proof
from liftgate.identity.link_model import audience_of_link
from liftgate.identity.sts_request import StsRequest
from liftgate.response.drafts import hold_placed
from liftgate.server.app import create_app

ACCOUNT = "111122223333"
LAPTOP = f"arn:aws:iam::{ACCOUNT}:user/ada-laptop"
OTHER = f"arn:aws:iam::{ACCOUNT}:user/on-call"
GRACE = ADA.replace("/ada", "/grace")
SESSIONS = f"arn:aws:sts::{ACCOUNT}:assumed-role"
SERVICE = (
    f'  nightly: {{name: Nightly, kind: service, identities: ["{SESSIONS}/Nightly/*"]}}\nguards: [rosa]\n'
)
WITH_SERVICE = CATALOGUE.replace("guards: [rosa]\n", SERVICE)

ANYBODY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        },
    }
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, catalogue=WITH_SERVICE, linked_identities=["aws", "slack"]) as opened:
        yield opened


def a_code(world: World, person: str = "ada", kind: str = "aws") -> str:
    answer = world.post(person, "/me/identities/codes", {"kind": kind})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def proof_for(world: World, code: str) -> dict[str, Any]:
    """A proof of whoever ``world.sts`` says, bound to a code."""
    world.clock.pass_by(seconds=1)
    held = ReadOnlyCredentials("ASIAEXAMPLEEXAMPLE00", "a-secret", "a-session-token-of-some-length")
    signed = sign_proof(held, "eu-central-1", audience_of_link(ADDRESS, code), world.clock.now)
    return {"method": "aws", **proof_fields(signed)}


def prove(world: World, code: str, arn: str = LAPTOP) -> httpx.Response:
    world.sts.arn = arn
    body = {"code": code, "proof": proof_for(world, code)}
    answer: httpx.Response = world.http.post("/api/v1/identities", json=body)
    return answer


def link(world: World, arn: str = LAPTOP, person: str = "ada") -> str:
    """The id of a link that somebody made."""
    answer = prove(world, a_code(world, person), arn)
    assert answer.status_code == 201, answer.text
    assert answer.json()["person"]["id"] == person
    return str(answer.json()["id"])


def sign_in(world: World, arn: str = LAPTOP) -> httpx.Response:
    world.clock.pass_by(seconds=1)  # else it would be the proof from before
    world.sts.arn = arn
    answer: httpx.Response = world.http.post("/api/v1/sign-ins", json=world.proof())
    return answer


def who(world: World, token: str, path: str = "/me") -> httpx.Response:
    answer: httpx.Response = world.http.get(f"/api/v1{path}", headers=bearer(token))
    return answer


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def entries(world: World, kind: str) -> list[dict[str, Any]]:
    with world.store.read() as view:
        return [dict(one.draft.body) for one in view.entries() if one.draft.kind.value == kind]


def mine(world: World, person: str = "ada") -> list[dict[str, Any]]:
    """What somebody linked."""
    items = world.get(person, "/me/identities").json()["items"]
    return [one for one in items if one["named_by"] == "link"]


def change_catalogue(world: World, old: str, new: str) -> None:
    text = world.catalogue_file.read_text()
    assert old in text
    world.catalogue_file.write_text(text.replace(old, new))


# Linking


def test_an_identity_that_was_proved_signs_in_as_its_person(world: World) -> None:
    assert refusal(sign_in(world)) == (401, "identity_unknown")
    made = link(world)
    signed_in = sign_in(world)
    assert signed_in.json()["person"] == {"id": "ada", "name": "Ada Lovelace", "kind": "person"}
    assert who(world, signed_in.json()["token"]).json()["identity"] == f"aws:{LAPTOP}"
    [shown] = mine(world)
    assert (shown["identity"], shown["link_id"], shown["is_good"]) == (f"aws:{LAPTOP}", made, True)
    assert shown["linked_to"] == "local:ada"
    names = [one["identity"] for one in world.get("ada", "/me/identities").json()["items"]]
    assert names == ["local:ada", f"aws:{ADA}", f"aws:{LAPTOP}"]


def test_all_of_it_is_on_record(world: World) -> None:
    made = link(world)
    world.call("ada", "DELETE", f"/identities/{made}")
    [asked], [linked], [ended] = (
        entries(world, f"identity.{kind}") for kind in ("link_code_made", "linked", "unlinked")
    )
    assert (asked["by"], asked["kind"]) == ("local:ada", "aws")
    assert linked == {
        "link": made,
        "identity": f"aws:{LAPTOP}",
        "user_id": "AIDAEXAMPLEEXAMPLE",
        "by": "local:ada",
    }
    assert ended["because"] == "unlinked"


def test_linking_again_what_is_linked_changes_nothing(world: World) -> None:
    assert link(world) == link(world)
    assert len(entries(world, "identity.linked")) == 1


def test_nobody_reviews_their_own_request_by_any_identity(world: World) -> None:
    request_id = world.pending("linus")
    link(world, person="linus")
    token = sign_in(world).json()["token"]
    answer = world.http.post(
        f"/api/v1/requests/{request_id}/reviews",
        json={"answer": "approve", "comment": ""},
        headers=bearer(token),
    )
    assert refusal(answer) == (403, "self_review")
    other = world.http.post("/api/v1/requests", json=an_ask(duration_seconds=1200), headers=bearer(token))
    own = world.post("linus", f"/requests/{other.json()['id']}/reviews", {"answer": "approve", "comment": ""})
    assert refusal(own) == (403, "self_review")


def test_one_vote_however_many_identities(world: World) -> None:
    asked = world.ask(
        locations=["s3://lakeside-payroll/2026/"],
        duration_seconds=600,
        ticket="PAY-1",
        justification="Pay them all",
    ).json()["id"]
    link(world, person="grace")
    token = sign_in(world).json()["token"]
    said = {"answer": "approve", "comment": ""}
    assert world.post("grace", f"/requests/{asked}/reviews", said).status_code == 201
    again = world.http.post(f"/api/v1/requests/{asked}/reviews", json=said, headers=bearer(token))
    assert again.status_code == 409
    assert world.get("ada", f"/requests/{asked}").json()["state"] == "pending"


# Who may link, and what


def test_it_is_off_unless_the_settings_say_so(tmp_path: Path) -> None:
    with open_world(tmp_path) as world:
        for kind in ("aws", "oidc"):
            answer = world.post("ada", "/me/identities/codes", {"kind": kind})
            assert refusal(answer) in {(403, "linking_off"), (404, "no_such_path")}
        assert world.get("ada", "/me/identities").json()["may_link"] == []


def test_services_link_nothing(world: World) -> None:
    token = sign_in(world, f"{SESSIONS}/Nightly/i-1").json()["token"]
    answer = world.http.post("/api/v1/me/identities/codes", json={"kind": "aws"}, headers=bearer(token))
    assert refusal(answer) == (403, "may_not_link")


def test_a_linked_identity_links_no_further(world: World) -> None:
    link(world)
    token = sign_in(world).json()["token"]
    answer = world.http.post("/api/v1/me/identities/codes", json={"kind": "aws"}, headers=bearer(token))
    assert refusal(answer) == (403, "may_not_link")


def test_whoever_finds_a_token_later_makes_no_further_way_in_of_it(world: World) -> None:
    world.sign_in("ada")
    world.clock.pass_by(minutes=14, seconds=59)
    a_code(world)
    world.clock.pass_by(seconds=1)
    old = world.post("ada", "/me/identities/codes", {"kind": "aws"})
    assert refusal(old) == (403, "sign_in_too_old")
    world.forget_tokens()
    a_code(world)


REFUSED = {
    "the catalogue's other person": (GRACE, "somebody else's"),
    "one's own already": (ADA, "yours already"),
    "a service's pattern": (f"{SESSIONS}/Nightly/x7", "somebody else's"),
    "a session of an elevated role": (f"{SESSIONS}/LiftgateReportsWriter/ada", "elevated role"),
    "the same in other letters": (f"{SESSIONS}/liftgatereportswriter/ada", "elevated role"),
    "a session that was lent": (f"{SESSIONS}/Retired/gr-3xv7m0q4c2h5k8rt-1", "lent under a grant"),
    "an account of somebody's own": ("arn:aws:iam::999988887777:user/ada", "account `999988887777`"),
}


@pytest.mark.parametrize(("arn", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_ones_own_to_give_is_refused(world: World, arn: str, why: str) -> None:
    before = sign_in(world, arn).json()
    code = a_code(world)
    answer = prove(world, code, arn)
    assert refusal(answer) == (403, "not_linkable")
    assert why in answer.json()["detail"]
    assert sign_in(world, arn).json().get("person") == before.get("person")
    assert mine(world) == []
    assert refusal(prove(world, code)) == (403, "link_code_wrong")  # it was good for one try


def test_a_session_whose_name_others_may_choose_is_nobodys(world: World) -> None:
    world.trusts.trust = ANYBODY
    answer = prove(world, a_code(world), f"{SESSIONS}/Shared/ada")
    assert refusal(answer) == (401, "session_name_unproved")
    assert mine(world) == []


# What others try with a code


def test_a_code_is_good_once(world: World) -> None:
    code = a_code(world)
    assert prove(world, code).status_code == 201
    assert refusal(prove(world, code, OTHER)) == (403, "link_code_wrong")


def test_a_code_is_good_for_ten_minutes(world: World) -> None:
    code = a_code(world)
    world.clock.pass_by(minutes=9, seconds=58)
    assert prove(world, code).status_code == 201
    late = a_code(world)
    world.clock.pass_by(minutes=10)
    assert refusal(prove(world, late, OTHER)) == (403, "link_code_wrong")


def test_a_newer_code_ends_the_one_before(world: World) -> None:
    first, second = a_code(world), a_code(world)
    assert refusal(prove(world, first)) == (403, "link_code_wrong")
    assert prove(world, second.upper().replace("-", " ")).status_code == 201


def test_a_code_is_good_for_the_kind_that_it_was_asked_for(tmp_path: Path) -> None:
    slack = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "channel": "C0REQUESTS"}
    with open_world(tmp_path, linked_identities=["aws", "slack"], slack=slack) as world:
        assert refusal(prove(world, a_code(world, kind="slack"))) == (403, "link_code_wrong")


def test_the_code_says_whose_it_becomes_and_nobody_takes_it_over(world: World) -> None:
    """Somebody whom another's code was foisted on is told whose it is, and a guard can undo it."""
    made = link(world, person="mallory")
    assert refusal(prove(world, a_code(world))) == (409, "identity_linked")
    assert sign_in(world).json()["person"]["id"] == "mallory"
    assert refusal(world.call("ada", "DELETE", f"/identities/{made}")) == (404, "no_such_link")
    assert world.call("rosa", "DELETE", f"/identities/{made}").status_code == 204
    link(world)
    assert sign_in(world).json()["person"]["id"] == "ada"


def test_without_a_code_sts_is_not_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.sts, "ask", None)
    assert refusal(prove(world, "3xv7-m0q4-c2h5-k8rs")) == (403, "link_code_wrong")


def test_a_proof_is_bound_to_the_code(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a proof that signs in nor one for another code is one for this: STS is asked about this very text."""
    asked: list[str] = []
    answer = world.sts.ask

    def ask(request: StsRequest) -> Any:
        asked.append(request.headers["x-liftgate-audience"])
        return answer(request)

    monkeypatch.setattr(world.sts, "ask", ask)
    first = a_code(world)
    assert prove(world, first).status_code == 201
    sign_in(world)
    second = a_code(world)
    prove(world, second, OTHER)
    assert asked == [audience_of_link(ADDRESS, first), ADDRESS, audience_of_link(ADDRESS, second)]
    assert len(set(asked)) == 3
    assert first.replace("-", "") not in asked[0]


def test_a_proof_is_good_once(world: World) -> None:
    code = a_code(world)
    world.sts.arn = LAPTOP
    proof = proof_for(world, code)
    assert world.http.post("/api/v1/identities", json={"code": code, "proof": proof}).status_code == 201
    again = world.http.post("/api/v1/identities", json={"code": a_code(world), "proof": proof})
    assert refusal(again) == (401, "proof_used")


def test_a_code_of_somebody_who_left_the_catalogue_is_worth_nothing(world: World) -> None:
    code = a_code(world, "mallory")
    change_catalogue(world, "  mallory:", "  malory:")
    assert refusal(prove(world, code)) == (403, "link_code_wrong")


def test_a_code_falls_with_the_identity_that_asked_for_it(world: World) -> None:
    token = sign_in(world, ADA).json()["token"]
    asked = world.http.post("/api/v1/me/identities/codes", json={"kind": "aws"}, headers=bearer(token))
    change_catalogue(world, "ReadOnly/ada", "ReadOnly/ada.lovelace")
    assert refusal(prove(world, asked.json()["code"])) == (403, "link_code_wrong")


def test_a_code_is_said_to_nobody_else(world: World) -> None:
    code = a_code(world)
    prove(world, code)
    prove(world, code)
    other = a_code(world)
    for one in (code, other):
        for spelling in (one, one.replace("-", "")):
            assert spelling not in world.log.text
            assert spelling.encode() not in (world.catalogue_file.parent / "liftgate.db").read_bytes()
            with world.store.read() as view:
                assert all(spelling not in str(entry.draft.body) for entry in view.entries())
            assert spelling not in world.get("ada", "/me/identities").text


def test_a_call_that_is_repeated_hands_out_no_second_code(world: World) -> None:
    asked = ("ada", "/me/identities/codes", {"kind": "aws"})
    assert world.post(*asked, key="k1").status_code == 201
    assert refusal(world.post(*asked, key="k1")) == (409, "secret_handed_over")


# What a link is worth later


def test_the_catalogue_goes_before_a_link(world: World) -> None:
    link(world)
    token = sign_in(world).json()["token"]
    change_catalogue(world, f'"{GRACE}"', f'"{GRACE}", "{LAPTOP}"')
    assert refusal(who(world, token)) == (401, "token_unknown")
    assert sign_in(world).json()["person"]["id"] == "grace"
    assert [one["is_good"] for one in mine(world)] == [False]


def test_a_role_that_becomes_an_elevated_one_ends_links_of_its_sessions(world: World) -> None:
    arn = f"{SESSIONS}/Analyst/ada"
    link(world, arn)
    token = sign_in(world, arn).json()["token"]
    assert who(world, token).status_code == 200
    change_catalogue(world, "role/LiftgatePayrollWriter", "role/Analyst")
    assert refusal(who(world, token)) == (401, "identity_unknown")


def test_whoever_leaves_the_catalogue_loses_all_for_good(world: World) -> None:
    link(world, person="mallory")
    token = sign_in(world).json()["token"]
    change_catalogue(world, "  mallory:", "  malory:")
    assert refusal(who(world, token)) == (401, "token_unknown")
    assert entries(world, "identity.unlinked")[0]["because"] == "the person left the catalogue"
    change_catalogue(world, "  malory:", "  mallory:")
    assert refusal(who(world, token)) == (401, "token_unknown")
    assert refusal(sign_in(world)) == (401, "identity_unknown")


def test_a_link_falls_with_the_identity_by_which_it_was_made(world: World) -> None:
    token = sign_in(world, ADA).json()["token"]
    asked = world.http.post("/api/v1/me/identities/codes", json={"kind": "aws"}, headers=bearer(token))
    assert prove(world, asked.json()["code"]).status_code == 201
    by_link = sign_in(world).json()["token"]
    change_catalogue(world, "ReadOnly/ada", "ReadOnly/ada.lovelace")
    assert refusal(who(world, by_link)) == (401, "identity_unknown")
    assert [one["is_good"] for one in mine(world)] == [False]
    link(world)  # what is worth nothing stands in nobody's way
    assert sign_in(world).json()["person"]["id"] == "ada"


def test_a_user_who_is_made_anew_under_the_name_is_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = f"{SESSIONS}/Analyst/ada"
    link(world, arn)
    assert sign_in(world, arn).status_code == 201
    monkeypatch.setattr(world.sts, "role_id", "AROAANOTHEREXAMPLE")
    assert refusal(sign_in(world, arn)) == (401, "identity_unknown")


def test_a_role_whose_names_anybody_may_choose_later_signs_nobody_in(world: World) -> None:
    arn = f"{SESSIONS}/Analyst/ada"
    link(world, arn)
    world.trusts.trust = ANYBODY
    world.clock.pass_by(minutes=6)
    assert refusal(sign_in(world, arn)) == (401, "session_name_unproved")


def test_without_the_setting_links_are_worth_nothing(world: World) -> None:
    link(world)
    token = sign_in(world).json()["token"]
    settings = world.parts.settings.model_copy(update={"linked_identities": ("slack",)})
    off = TestClient(create_app(replace(world.parts, settings=settings)), base_url=ADDRESS)
    answer = off.get("/api/v1/me", headers=bearer(token))
    assert refusal(answer) == (401, "identity_unknown")
    shown = off.get("/api/v1/me/identities", headers=bearer(world.sign_in("ada"))).json()
    assert [one["is_good"] for one in shown["items"] if one["named_by"] == "link"] == [False]


def test_what_was_linked_on_nobodys_word_ends_with_the_local_sign_in(world: World) -> None:
    link(world)
    token = sign_in(world).json()["token"]
    settings = world.parts.settings.model_copy(update={"local_sign_in": False})
    real = TestClient(create_app(replace(world.parts, settings=settings)), base_url=ADDRESS)
    assert refusal(real.get("/api/v1/me", headers=bearer(token))) == (401, "identity_unknown")


# Unlinking


def test_unlinking_ends_what_the_identity_let_in_and_nothing_else(world: World) -> None:
    made = link(world)
    by_link, by_catalogue = sign_in(world).json()["token"], sign_in(world, ADA).json()["token"]
    assert world.call("ada", "DELETE", f"/identities/{made}").status_code == 204
    assert refusal(who(world, by_link)) == (401, "token_unknown")
    assert who(world, by_catalogue).status_code == 200
    assert refusal(sign_in(world)) == (401, "identity_unknown")
    assert entries(world, "identity.unlinked")[0]["sign_ins"] == 1
    assert refusal(world.call("ada", "DELETE", f"/identities/{made}")) == (404, "no_such_link")
    link(world)
    assert refusal(who(world, by_link)) == (401, "token_unknown")  # nor does a new link bring it back


def test_guards_and_auditors_see_all_links(world: World) -> None:
    made = link(world)
    [shown] = world.get("rosa", "/identities").json()["items"]
    assert (shown["id"], shown["person"]["id"]) == (made, "ada")
    assert world.get("ada", "/identities").status_code == 403


def test_who_is_on_hold_links_nothing_not_even_by_a_code_of_before(world: World) -> None:
    code = a_code(world)
    assert world.post("rosa", "/holds/ada", {"reason": "her laptop was stolen"}).status_code == 201
    assert refusal(prove(world, code)) == (403, "link_code_wrong")


def test_who_is_on_hold_for_a_finding_links_nothing(world: World) -> None:
    code = a_code(world)
    put = Hold(person="ada", finding_id="fi-1", because="x", placed_at=world.clock())
    with world.store.write() as transaction:
        transaction.place_hold(put, hold_placed(put))
    assert refusal(prove(world, code)) == (403, "link_code_wrong")
    assert refusal(world.post("ada", "/me/identities/codes", {"kind": "aws"})) == (403, "person_shut_out")
    assert mine(world) == []
