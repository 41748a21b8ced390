"""Rules of review through the API: less than was asked for, dry runs, emergencies, extensions, and reviewers who are away."""

from datetime import timedelta

from tests.server.server_world import World, an_ask


def test_a_reviewer_approves_less_and_shorter(world: World) -> None:
    request_id = world.pending(actions=["write", "delete"], locations=["s3://lakeside-reports/2026/"])
    answer = world.post(
        "grace",
        f"/requests/{request_id}/reviews",
        {
            "answer": "approve",
            "locations": ["s3://lakeside-reports/2026/q3"],
            "actions": ["write"],
            "duration_seconds": 600,
        },
    )
    assert answer.status_code == 201, answer.text
    [review] = answer.json()["reviews"]
    assert review["scope"]["locations"] == ["s3://lakeside-reports/2026/q3", "s3://lakeside-reports/2026/q3/"]
    assert review["duration_seconds"] == 600
    grant = world.call("ada", "GET", f"/grants/{answer.json()['grant']['id']}").json()
    assert grant["scope"]["locations"] == ["s3://lakeside-reports/2026/q3", "s3://lakeside-reports/2026/q3/"]
    assert grant["scope"]["actions"] == ["s3:AbortMultipartUpload", "s3:PutObject"]
    assert (grant["starts_at"], grant["ends_at"]) == ("2026-11-24T09:00:00Z", "2026-11-24T09:10:00Z")


def test_a_reviewer_cannot_approve_more(world: World) -> None:
    request_id = world.pending()
    for more in (
        {"duration_seconds": 1201},
        {"locations": ["s3://lakeside-reports/2026/"]},
        {"actions": ["write", "delete"]},
    ):
        answer = world.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve", **more})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_less"), more


def test_a_dry_run_says_what_would_happen_and_leaves_no_trace(world: World) -> None:
    world.sign_in("ada")
    before = world.ledger()
    run = world.post("ada", "/request-trials", an_ask(duration_seconds=1200)).json()
    assert (run["outcome"], run["entitlement"]) == ("pending", "reports-writer")
    [stage] = run["stages"]
    assert [one["id"] for one in stage["reviewers"]] == ["grace", "linus"]
    assert run["scope"]["in_words"] == "write under s3://lakeside-reports/2026/q3/"
    assert 0 < run["policy"]["characters"] < run["policy"]["most"] == 2048
    fits = {one["entitlement"]: one["fits"] for one in run["considered"]}
    assert fits == {"reports-writer": True, "payroll-writer": False}
    refused = world.post("ada", "/request-trials", an_ask(duration_seconds=7200)).json()
    assert (refused["outcome"], [one["code"] for one in refused["because"]]) == ("refused", ["too_long"])
    assert world.post("ada", "/request-trials", an_ask()).json()["outcome"] == "approved"
    assert world.ledger() == before
    assert world.call("ada", "GET", "/requests").json()["items"] == []


BIG = [f"s3://lakeside-reports/2026/{number:02}-{'x' * 30}/" for number in range(10)]


def test_a_dry_run_asks_sts_where_the_request_would_and_only_when_told_to(world: World) -> None:
    small = world.post("ada", "/request-trials", {**an_ask(), "asks_sts": True}).json()
    assert (small["policy"]["packed"], world.sts.orders) == ("small", [])
    big = an_ask(locations=BIG, duration_seconds=1200)
    before = world.ledger()
    assert world.post("ada", "/request-trials", big).json()["policy"]["packed"] == "not_asked"
    assert (world.sts.orders, world.ledger()) == ([], before)
    run = world.post("ada", "/request-trials", {**big, "asks_sts": True}).json()
    assert (run["outcome"], run["policy"]["packed"]) == ("pending", "fits")
    assert world.ledger()[len(before) :] == ["trial.intended", "trial.ended"]
    [order] = world.sts.orders
    assert world.post("ada", "/requests", big).status_code == 201
    assert world.sts.orders == [order, order]  # the same call
    world.sts.down = True
    away = world.post("ada", "/request-trials", {**big, "asks_sts": True}).json()
    assert (away["outcome"], away["policy"]["packed"]) == ("pending", "not_asked")
    assert world.call("ada", "GET", "/requests").json()["items"][1:] == []


