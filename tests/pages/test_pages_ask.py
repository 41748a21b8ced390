"""Asking in a browser: what was pasted fills the form, what is possible is said before it is sent, and what is sent is asked."""

from html import unescape

import pytest
from tests.pages.visitor import Visitor
from tests.server.server_world import World

DENIED = (
    "upload failed: ./q3.csv to s3://lakeside-reports/2026/q3.csv An error occurred (AccessDenied) when calling the PutObject "
    "operation: Access Denied"
)
FILLED = {
    "groups": "write",
    "locations": "s3://lakeside-reports/2026/q3/",
    "duration": "20m",
    "justification": "Correct the totals of the third quarter",
}


def ask(visitor: Visitor, path: str = "/ask", **changes: str) -> str:
    answer = visitor.submit(path, seen_on="/ask", **{**FILLED, **changes})
    return answer.headers.get("location", "") or unescape(answer.text)


def test_a_message_of_refused_access_fills_the_form(world: World) -> None:
    shown = Visitor(world, "ada").http.get("/ask", params={"text": DENIED}).text
    assert ">s3://lakeside-reports/2026/q3.csv</textarea>" in shown
    assert 'value="write" checked' in shown
    assert 'value="delete" checked' not in shown
    assert (
        "This fits reports-writer:" not in shown
    )  # it does not say why yet, and the entitlement wants ten characters
    assert "wants a reason of at least 10 characters" in shown


def test_what_names_nothing_says_so(world: World) -> None:
    assert "It names no S3 location" in Visitor(world, "ada").get("/ask?text=help+me").text


def test_what_would_happen_is_said_before_it_is_asked(world: World) -> None:
    ada = Visitor(world, "ada")
    said = ask(ada, "/ask/check")
    assert "This fits reports-writer:" in said
    assert "It then waits for 1 approval of grace or linus" in said
    assert "you have it at once" in ask(ada, "/ask/check", duration="2m")
    assert "liftgate.request" not in str(world.ledger())
    assert world.get("ada", "/requests").json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"locations": "s3://lakeside-payroll/2025/"}, "does not hold"),
        ({"duration": "2h"}, "is lent for 1h at most, not 2h"),
        ({"duration": "soon"}, "is not a span of time"),
        ({"justification": "short"}, "the reason has 5 characters"),
        ({"locations": "lakeside/2026"}, "does not begin with s3://"),
        ({"actions": "s3:PutObjct"}, "s3:PutObjct"),
        ({"starts_at": "yesterday"}, "the start is no moment"),
        ({"locations": ""}, "locations"),
        ({"groups": "", "actions": ""}, "actions"),
    ],
    ids=str,
)
def test_what_is_not_possible_is_said_and_what_was_typed_stays(
    world: World, changes: dict[str, str], said: str
) -> None:
    ada = Visitor(world, "ada")
    shown = ask(ada, **changes)
    plain = shown.replace("<code>", "").replace("</code>", "")
    assert said.lower() in plain.lower()
    assert 'role="alert"' in shown
    if "justification" not in changes:
        assert FILLED["justification"] in shown
    assert world.get("ada", "/requests").json()["items"] == []


def test_what_needs_no_review_is_had_at_once_and_the_rest_waits(world: World) -> None:
    ada = Visitor(world, "ada")
    assert ask(ada, duration="2m") == "/mine"
    assert "liftgate exec --grant gr-" in ada.get("/mine").text
    waiting = ask(ada)
    assert waiting.startswith("/requests/rq-")
    assert "Waits for 1 approval of grace or linus" in ada.get(waiting).text


def test_a_form_that_is_sent_twice_asks_once(world: World) -> None:
    ada = Visitor(world, "ada")
    fields = {**ada.hidden("/ask", "/ask"), **FILLED}
    first, second = ada.send("/ask", **fields), ada.send("/ask", **fields)
    assert first.headers["location"] == second.headers["location"]
    assert len(world.get("ada", "/requests").json()["items"]) == 1


def test_what_was_asked_for_is_asked_for_again_with_one_click(world: World) -> None:
    ada = Visitor(world, "ada")
    first = ask(ada)
    page = ada.get("/ask").text
    again = page.split('<h2 id="recent">', 1)[1]
    assert again.count("Ask again</button>") == 1
    [request_id] = {first.rpartition("/")[2]}
    prefilled = ada.get(f"/ask?again={request_id}").text
    assert FILLED["justification"] in prefilled
    assert 'value="20m"' in prefilled
    second = ada.send("/ask", **{**ada.hidden("/ask", "/ask"), **FILLED, "entitlement": "reports-writer"})
    assert second.headers["location"] != first


def test_nobody_fills_a_form_from_a_request_that_they_may_not_see(world: World) -> None:
    request_id = world.pending("ada")
    assert Visitor(world, "mallory").get(f"/ask?again={request_id}").status_code == 404


def test_an_entitlement_fills_the_form(world: World) -> None:
    shown = Visitor(world, "ada").get("/ask?entitlement=payroll-writer").text
    assert ">s3://lakeside-payroll/2026/</textarea>" in shown
    assert '<option value="payroll-writer" selected>' in shown
    assert "payroll-writer" not in Visitor(world, "linus").get("/ask?entitlement=payroll-writer").text


def test_what_was_pasted_is_text_and_nothing_else(world: World) -> None:
    hostile = "</textarea><script>alert(1)</script> s3://lakeside-reports/<b>\u202e"
    shown = Visitor(world, "ada").http.get("/ask", params={"text": hostile}).text
    assert "<script>alert" not in shown
    assert "<b>" not in shown
