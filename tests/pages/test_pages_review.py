"""Reviewing in a browser: what is asked is said in plain words, and the answer is what counts, also for less, late, or in somebody's place."""

from html import unescape

from httpx import Response
from tests.pages.visitor import Visitor
from tests.server.server_world import CATALOGUE, World
from tests.server.watched import called, watched


def text(visitor: Visitor, path: str) -> str:
    return " ".join(unescape(visitor.get(path).text).split())


def test_a_reviewer_is_told_what_is_asked_and_how_such_access_was_used(world: World) -> None:
    before = world.granted(justification="Correct the second quarter")
    world.post("ada", f"/grants/{before}/sessions")
    watched(world, called(world, before))
    world.clock.pass_by(minutes=3)
    request_id = world.pending()
    shown = text(Visitor(world, "grace"), f"/requests/{request_id}")
    for said in (
        "Ada Lovelace asks to write under s3://lakeside-reports/2026/q3/",
        "Correct the totals of the third quarter",
        "20m, from its approval",
        "reports-writer in account 111122223333",
        "1 more of Grace Hopper or Linus Pauling",
        '"Effect":"Allow"',
        f'href="/grants/{before}"',
    ):
        assert said in shown, said
    assert "has not had reports-writer before" not in shown


def test_what_is_unusual_is_said(world: World) -> None:
    request_id = world.pending()
    assert "Ada has not had reports-writer before" in text(Visitor(world, "grace"), f"/requests/{request_id}")


def test_an_approval_makes_the_grant_and_a_denial_says_why(world: World) -> None:
    grace = Visitor(world, "grace")
    first, second = world.pending(), world.pending(justification="Correct them once more")
    for request_id, answer, comment in (
        (first, "approve", "go ahead"),
        (second, "deny", "not in the freeze"),
    ):
        path = f"/requests/{request_id}/reviews"
        sent = grace.submit(path, seen_on=f"/requests/{request_id}", answer=answer, comment=comment)
        assert sent.headers["location"] == f"/requests/{request_id}"
    assert "It became grant" in text(grace, f"/requests/{first}")
    assert "Grace Hopper denied: not in the freeze" in text(grace, f"/requests/{second}")
    assert world.get("ada", f"/requests/{second}").json()["state"] == "denied"


def test_who_is_needed_at_a_later_stage_is_told_so_and_may_deny_it(world: World) -> None:
    stages = "stages: [{name: owners, reviewers: [rosa, grace]}, {name: last, reviewers: [grace]}]"
    written = CATALOGUE.replace("reviewers: [grace, linus]\n      approvals: 1", stages)
    assert written != CATALOGUE
    world.catalogue_file.write_text(written)
    world.clock.pass_by(seconds=30)
    request_id, grace = world.pending(), Visitor(world, "grace")
    page = f"/requests/{request_id}"
    shown = text(grace, page)
    assert "Waits for 1 approval of rosa (stage owners, 1 of 2); grace must answer later" in shown
    assert ('value="approve"' in shown, 'value="deny"' in shown) == (False, True)
    assert request_id not in text(grace, "/review")
    forced = grace.submit(f"{page}/reviews", seen_on=page, answer="approve")
    assert "you are needed at the stage" in " ".join(unescape(forced.text).split()).lower()
    grace.submit(f"{page}/reviews", seen_on=page, answer="deny", comment="not now")
    assert world.get("ada", page).json()["state"] == "denied"


def test_whatever_is_no_approval_is_none(world: World) -> None:
    grace, request_id = Visitor(world, "grace"), world.pending()
    grace.submit(f"/requests/{request_id}/reviews", seen_on=f"/requests/{request_id}", answer="yes")
    assert world.get("ada", f"/requests/{request_id}").json()["state"] == "denied"


def test_less_than_was_asked_for_can_be_approved_and_not_more(world: World) -> None:
    grace, request_id = Visitor(world, "grace"), world.pending()
    path, page = f"/requests/{request_id}/reviews", f"/requests/{request_id}"
    for typed in ({"duration": "2h"}, {"only": "s3://lakeside-reports/2026/"}, {"duration": "soon"}):
        answer = grace.submit(path, seen_on=page, answer="approve", **typed)
        assert answer.status_code >= 400
        assert 'role="alert"' in answer.text
        assert next(iter(typed.values())) in answer.text  # what was typed stays
    assert world.get("ada", f"/requests/{request_id}").json()["state"] == "pending"
    less = {"duration": "5m", "only": "s3://lakeside-reports/2026/q3/north/"}
    assert grace.submit(path, seen_on=page, answer="approve", **less).status_code == 303
    [grant] = world.get("ada", "/grants").json()["items"]
    assert grant["scope"]["locations"] == ["s3://lakeside-reports/2026/q3/north/"]
    assert grant["ends_at"] == "2026-11-24T09:05:00Z"
    assert "for 5m only" in text(grace, page)


