"""The overview: the same figures on the page, in the API and at the terminal; pictures that a parser of XML reads."""

import re
from itertools import pairwise
from random import Random
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pages.hostile import assert_harmless
from tests.pages.visitor import Visitor
from tests.server.server_world import CATALOGUE, World, open_world
from tests.store.overview_histories import put_in
from tests.store.store_examples import NOON

from liftgate.server.pages.charts import About, Row, Series, bars, columns, count_ticks, lines, time_ticks
from liftgate.server.pages.words import hours, share

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=100)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def busy(world: World) -> World:
    """A server after forty days with many grants."""
    world.clock.now = NOON
    with world.store.write() as transaction:
        put_in(transaction, Random(5), grants=60)  # noqa: S311 - a seed
    return world


def cells(text: str, section: str) -> list[list[str]]:
    """The numbers of a table of the page."""
    inside = re.search(rf'aria-labelledby="h-{section}">(.*?)</section>', text, re.DOTALL)
    assert inside
    rows = re.findall(r"<tr>(<td.*?)</tr>", inside[1], re.DOTALL)
    return [[re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td.*?</td>", row)] for row in rows]


def test_the_page_says_what_the_api_says(busy: World) -> None:
    said = busy.get("rosa", "/overview", days=90).json()
    text = Visitor(busy, "rosa").get("/overview?days=90").text
    names = ("ended", "returned", "revoked", "live")
    assert cells(text, "grants") == [
        [one["day"], *(str(one[name]) for name in names)] for one in said["days"][::-1]
    ]
    assert [row[-1] for row in cells(text, "uses")] == [str(said["uses"][name]) for name in said["uses"]]
    assert cells(text, "findings") == [
        [one["severity"], *(str(one[state]) for state in ("open", "unexplained", "over"))]
        for one in said["findings"]
    ]
    assert [row[1] for row in cells(text, "spread")] == [str(one["grants"]) for one in said["waits"]]
    assert [row[0] for row in cells(text, "lent")] == [one["entitlement"] for one in said["lent"]]
    assert sum(one["approved"] + one["denied"] for one in said["reviewers"]) > 30
    assert [int(row[1]) for row in cells(text, "reviewers")] == [one["approved"] for one in said["reviewers"]]


def test_every_picture_is_well_formed_and_has_its_words(busy: World) -> None:
    text = Visitor(busy, "rosa").get("/overview").text
    pictures = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(pictures) == 7
    for picture in pictures:
        svg = ET.fromstring(picture)  # noqa: S314 - what was just made
        ids = {one.get("id") for one in svg if one.tag in {f"{SVG}title", f"{SVG}desc"}}
        assert set((svg.get("aria-labelledby") or "").split()) == ids
        assert all(one.text for one in svg.findall(f"{SVG}title") + svg.findall(f"{SVG}desc"))
        assert not [one for one in svg.iter() if "style" in one.attrib]
        assert picture.count("<rect") + picture.count("<circle") >= 2
    assert " style=" not in text


def test_a_server_on_which_nothing_happened_says_so(world: World) -> None:
    text = Visitor(world, "rosa").get("/overview").text
    for words in (
        "Nothing was granted.",
        "Nothing was approved by a review.",
        "Nothing was found.",
        "Nobody answered",
    ):
        assert words in text
    assert "0 h of elevated access were lent" in text


def test_it_is_for_guards_and_auditors(world: World) -> None:
    for person in ("ada", "grace", "mallory"):
        assert Visitor(world, person).get("/overview").status_code == 403
        assert world.get(person, "/overview").status_code == 403
    for days in ("0", "367", "x"):
        assert Visitor(world, "rosa").get(f"/overview?days={days}").status_code == 422
        assert world.get("rosa", "/overview", days=days).status_code == 422


def test_a_grant_counts_from_its_start_to_its_end(world: World) -> None:
    grant_id = world.granted(duration_seconds=120)
    world.clock.pass_by(seconds=30)
    world.post("ada", f"/grants/{grant_id}/return")
    world.clock.pass_by(hours=1)
    said = world.get("rosa", "/overview", days=1).json()
    lent = {one["entitlement"]: one for one in said["lent"]}
    assert (lent["reports-writer"]["grants"], lent["reports-writer"]["lent_seconds"]) == (1, 30)
    assert lent["reports-writer"]["people"] == 2
    assert lent["reports-writer"]["standing_seconds"] == 2 * (10 * 3_600 + 30)
    assert said["days"] == [{"day": "2026-11-24", "ended": 0, "returned": 1, "revoked": 0, "live": 0}]
    assert said["uses"]["unsettled"] == 1
    assert said["wait"]["grants"] == 0  # nobody reviewed it


def test_what_names_say_is_text_in_pictures_too(tmp_path: object) -> None:
    text = CATALOGUE.replace(
        "name: Grace Hopper", "name: '<script>alert(1)</script>\"''></text><image href=x>'"
    )
    with open_world(tmp_path, catalogue=text) as world:  # type: ignore[arg-type]  # pytest's own path
        request_id = world.pending()
        world.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": ""})
        page = Visitor(world, "rosa").get("/overview").text
        assert_harmless(page)
        assert "<image" not in page


@given(texts=st.lists(TEXTS, min_size=1, max_size=12), counts=COUNTS)
def test_whatever_is_drawn_is_well_formed(texts: list[str], counts: list[int]) -> None:
    about = About(ident="c", title=texts[0], says=texts[-1])
    labels = [texts[place % len(texts)] for place in range(len(counts))]
    series = [
        Series(name=texts[0], tone="s-good", values=counts),
        Series(name="b", tone="s-bad", values=[None] * len(counts)),
    ]
    rows = [
        Row(label=label, parts=[count, 1], note=label) for label, count in zip(labels, counts, strict=True)
    ]
    for drawn in (
        columns(about, labels, series),
        lines(about, labels, series, str),
        bars(about, rows, ["s-good", "s-bad"]),
    ):
        svg = ET.fromstring(drawn)  # noqa: S314 - what was just made
        _, _, wide, high = map(float, (svg.get("viewBox") or "").split())
        for one in svg.iter(f"{SVG}rect"):
            x, y, w, h = (float(one.get(name) or "nan") for name in ("x", "y", "width", "height"))
            assert -0.1 <= x <= x + w <= wide + 2.1
            assert -0.1 <= y <= y + h <= high + 0.2


@given(st.floats(0, 10**9))
def test_ticks_hold_what_is_drawn_and_are_few(top: float) -> None:
    for ticks in (count_ticks(top), time_ticks(top)):
        assert ticks[0] == 0
        assert ticks[-1] >= top
        assert len(ticks) <= 6
        assert len({second - first for first, second in pairwise(ticks)}) == 1


def test_numbers_are_said_short() -> None:
    assert [share(0, 9), share(1, 10_000), share(1, 100), share(1, 3), share(1, 0)] == [
        "0 %",
        "under 0.1 %",
        "1.0 %",
        "33 %",
        "0 %",
    ]
    assert [hours(0), hours(5_400), hours(3_600_000)] == ["0 h", "1.5 h", "1,000 h"]
