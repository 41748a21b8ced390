"""The catalogue as people see it: what is theirs to see, and what they find in it."""

import re
from pathlib import Path

import pytest
from tests.pages.hostile import assert_harmless
from tests.pages.visitor import Visitor
from tests.server.server_world import CATALOGUE, World, open_world


def named(visitor: Visitor, query: str = "") -> list[str]:
    return re.findall(r'<h2 id="e-([a-z-]+)"', visitor.get(f"/catalogue{query}").text)


def test_each_sees_what_the_api_shows_them(world: World) -> None:
    for person in ("ada", "grace", "linus", "rosa", "mallory"):
        of_api = [one["name"] for one in world.get(person, "/catalogue").json()["entitlements"]]
        assert named(Visitor(world, person)) == of_api, person
    assert "nothing that you may ask for" in Visitor(world, "mallory").get("/catalogue").text


def test_asking_is_offered_to_those_who_may(world: World) -> None:
    assert 'href="/ask?entitlement=payroll-writer"' in Visitor(world, "ada").get("/catalogue").text
    assert "/ask?entitlement" not in Visitor(world, "grace").get("/catalogue").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=", ["payroll-writer", "reports-writer"]),
        ("?q=PAYROLL", ["payroll-writer"]),
        ("?q=s3://lakeside-reports/2026/", ["reports-writer"]),
        ("?q=pay+people", ["payroll-writer"]),
        ("?q=grace+hopper", ["payroll-writer", "reports-writer"]),
        ("?q=delete", ["reports-writer"]),
        ("?q=hopper+lakeside-payroll", ["payroll-writer"]),
        ("?q=nothing+of+the+kind", []),
    ],
)
def test_words_find_entitlements(world: World, query: str, found: list[str]) -> None:
    assert named(Visitor(world, "rosa"), query) == found
    wanted = query.removeprefix("?q=").replace("+", " ")
    of_api = world.get("rosa", "/catalogue", q=wanted).json()["entitlements"]
    assert [one["name"] for one in of_api] == found


def test_who_may_ask_is_told_to_reviewers_and_to_nobody_through_the_search(tmp_path: Path) -> None:
    text = CATALOGUE.replace("requesters: [ada, linus]", "requesters: [ada, mallory]")
    with open_world(tmp_path, catalogue=text) as world:
        assert named(Visitor(world, "grace"), "?q=mallory") == ["reports-writer"]
        assert named(Visitor(world, "ada"), "?q=mallory") == []
        assert "Mallory" not in Visitor(world, "ada").get("/catalogue").text
        assert world.get("ada", "/catalogue").json()["entitlements"][0]["requesters"] is None


def test_a_team_finds_what_its_members_may_ask_for(tmp_path: Path) -> None:
    text = CATALOGUE.replace("guards: [rosa]", "groups: {finance: [ada]}\nteams: [finance]\nguards: [rosa]")
    with open_world(tmp_path, catalogue=text.replace("[ada, linus]", "[linus]")) as world:
        assert named(Visitor(world, "rosa"), "?q=finance") == ["payroll-writer"]


def test_names_and_words_are_shown_as_text(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    text = CATALOGUE.replace("name: Ada Lovelace", f"name: '{hostile}'").replace(
        "description: Pay people", f"description: '{hostile}'"
    )
    with open_world(tmp_path, catalogue=text) as world:
        rosa = Visitor(world, "rosa")
        assert_harmless(rosa.get("/catalogue").text)
        assert_harmless(rosa.http.get("/catalogue", params={"q": f'{hostile}" autofocus onfocus="x'}).text)


def test_faults_of_the_files_are_quoted_to_few(world: World) -> None:
    world.catalogue_file.write_text(world.catalogue_file.read_text() + "secret-plans: 1\n")
    ada, rosa = Visitor(world, "ada"), Visitor(world, "rosa")
    assert "files are faulty" in ada.get("/catalogue").text
    assert "secret-plans" not in ada.get("/catalogue").text
    assert "secret-plans" in rosa.get("/catalogue").text
