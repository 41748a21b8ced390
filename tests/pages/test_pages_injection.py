"""Stored and reflected text of others: on every page it is text, and nothing else, whoever typed it and wherever it came from."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.pages.lively import enliven
from tests.pages.visitor import Visitor
from tests.server.server_world import CATALOGUE, World, open_world
from tests.server.watched import called, watched

# Each would run, load or hide something where it were not escaped: in text, in attributes, in scripts, in addresses.
HOSTILE = "\"'><script>steal()</script><img src=x onerror=steal()>{{7*7}}${7*7}<!--\u202etxt.exe\u2066\x7f</textarea></title><svg/onload=steal()>"
ADDRESSES = "javascript:steal() data:text/html,<script>steal()</script> //evil.example/"
NAMED = CATALOGUE.replace("name: Ada Lovelace", "name: 'Ada <b>L</b> {{7*7}} & \"co\"'").replace(
    "description: Correct this year's reports", "description: 'Correct <script>steal()</script> reports'"
)
PAGES = (
    ("ada", "/mine"),
    ("ada", "/ask?again={request_id}"),
    ("ada", "/ask?entitlement=reports-writer"),
    ("grace", "/review"),
    ("grace", "/requests/{request_id}"),
    ("grace", "/grants/{grant_id}"),
    ("rosa", "/grants/{ended_id}"),
    ("ada", "/grants/{grant_id}"),
)
OURS = {"script": {"src"}, "img": {"src"}}


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.text = ""  # without what stands in the reader's own fields
        self._typed = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._typed = tag == "textarea"
        for name, value in attributes:
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.faults.append(f"<{tag} {name}>")
            if name in {"href", "src", "action", "formaction"} and not (value or "").startswith(("/", "#")):
                self.faults.append(f"<{tag} {name}={value}>")
        if tag in {"svg", "iframe", "object", "embed", "base", "style"}:
            self.faults.append(f"<{tag}>")
        if tag in OURS and not dict(attributes).get("src", "").startswith("/static/"):  # type: ignore[union-attr]  # ours have one
            self.faults.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - its signature
        self._typed = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._typed else data


def faults_of(page: str) -> list[str]:
    seen = Seen(page)
    odd = [repr(one) for one in "\u202e\u2066\x7f" if one in seen.text]
    return [*seen.faults, *odd, *(["a template ran"] if "{{49}}" in page or " 49 " in seen.text else [])]


@pytest.mark.parametrize("why", [HOSTILE, ADDRESSES], ids=["markup", "addresses"])
def test_what_others_wrote_is_text_on_every_page(tmp_path: Path, why: str) -> None:
    with open_world(tmp_path, catalogue=NAMED) as world:
        lively = enliven(world, why=why.replace("\x7f", "").replace("\u202e", "").replace("\u2066", ""))
        key = f"2026/q3/{why}.csv"
        asked = {"bucketName": "lakeside-reports", "key": key}
        watched(
            world, called(world, lively.active, requestParameters=asked, userAgent=why, sourceIPAddress=why)
        )
        for person, path in PAGES:
            filled = path.replace("{ended_id}", lively.ended)
            answer = Visitor(world, person).get(lively.path(filled))
            assert answer.status_code == 200, path
            assert faults_of(answer.text) == [], path


@pytest.mark.parametrize(
    "path",
    [
        "/ask?text={hostile}",
        "/ask?entitlement={hostile}",
        "/ask?again={hostile}",
        "/sign-in?next={hostile}",
        "/review?cursor={hostile}",
        "/requests/{hostile}",
        "/grants/{hostile}",
        "/{hostile}",
        "/static/{hostile}",
    ],
)
def test_what_stands_in_an_address_is_text_in_the_answer(world: World, path: str) -> None:
    for visitor in (Visitor(world, "grace"), Visitor(world)):
        answer = visitor.http.get(path.format(hostile=quote(HOSTILE, safe="")), follow_redirects=True)
        assert answer.headers["content-type"].startswith("text/html")
        assert faults_of(answer.text) == []


def test_what_a_form_held_is_text_when_it_comes_back(world: World) -> None:
    ada = Visitor(world, "ada")
    for field in (
        "locations",
        "actions",
        "duration",
        "justification",
        "ticket",
        "entitlement",
        "starts_at",
        "groups",
    ):
        for action in ("/ask", "/ask/check"):
            answer = ada.submit(
                action, seen_on="/ask", **{"locations": "s3://lakeside-reports/", field: HOSTILE}
            )
            assert faults_of(answer.text) == [], field