def test_an_emergency_is_granted_at_once_loudly_and_looked_at_afterwards(world: World) -> None:
    asked = world.ask(duration_seconds=1200, break_glass=True)
    request_id, grant = asked.json()["id"], asked.json()["grant"]
    assert (asked.json()["state"], grant["state"]) == ("approved", "active")
    assert {"break_glass.used", "request.made", "grant.made"} <= set(world.ledger())
    assert world.call("ada", "GET", f"/grants/{grant['id']}").json()["of_request"]["break_glass"] is True
    timeline = world.call("ada", "GET", f"/grants/{grant['id']}/timeline").json()
    assert any("broke the glass" in line["text"] for line in timeline["items"])
    world.clock.pass_by(hours=5)
    [waiting] = world.call("grace", "GET", "/requests?view=to_conclude").json()["items"]
    assert (waiting["id"], waiting["break_glass"]["is_overdue"]) == (request_id, True)
    overdue = world.ask(break_glass=True)
    assert (overdue.status_code, overdue.json()["code"]) == (403, "break_glass_overdue")
    said = {"justified": False, "comment": "the export was fine"}
    assert world.post("ada", f"/requests/{request_id}/conclusion", said).json()["code"] == "may_not_conclude"
    concluded = world.post("grace", f"/requests/{request_id}/conclusion", said)
    assert concluded.json()["break_glass"]["conclusion"]["justified"] is False
    assert world.call("grace", "GET", "/requests?view=to_conclude").json()["items"] == []
    assert world.ask(break_glass=True).status_code == 201


def test_a_grant_goes_on_by_a_new_decision(world: World) -> None:
    request_id = world.pending()
    world.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve"})
    first = world.call("ada", "GET", f"/requests/{request_id}").json()["grant"]
    more = {"duration_seconds": 1800, "justification": "The totals of October too"}
    asked = world.post("ada", f"/grants/{first['id']}/extensions", more, key="k-1")
    assert (asked.status_code, asked.json()["state"], asked.json()["extends"]) == (
        201,
        "pending",
        first["id"],
    )
    again = world.post("ada", f"/grants/{first['id']}/extensions", more, key="k-1")
    assert again.json()["id"] == asked.json()["id"]
    assert world.post("ada", f"/grants/{first['id']}/extensions", more).json()["code"] == "not_extendable"
    approved = world.post("grace", f"/requests/{asked.json()['id']}/reviews", {"answer": "approve"}).json()
    assert approved["grant"]["starts_at"] == first["ends_at"]
    assert approved["grant"]["state"] == "scheduled"
    goes_on = world.call("ada", "GET", f"/grants/{first['id']}").json()["of_request"]["goes_on"]
    assert goes_on["grant_id"] == approved["grant"]["id"]
    world.clock.pass_by(minutes=25)
    over = world.post("ada", f"/grants/{first['id']}/sessions")
    assert approved["grant"]["id"] in over.json()["advice"]
    assert world.post("ada", f"/grants/{approved['grant']['id']}/sessions").status_code == 201


def test_a_delegate_answers_for_a_reviewer_who_is_away(world: World) -> None:
    request_id = world.pending()
    assert world.call("mallory", "GET", f"/requests/{request_id}").status_code == 404
    until = (world.clock() + timedelta(hours=2)).isoformat()
    away = world.post("grace", "/absences", {"delegate": "mallory", "until": until}).json()
    assert away["state"] == "away"
    [waiting] = world.call("mallory", "GET", "/requests?view=to_review").json()["items"]
    assert waiting["id"] == request_id
    answered = world.post("mallory", f"/requests/{request_id}/reviews", {"answer": "approve"})
    assert answered.json()["reviews"][0]["in_place_of"]["id"] == "grace"
    assert answered.json()["state"] == "approved"
    other = world.pending()
    assert world.post("grace", f"/absences/{away['id']}/end").json()["state"] == "over"
    assert world.post("mallory", f"/requests/{other}/reviews", {"answer": "approve"}).status_code == 404
