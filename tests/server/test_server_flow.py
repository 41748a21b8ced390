"""The main job through the API: ask, review, lend, end, look."""

from datetime import timedelta

import pytest
from tests.server.server_world import ADA, OF_ROLES, REPORTS_ROLE, World, an_ask

from liftgate.access.ports import DENY_SLACK
from liftgate.server.worker import drain_once


def test_a_short_request_is_granted_at_once_and_lent(world: World) -> None:
    asked = world.ask()
    assert asked.status_code == 201
    request = asked.json()
    assert request["state"] == "approved"
    assert request["approvals_needed"] == 0
    assert request["requester"] == {"id": "ada", "name": "Ada Lovelace"}
    assert request["scope"] == {
        "actions": ["s3:AbortMultipartUpload", "s3:PutObject"],
        "locations": ["s3://lakeside-reports/2026/q3/"],
        "kms_keys": [],
        "in_words": "write under s3://lakeside-reports/2026/q3/",
    }
    grant = request["grant"]
    assert (grant["state"], grant["starts_at"], grant["ends_at"]) == (
        "active",
        "2026-11-24T09:00:00Z",
        "2026-11-24T09:02:00Z",
    )
    lent = world.post("ada", f"/grants/{grant['id']}/sessions")
    assert lent.status_code == 201
    assert lent.json() == {
        "access_key_id": "ASIA0000000000000001",
        "secret_access_key": "secret-of-1",
        "session_token": "session-token-of-1",
        "expires_at": "2026-11-24T09:02:00Z",
        "session_name": f"{grant['id']}-1",
        "grant_id": grant["id"],
    }
    assert lent.headers["cache-control"] == "no-store"
    shown = world.get("ada", f"/grants/{grant['id']}").json()
    assert shown["sessions"] == [
        {
            "number": 1,
            "name": f"{grant['id']}-1",
            "access_key_id": "ASIA0000000000000001",
            "intended_at": "2026-11-24T09:00:00Z",
            "lent_at": "2026-11-24T09:00:00Z",
            "expires_at": "2026-11-24T09:02:00Z",
            "failure": None,
            "ending": None,
        }
    ]


def test_a_longer_request_waits_for_a_reviewer(world: World) -> None:
    request_id = world.pending()
    shown = world.get("grace", f"/requests/{request_id}").json()
    assert shown["waiting_for"] == "1 approval of grace or linus"
    assert [reviewer["id"] for reviewer in shown["reviewers"]] == ["grace", "linus"]
    approved = world.post(
        "grace", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": "go ahead"}
    )
    assert approved.status_code == 201
    assert approved.json()["state"] == "approved"
    assert approved.json()["waiting_for"] is None
    assert approved.json()["reviews"] == [
        {
            "reviewer": {"id": "grace", "name": "Grace Hopper"},
            "answer": "approve",
            "comment": "go ahead",
            "reviewed_at": "2026-11-24T09:00:00Z",
            "stage": "review",
            "in_place_of": None,
            "scope": None,
            "duration_seconds": None,
        }
    ]
    assert approved.json()["grant"]["ends_at"] == "2026-11-24T09:20:00Z"


