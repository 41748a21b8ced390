"""What cannot be read is refused with what is wrong, where, and what would be right; nothing is half done."""

import json
from typing import Any

import pytest
from tests.server.server_world import World, an_ask

from liftgate.server.body import LARGEST_BODY

ASK = an_ask()


def refused(world: World, body: Any = None, **more: Any) -> dict[str, Any]:
    """What POST /requests answers; nothing may have come of it."""
    if body is not None:
        more["json"] = body
    answer = world.call("ada", "POST", "/requests", **more)
    assert answer.headers["content-type"] == "application/problem+json"
    assert world.get("rosa", "/requests", view="all").json()["items"] == []
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    assert problem["advice"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem


@pytest.mark.parametrize(
    ("changes", "where", "detail", "advice"),
    [
        ({"duration_seconds": "1200"}, "duration_seconds", "`duration_seconds` is not a whole number", "write digits, without quotes or a point"),
        ({"duration_seconds": 1200.5}, "duration_seconds", "`duration_seconds` is not a whole number", "write digits, without quotes or a point"),
        ({"duration_seconds": True}, "duration_seconds", "`duration_seconds` is not a whole number", "write digits, without quotes or a point"),
        ({"duration_seconds": 0}, "duration_seconds", "`duration_seconds` is too small", "give 1 or more"),
        ({"duration_seconds": 10**30}, "duration_seconds", "`duration_seconds` is too large", "give 31622400 or less"),
        ({"duration_seconds": None}, "duration_seconds", "`duration_seconds` is not a whole number", "write digits, without quotes or a point"),
        ({"justification": ...}, "justification", "`justification` is missing", "add it"),
        ({"justification": 7}, "justification", "`justification` is not a text", "write it in quotes"),
        ({"actions": []}, "actions", "`actions` has too few entries", "give at least 1"),
        ({"actions": "write"}, "actions", "`actions` is not a list", "write it in square brackets"),
        ({"actions": [["write"]]}, "actions[0]", "`actions[0]` is not a text", "write it in quotes"),
        ({"locations": ["s3://b/"] * 101}, "locations", "`locations` has too many entries", "give at most 100"),
        ({"duration": 20}, "duration", "`duration` is not a field of the body", "did you mean `duration_seconds`?"),
        ({"starts_at": "2026-11-24T09:00:00"}, "starts_at", "`starts_at` names no time zone", "write it as 2026-11-24T09:00:00Z"),
        ({"starts_at": "tomorrow"}, "starts_at", "`starts_at` is not a moment in time", "write it as 2026-11-24T09:00:00Z"),
        ({"starts_at": 1764000000}, "starts_at", "`starts_at` is not a moment in time", "write it as 2026-11-24T09:00:00Z"),
        ({"starts_at": "2026-02-30T09:00:00Z"}, "starts_at", "`starts_at` is no day or no hour that exists", "write it as 2026-11-24T09:00:00Z"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at", "`starts_at` is no day or no hour that exists", "write it as 2026-11-24T09:00:00Z"),
        ({"starts_at": "2026-11-24T08:00:00Z"}, "starts_at", "the start lies in the past", "leave the start out to begin when it is approved"),
        ({"starts_at": "2027-11-24T08:00:00Z"}, "starts_at", "the start lies more than 30 days ahead", "ask again nearer to the day"),
        ({"actions": ["write", "s3:PutObjcet"]}, "actions[1]", "there is no S3 action `s3:PutObjcet`", "did you mean `s3:PutObject`?"),
        ({"actions": ["s3:HeadObject"]}, "actions[0]", "`s3:HeadObject` is an operation of S3's API, not an action of IAM", "ask for `s3:GetObject`"),
        ({"actions": ["ec2:RunInstances"]}, "actions[0]", None, None),
        ({"actions": ["s3:*"]}, "actions[0]", None, None),
        ({"locations": ["lakeside-reports/2026/"]}, "locations[0]", "`lakeside-reports/2026/` does not begin with `s3://`", "write `s3://lakeside-reports/2026/`"),
        ({"locations": ["arn:aws-moon:s3:::b/k"]}, "locations[0]", "`aws-moon` is not a partition of AWS", "write one of `aws`, `aws-cn`, `aws-us-gov`"),
        ({"locations": ["arn:aws:ec2:::b/k"]}, "locations[0]", "an ARN of `ec2` is no S3 location", "an S3 location's ARN is `arn:aws:s3:::bucket/key`"),
        ({"locations": ["s3://lakeside-reports/2026/../2025/"]}, "locations[0]", None, None),
        ({"locations": ["s3://lakeside-reports/2026/${aws:username}/"]}, "locations[0]", None, None),
        ({"locations": ["s3://lakeside-reports/2026/a\nb"]}, "locations[0]", None, None),
        ({"locations": ["s3://lakeside-reports/2026/a\u202eb"]}, "locations[0]", None, None),
        ({"locations": ["s3://lakeside-*/2026/"]}, "locations[0]", None, None),
        ({"justification": "looks fine \u202e yllaer"}, "justification", "the justification has an invisible or control character, U+202E, at place 12", "type the text again without it"),
        ({"justification": "x" * 2001}, "justification", "the justification has 2,001 characters, 2,000 are allowed", "say it shorter, or link to the ticket that says it"),
        ({"ticket": "DATA\u200b-1"}, "ticket", "the ticket has an invisible or control character, U+200B, at place 5", "type the text again without it"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_place_and_what_would_be_right(
    world: World, changes: dict[str, Any], where: str, detail: str | None, advice: str | None
) -> None:
    problem = refused(world, an_ask(**changes))
    assert (problem["status"], problem["where"]) == (422, where)
    if detail is not None:
        assert (problem["detail"], problem["advice"]) == (detail, advice)


def test_all_faults_are_told_at_once(world: World) -> None:
    problem = refused(
        world,
        an_ask(
            actions=["wrte"], locations=["nowhere", "s3://Bad_Bucket/"], justification="a\x07b" + "c" * 20
        ),
    )
    places = [problem["where"], *(fault["where"] for fault in problem["also"])]
    assert places == ["actions[0]", "locations[0]", "locations[1]", "justification"]
    both = refused(world, an_ask(duration_seconds="x", justification=..., tiket="A-1"))
    assert {both["where"], *(fault["where"] for fault in both["also"])} == {
        "duration_seconds",
        "justification",
        "tiket",
    }


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"", "the body is missing"),
        (b"null", "the body is not a JSON object"),
        (b"[]", "the body is not a JSON object"),
        (b'"text"', "the body is not a JSON object"),
        (b"{", "the body is not JSON: expecting property name enclosed in double quotes at line 1, column 2"),
        (b'{"a": NaN}', "`NaN` is not a number in JSON"),
        (b'{"a": -Infinity}', "`-Infinity` is not a number in JSON"),
        (b'{"actions": [], "actions": ["write"]}', "the field `actions` stands in the body twice"),
        (b'{"a": "\\ud800"}', "a text in the body holds U+D800, which is no character"),
        (b'{"\\udfff": 1}', "a text in the body holds U+DFFF, which is no character"),
        (b'{"a": "\\u0000"}', "a text in the body holds U+0000, which is no character"),
        (b'{"a": "\xff"}', "the body is not UTF-8: byte 8 cannot be read"),
        ("{}".encode("utf-16"), "the body is not UTF-8: byte 1 cannot be read"),
        (b"[" * 30_000 + b"]" * 30_000, "the body is nested more than 8 deep"),
        (b"[" * 9 + b"]" * 9, "the body is nested more than 8 deep"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "a number in the body is too long to be read"),
    ],
    ids=repr,
)
def test_json_has_one_meaning_or_is_refused(world: World, raw: bytes, detail: str) -> None:
    problem = refused(world, content=raw, headers={"Content-Type": "application/json"})
    assert (problem["status"], problem["detail"]) == (422, detail)


@pytest.mark.parametrize("value", [10**400, "1e999", "-1e-999", "0.1e1"])
def test_numbers_that_are_too_much_for_a_machine_are_refused(world: World, value: object) -> None:
    raw = json.dumps(ASK).replace("120", str(value)).encode()
    assert refused(world, content=raw, headers={"Content-Type": "application/json"})["status"] == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
    ids=str,
)
def test_what_is_not_declared_as_json_is_not_read(world: World, headers: dict[str, str]) -> None:
    problem = refused(world, content=json.dumps(ASK).encode(), headers=headers)
    assert (problem["status"], problem["code"]) == (415, "wrong_media_type")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON ; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_what_is_declared_as_json_is_read(world: World, kind: str) -> None:
    content = json.dumps(ASK).encode()
    assert world.call("ada", "POST", "/requests", content=content, headers={"Content-Type": kind}).is_success


def test_a_body_is_bounded_by_what_it_says_and_by_what_it_is(world: World) -> None:
    padding = " " * (LARGEST_BODY - len(json.dumps(ASK)))
    just_fits = (json.dumps(ASK) + padding).encode()
    headers = {"Content-Type": "application/json"}
    assert world.call("ada", "POST", "/requests", content=just_fits, headers=headers).status_code == 201
    declared = world.call("ada", "POST", "/requests", content=just_fits + b" ", headers=headers)
    streamed = world.call("ada", "POST", "/requests", content=iter([just_fits, b" "] * 1000), headers=headers)
    lied = world.http.post("/api/v1/sign-ins", content=b"{}", headers={**headers, "Content-Length": "9" * 30})
    for answer in (declared, streamed, lied):
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert len(world.get("rosa", "/requests", view="all").json()["items"]) == 1


def test_fields_that_nobody_reads_are_refused_everywhere(world: World) -> None:
    grant_id = world.granted()
    for path, body in [
        (f"/grants/{grant_id}/sessions", {"duration_seconds": 43_200}),
        (f"/grants/{grant_id}/return", {"reasn": "done"}),
        (f"/grants/{grant_id}/revocation", {"reason": "a drill", "all": True}),
        ("/sign-ins", {"method": "local", "person": "ada", "admin": True}),
    ]:
        answer = world.post("ada", path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_input"), path
    query = world.get("ada", "/requests", veiw="all")
    assert (query.status_code, query.json()["where"]) == (422, "veiw")
    assert (query.json()["detail"], query.json()["advice"]) == (
        "`veiw` is not a field of the query",
        "did you mean `view`?",
    )


def test_an_unknown_way_to_sign_in_names_those_there_are(world: World) -> None:
    answer = world.http.post("/api/v1/sign-ins", json={"method": "magic"}).json()
    assert "'aws'" in answer["advice"]
    none = world.http.post("/api/v1/sign-ins", json={}).json()
    assert none["detail"] == "`method` is missing"
    partial = world.http.post("/api/v1/sign-ins", json={"method": "aws"}).json()
    assert partial["where"] == "access_key_id"


def test_what_may_be_secret_is_never_said_back(world: World) -> None:
    secret = "very-secret" * 500
    for body in [
        {"method": "aws", "signature": 7, "session_token": secret},
        {"method": "aws", "access_key_id": "A", "amz_date": "x", "region": "r", "signature": "0" * 64,
         "signed_headers": ["host"], "session_token": secret[:40]},
        {"method": "local", "person": "ada", "secret_access_key": secret},
        {"method": "local", "secret_access_key": {"very-secret": 1}},
    ]:  # fmt: skip
        answer = world.http.post("/api/v1/sign-ins", json=body)
        assert answer.status_code == 422
        assert "very-secret" not in answer.text
    assert "very-secret" not in world.log.text


@pytest.mark.parametrize(
    "path",
    [
        "/requests/nonsense",
        "/requests/rq-%00",
        "/requests/rq-0000000000000000%0a",
        "/requests/%ff%fe",
        "/requests/..%2f..%2fme",
        "/requests/gr-0000000000000000",
        "/grants/' OR 1=1 --",
        "/grants/gr-000000000000000I",
        "/grants/" + "g" * 3000,
    ],
)
def test_ids_of_another_form_are_refused_before_a_database_sees_them(world: World, path: str) -> None:
    answer = world.get("rosa", path)
    assert answer.status_code in {404, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/requests", {"limit": "0"}),
        ("/requests", {"limit": "201"}),
        ("/requests", {"limit": "many"}),
        ("/requests", {"cursor": "AAAA"}),
        ("/requests", {"cursor": "\x00"}),
        ("/requests", {"cursor": "A" * 201}),
        ("/requests", {"state": "gone"}),
        ("/requests", {"view": "theirs"}),
        ("/grants", {"view": "to_review"}),
        ("/grants", {"state": "pending"}),
        ("/ledger/entries", {"after": "-1"}),
        ("/ledger/entries", {"after": str(2**70)}),
        ("/ledger/entries", {"about": "everything"}),
    ],
    ids=str,
)
def test_queries_of_another_form_are_refused(world: World, path: str, query: dict[str, str]) -> None:
    answer = world.get("rosa", path, **query)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "k" * 201, "tab\t"])
def test_an_idempotency_key_has_one_form(world: World, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    answer = world.call("ada", "POST", "/requests", json=ASK, headers=headers)
    assert (answer.status_code, answer.json()["where"]) == (422, "Idempotency-Key")


def test_a_clock_that_jumps_back_makes_nothing_wrong(world: World) -> None:
    grant_id = world.granted()
    world.clock.pass_by(hours=-1)
    assert world.post("ada", f"/grants/{grant_id}/sessions").status_code == 409  # its window has not begun
    world.clock.pass_by(hours=2)
    assert world.post("ada", f"/grants/{grant_id}/sessions").status_code == 409  # it is over
    assert world.get("rosa", "/ledger/verification").json()["intact"] is True