def test_nobody_answers_their_own_request_nor_one_that_is_closed(world: World) -> None:
    linus, request_id = Visitor(world, "linus"), world.pending("linus")
    path = f"/requests/{request_id}/reviews"
    assert "Your answer" not in text(linus, f"/requests/{request_id}")
    own = linus.send(path, answer="approve", csrf=linus.hidden("/mine", "/sign-out")["csrf"])
    assert own.status_code == 403
    world.post("grace", f"/requests/{request_id}/reviews", {"answer": "deny", "comment": ""})
    grace = Visitor(world, "grace")
    late = grace.send(path, answer="approve", csrf=grace.hidden("/mine", "/sign-out")["csrf"])
    assert late.status_code == 409


def test_whoever_is_away_names_who_answers_and_comes_back(world: World) -> None:
    grace = Visitor(world, "grace")
    said = grace.submit("/absences", seen_on="/review", delegate="rosa", until="2026-11-25T09:00")
    assert said.headers["location"] == "/review"
    assert "Rosa Parks answers in your place" in text(grace, "/review")
    rosa, request_id = Visitor(world, "rosa"), world.pending()
    assert "You answer in the place of Grace Hopper" in text(rosa, "/review")
    assert f'href="/requests/{request_id}"' in text(rosa, "/review")
    rosa.submit(f"/requests/{request_id}/reviews", seen_on=f"/requests/{request_id}", answer="approve")
    assert "Rosa Parks approved in the place of Grace Hopper" in text(grace, f"/requests/{request_id}")
    [absence] = world.get("grace", "/absences").json()["items"]
    grace.submit(f"/absences/{absence['id']}/end", seen_on="/review")
    assert "answers in your place" not in text(grace, "/review")
    assert (
        "it does not say until when"
        in grace.submit("/absences", seen_on="/review", delegate="rosa").text.lower()
    )


def test_broken_glass_is_looked_at_afterwards(world: World) -> None:
    ada, grace = Visitor(world, "ada"), Visitor(world, "grace")
    asked = {
        "groups": "write",
        "locations": "s3://lakeside-reports/2026/q3/",
        "duration": "20m",
        "justification": "The export of tonight is broken",
        "break_glass": "yes",
    }
    assert "You have it at once" in ada.submit("/ask/check", seen_on="/ask", **asked).text
    assert ada.submit("/ask", seen_on="/ask", **asked).headers["location"] == "/mine"
    assert "Ada Lovelace broke the glass" in text(grace, "/review")
    [request] = world.get("grace", "/requests", view="to_conclude").json()["items"]
    page = f"/requests/{request['id']}"
    assert "Grace Hopper must look at it by" in text(grace, page)
    assert "Was it justified?" not in text(ada, page)
    grace.submit(f"{page}/conclusion", seen_on=page, justified="yes", comment="it mended the export")
    assert "Grace Hopper found it justified: it mended the export" in text(ada, page)


def test_a_running_grant_goes_on_by_a_new_request(world: World) -> None:
    ada, grant_id = Visitor(world, "ada"), world.granted()
    page = f"/grants/{grant_id}"
    more = {"duration": "20m", "justification": "The totals of October are wrong as well"}
    sent = ada.submit(f"{page}/extensions", seen_on=page, **more)
    assert sent.headers["location"].startswith("/requests/rq-")
    shown = text(ada, sent.headers["location"])
    assert f'Goes on from</dt><dd><a href="{page}">' in shown
    assert "1 more of Grace Hopper or Linus Pauling" in shown
    assert "is not a span of time" in text_of(ada.submit(f"{page}/extensions", seen_on=page, duration="x"))


def text_of(answer: Response) -> str:
    return " ".join(unescape(answer.text).replace("<code>", "").replace("</code>", "").split())


def test_forms_are_held_to_the_bounds_of_the_api(world: World) -> None:
    """What a program may not send, a page may not either: an empty reason, a text without end, an end without an end."""
    grant_id, request_id = world.granted(), world.pending()
    ada, grace = Visitor(world, "ada"), Visitor(world, "grace")
    long = "x" * 4_001
    for visitor, page, path, fields in (
        (grace, f"/grants/{grant_id}", f"/grants/{grant_id}/revocation", {"reason": ""}),
        (grace, f"/grants/{grant_id}", f"/grants/{grant_id}/revocation", {"reason": long}),
        (ada, "/mine", f"/grants/{grant_id}/return", {"reason": long}),
        (
            ada,
            "/mine",
            f"/grants/{grant_id}/extensions",
            {"duration": "9999d", "justification": "more of it"},
        ),
        (ada, "/mine", f"/grants/{grant_id}/extensions", {"duration": "1m", "justification": long}),
        (grace, "/review", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": long}),
        (grace, "/review", "/absences", {"delegate": "", "until": "2026-11-25T09:00"}),
    ):
        assert visitor.submit(path, seen_on=page, **fields).status_code == 422, (path, list(fields))
    assert world.get("ada", f"/grants/{grant_id}").json()["state"] == "active"
    assert world.get("ada", f"/requests/{request_id}").json()["state"] == "pending"