def test_two_approvals_are_needed_where_the_entitlement_says_so(world: World) -> None:
    request_id = world.pending(
        locations=["s3://lakeside-payroll/2026/"], ticket="PAY-7", entitlement="payroll-writer"
    )
    first = world.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": ""})
    assert (first.json()["state"], first.json()["waiting_for"]) == ("pending", "1 approval of linus")
    second = world.post("linus", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": ""})
    assert second.json()["state"] == "approved"


def test_a_denial_ends_a_request(world: World) -> None:
    request_id = world.pending()
    denied = world.post(
        "grace", f"/requests/{request_id}/reviews", {"answer": "deny", "comment": "not today"}
    )
    assert (denied.json()["state"], denied.json()["grant"]) == ("denied", None)
    again = world.post("linus", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": ""})
    assert (again.status_code, again.json()["code"]) == (409, "request_closed")


def test_a_requester_withdraws(world: World) -> None:
    request_id = world.pending()
    withdrawn = world.post("ada", f"/requests/{request_id}/cancellation")
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (201, "cancelled")


def test_a_request_that_nobody_answers_lapses(world: World) -> None:
    request_id = world.pending()
    world.clock.pass_by(hours=8)
    assert world.get("ada", f"/requests/{request_id}").json()["state"] == "lapsed"


def test_a_start_in_the_future_is_kept(world: World) -> None:
    asked = world.ask(starts_at="2026-11-24T12:00:00+01:00").json()
    assert asked["starts_at"] == "2026-11-24T11:00:00Z"
    assert asked["grant"]["state"] == "scheduled"
    early = world.post("ada", f"/grants/{asked['grant']['id']}/sessions")
    assert (early.status_code, early.json()["code"]) == (409, "grant_not_active")
    world.clock.pass_by(hours=2)
    assert world.post("ada", f"/grants/{asked['grant']['id']}/sessions").status_code == 201


def test_a_path_without_a_slash_takes_what_lies_inside_the_ceiling(world: World) -> None:
    asked = world.ask(locations=["s3://lakeside-reports/2026"], duration_seconds=60)
    assert asked.json()["scope"]["locations"] == ["s3://lakeside-reports/2026/"]


def test_revoking_denies_the_running_session_and_says_so(world: World) -> None:
    one, other = world.granted(), world.granted()
    world.post("ada", f"/grants/{one}/sessions")
    revoked = world.post("grace", f"/grants/{one}/revocation", {"reason": "the wrong quarter"})
    assert revoked.status_code == 201
    assert revoked.json()["state"] == "revoked"
    assert revoked.json()["ending"] == {
        "kind": "revoked",
        "by": {"id": "grace", "name": "Grace Hopper"},
        "reason": "the wrong quarter",
        "ended_at": "2026-11-24T09:00:00Z",
        "deny": "in_place",
    }
    assert f"*:{one}-*" in world.iam.policies[REPORTS_ROLE]
    assert other not in world.iam.policies[REPORTS_ROLE]
    assert world.get("ada", f"/grants/{other}").json()["state"] == "active"
    refused = world.post("ada", f"/grants/{one}/sessions")
    assert (refused.status_code, refused.json()["code"]) == (409, "grant_not_active")


def test_a_request_shows_that_its_grant_was_revoked(world: World) -> None:
    asked = world.ask().json()
    world.post("grace", f"/grants/{asked['grant']['id']}/revocation", {"reason": "a mistake"})
    assert world.get("ada", f"/requests/{asked['id']}").json()["grant"]["state"] == "revoked"


def test_returning_early_denies_too(world: World) -> None:
    grant_id = world.granted()
    returned = world.post("ada", f"/grants/{grant_id}/return")
    assert (returned.status_code, returned.json()["state"]) == (201, "returned")
    assert returned.json()["ending"]["deny"] == "in_place"


def test_a_deny_that_iam_does_not_take_is_pending(world: World) -> None:
    grant_id = world.granted()
    world.iam.down = True
    revoked = world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a mistake"})
    assert (revoked.status_code, revoked.json()["ending"]["deny"]) == (201, "pending")
    assert world.parts.wake_worker.is_set()


def test_a_deny_is_no_longer_spoken_of_when_the_window_is_over_anyway(world: World) -> None:
    grant_id = world.granted()
    world.iam.down = True
    world.post("grace", f"/grants/{grant_id}/revocation", {"reason": "a mistake"})
    world.clock.pass_by(minutes=2 + 5)
    assert world.get("ada", f"/grants/{grant_id}").json()["ending"]["deny"] is None


def test_sts_away_is_503_and_on_record(world: World) -> None:
    grant_id = world.granted()
    world.sts.down = True
    answer = world.post("ada", f"/grants/{grant_id}/sessions")
    assert (answer.status_code, answer.json()["code"]) == (503, "lending_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert world.ledger()[-2:] == ["session.intended", "session.failed"]
    assert world.get("ada", f"/grants/{grant_id}").json()["sessions"][0]["failure"].startswith("lending_")


def test_a_scope_near_the_limit_is_tried_at_sts_when_it_is_asked_for(world: World) -> None:
    world.sts.down = True
    places = [f"s3://lakeside-reports/2026/a-rather-long-folder-name-{number}/" for number in range(8)]
    answer = world.ask(locations=places)
    assert (answer.status_code, answer.json()["code"]) == (503, "lending_unavailable")
    assert "request.made" not in world.ledger()
    world.sts.down = False
    assert world.ask(locations=places).status_code == 201


def test_a_scope_beyond_the_limit_is_refused_with_what_to_cut(world: World) -> None:
    places = [f"s3://lakeside-reports/2026/a-rather-long-folder-name-{number}/x/" for number in range(60)]
    answer = world.ask(locations=places)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_too_large")
    assert "fewer" in answer.json()["advice"]
    assert world.sts.orders == []


def test_nothing_is_granted_on_a_role_that_could_not_be_taken_back(world: World) -> None:
    world.iam.down = True
    answer = world.ask()
    assert (answer.status_code, answer.json()["code"]) == (503, "role_unreachable")
    assert world.get("rosa", "/requests", view="all").json()["items"] == []
    world.iam.down = False
    assert world.ask().status_code == 201


def test_every_change_is_on_record(world: World) -> None:
    request_id = world.pending()
    world.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": ""})
    grant_id = world.get("ada", f"/requests/{request_id}").json()["grant"]["id"]
    world.post("ada", f"/grants/{grant_id}/sessions")
    world.post("rosa", f"/grants/{grant_id}/revocation", {"reason": "drill"})
    assert world.ledger() == [
        "catalogue.loaded",
        "identity.signed_in",
        "request.made",
        "identity.signed_in",
        "request.reviewed",
        "grant.made",
        "session.intended",
        "session.lent",
        "identity.signed_in",
        "grant.revoked",
        "deny.intended",
        "deny.in_place",
    ]


def test_a_refusal_is_on_record_too(world: World) -> None:
    answer = world.ask(locations=["s3://lakeside-payroll/2026/"], entitlement="reports-writer")
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_ceiling")
    assert "lakeside-payroll" in answer.json()["detail"]
    assert world.ledger()[-1] == "request.refused"


def test_all_reasons_of_a_refusal_are_told_at_once(world: World) -> None:
    answer = world.ask(entitlement="payroll-writer", duration_seconds=7200, justification="hm").json()
    codes = [answer["code"], *(fault["code"] for fault in answer["also"])]
    assert sorted(codes) == ["justification_too_short", "outside_ceiling", "ticket_needed", "too_long"]


def test_signing_in_with_an_aws_identity(world: World) -> None:
    answer = world.http.post("/api/v1/sign-ins", json=world.proof())
    assert answer.status_code == 201, answer.text
    assert answer.json()["person"] == {"id": "ada", "name": "Ada Lovelace", "kind": "person"}
    assert answer.json()["identity"] == f"aws:{ADA}"
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()["token"]
    me = world.http.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert me == {
        "person": {"id": "ada", "name": "Ada Lovelace", "kind": "person"},
        "identity": f"aws:{ADA}",
        "expires_at": answer.json()["expires_at"],
        "is_guard": False,
        "is_auditor": False,
    }


def test_a_proof_that_is_sent_again_is_refused(world: World) -> None:
    body = world.proof()
    assert world.http.post("/api/v1/sign-ins", json=body).status_code == 201
    again = world.http.post("/api/v1/sign-ins", json=body)
    assert (again.status_code, again.json()["code"]) == (401, "proof_used")


def test_a_stranger_to_the_catalogue_stays_out(world: World) -> None:
    world.sts.arn = "arn:aws:sts::111122223333:assumed-role/ReadOnly/eve"
    answer = world.http.post("/api/v1/sign-ins", json=world.proof())
    assert (answer.status_code, answer.json()["code"]) == (401, "identity_unknown")


def test_a_name_that_the_catalogue_does_not_know_signs_nobody_in(world: World) -> None:
    answer = world.http.post("/api/v1/sign-ins", json={"method": "local", "person": "eve"})
    assert (answer.status_code, answer.json()["code"]) == (401, "identity_unknown")


def test_signing_out_ends_the_token(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.sign_in('ada')}"}
    assert world.http.get("/api/v1/me", headers=headers).status_code == 200
    ended = world.http.delete("/api/v1/sign-ins/current", headers=headers)
    assert (ended.status_code, ended.content) == (204, b"")
    assert world.http.get("/api/v1/me", headers=headers).status_code == 401


def test_a_sign_in_ends_by_itself(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.sign_in('ada')}"}
    world.clock.pass_by(hours=8)
    answer = world.http.get("/api/v1/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_somebody_taken_out_of_the_catalogue_is_out_at_once(world: World) -> None:
    assert world.get("mallory", "/me").status_code == 200
    text = world.catalogue_file.read_text()
    world.catalogue_file.write_text("\n".join(line for line in text.splitlines() if "mallory" not in line))
    answer = world.get("mallory", "/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "identity_unknown")


@pytest.mark.parametrize("answer", ["approve", "deny"])
def test_an_approval_never_gives_what_the_catalogue_has_taken_away(world: World, answer: str) -> None:
    request_id = world.pending(actions=["delete"])
    text = world.catalogue_file.read_text()
    world.catalogue_file.write_text(text.replace("actions: [write, delete]", "actions: [write]"))
    said = world.post("grace", f"/requests/{request_id}/reviews", {"answer": answer, "comment": "well"})
    if answer == "approve":
        assert (said.status_code, said.json()["code"]) == (409, "entitlement_changed")
    else:
        assert said.json()["state"] == "denied"


def test_one_session_is_taken_back_and_the_grant_goes_on(world: World) -> None:
    grant_id = world.granted()
    for _ in range(2):
        assert world.post("ada", f"/grants/{grant_id}/sessions").is_success
    path = f"/grants/{grant_id}/sessions/1/revocation"
    answer = world.post("grace", path, {"reason": "its keys were in a log"})
    assert answer.status_code == 201, answer.text
    grant = answer.json()
    assert (grant["state"], grant["ending"]) == ("active", None)
    first, second = grant["sessions"]
    assert first["ending"] == {
        "by": {"id": "grace", "name": "Grace Hopper"},
        "reason": "its keys were in a log",
        "ended_at": "2026-11-24T09:00:00Z",
        "deny": "in_place",
    }
    assert second["ending"] is None
    assert f'"*:{grant_id}-1"' in world.iam.policies[REPORTS_ROLE]
    assert f"*:{grant_id}-*" not in world.iam.policies[REPORTS_ROLE]
    assert world.post("ada", f"/grants/{grant_id}/sessions").is_success
    again = world.post("grace", path, {"reason": "again"})
    assert (again.status_code, again.json()["code"]) == (409, "session_ended_already")
    none = world.post("grace", f"/grants/{grant_id}/sessions/9/revocation", {"reason": "again"})
    assert (none.status_code, none.json()["code"]) == (404, "no_such_session")


def test_sessions_taken_back_one_by_one_come_to_an_end(world: World) -> None:
    """Each takes room on the role: without a limit, one requester could leave none to others."""
    grant_id = world.granted()
    for number in range(1, 12):
        assert world.post("ada", f"/grants/{grant_id}/sessions").is_success
        answer = world.post("ada", f"/grants/{grant_id}/sessions/{number}/revocation", {"reason": "x"})
        assert answer.status_code == (201 if number <= 10 else 409), answer.text
        advice = f"take the grant back: liftgate revoke {grant_id}"
        assert answer.json().get("advice") == (None if number <= 10 else advice)


def test_a_session_of_an_ended_grant_is_refused_with_it(world: World) -> None:
    grant_id = world.granted()
    world.post("ada", f"/grants/{grant_id}/sessions")
    world.post("ada", f"/grants/{grant_id}/sessions/1/revocation", {"reason": "x"})
    world.post("ada", f"/grants/{grant_id}/return")
    assert f'"*:{grant_id}-*"' in world.iam.policies[REPORTS_ROLE]
    assert f'"*:{grant_id}-1"' not in world.iam.policies[REPORTS_ROLE]
    shown = world.get("ada", f"/grants/{grant_id}").json()
    assert shown["sessions"][0]["ending"]["deny"] == "in_place"
    late = world.post("ada", f"/grants/{grant_id}/sessions/1/revocation", {"reason": "x"})
    assert late.json()["code"] == "session_ended_already"


def test_the_deny_of_a_session_is_pruned_with_its_window(world: World) -> None:
    grant_id = world.granted()
    world.post("ada", f"/grants/{grant_id}/sessions")
    world.post("ada", f"/grants/{grant_id}/sessions/1/revocation", {"reason": "x"})
    drain_once(world.parts, worker="w")
    world.clock.now += timedelta(minutes=2) + DENY_SLACK
    assert drain_once(world.parts, worker="w", kinds=OF_ROLES) == 1
    assert world.iam.policies == {}


def test_an_ask_is_the_same_for_every_caller(world: World) -> None:
    assert world.post("linus", "/requests", an_ask()).json()["requester"]["id"] == "linus"
