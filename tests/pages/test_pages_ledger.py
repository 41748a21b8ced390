"""The ledger as guards and auditors read it: narrowed, in pages, verified, and taken away."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from tests.pages.hostile import HOSTILE, assert_harmless
from tests.pages.test_pages_findings import hold
from tests.pages.visitor import Visitor
from tests.server.server_world import START, World
from tests.server.watched import outside, watched

from liftgate.clock import rfc3339
from liftgate.ledger.chain import Intact
from liftgate.ledger.export import verify_export
from liftgate.ledger.model import Draft, EventKind
from liftgate.ledger.words import did


@pytest.fixture
def rosa(world: World) -> Visitor:
    """An auditor, after ada asked, was granted and lent, and gave it back on the next day."""
    grant_id = world.granted(duration_seconds=120)
    world.post("ada", f"/grants/{grant_id}/sessions")
    world.clock.pass_by(seconds=30)
    world.post("ada", f"/grants/{grant_id}/return", {"reason": "done early"})
    world.clock.pass_by(days=1)
    world.pending(justification="Correct the totals of the fourth quarter")
    return Visitor(world, "rosa")


def seqs(visitor: Visitor, query: str = "") -> list[int]:
    return [int(one) for one in re.findall(r'<p class="when">(\d+) ', visitor.get(f"/ledger{query}").text)]


def of_api(world: World, **query: object) -> list[int]:
    answer = world.get("rosa", "/ledger/entries", **query)
    assert answer.status_code == 200, answer.text
    return [one["seq"] for one in answer.json()["items"]]


def test_the_newest_entry_comes_first(world: World, rosa: Visitor) -> None:
    with world.store.read() as view:
        all_of_them = [entry.seq for entry in view.entries()]
    assert seqs(rosa) == all_of_them[::-1]


def test_entries_are_narrowed_as_the_api_narrows_them(world: World, rosa: Visitor) -> None:
    world.sign_in("rosa")
    with world.store.read() as view:
        entries = list(view.entries())
    request = next(one.draft for one in entries if one.draft.request_id)

    def matching(keep: Callable[[Draft], bool]) -> list[int]:
        return [one.seq for one in entries if keep(one.draft)][::-1]

    cases: list[tuple[str, dict[str, object], list[int]]] = [
        ("?kind=grant.returned", {"kind": "grant.returned"}, matching(lambda d: d.kind == "grant.returned")),
        ("?actor=ada", {"actor": "ada"}, matching(lambda d: d.actor == "ada")),
        (
            f"?about={request.request_id}",
            {"about": request.request_id},
            matching(lambda d: d.request_id == request.request_id),
        ),
        (
            "?since=2026-11-25",
            {"since": "2026-11-25T00:00:00Z"},
            matching(lambda d: d.at.day == 25),
        ),
        (
            "?until=2026-11-24&actor=ada&kind=",
            {"until": "2026-11-25T00:00:00Z", "actor": "ada"},
            matching(lambda d: d.at.day == 24 and d.actor == "ada"),
        ),
        ("?since=2026-11-26", {"since": "2026-11-26T00:00:00Z"}, []),
    ]
    for page, asked, expected in cases:
        assert seqs(rosa, page) == of_api(world, order="newest", **asked) == expected, page
        assert of_api(world, **asked) == expected[::-1], page
        assert expected or "No entry is like that" in rosa.get(f"/ledger{page}").text


def test_a_moment_is_narrowed_to_the_second(world: World, rosa: Visitor) -> None:
    del rosa
    world.sign_in("rosa")
    with world.store.read() as view:
        entries = list(view.entries())
    moment = START + timedelta(seconds=30)
    said = rfc3339(moment)
    before = [one.seq for one in entries if one.draft.at < moment]
    assert 0 < len(before) < len(entries)
    assert of_api(world, until=said) == before
    assert of_api(world, since=said) == [one.seq for one in entries if one.draft.at >= moment]


def test_pages_go_on_where_the_one_before_ended(rosa: Visitor) -> None:
    whole, read, address = seqs(rosa), [], "?limit=3"
    while address:
        read += seqs(rosa, address)
        more = re.findall(
            r'<a class="button" href="/ledger([^"]*)">Older', rosa.get(f"/ledger{address}").text
        )
        address = unescape(more[0]) if more else ""
    assert read == whole


def test_each_entry_is_a_sentence_and_itself(world: World, rosa: Visitor) -> None:
    text = unescape(rosa.get("/ledger").text)
    assert "<strong>Ada Lovelace</strong> gave a grant back: " in text
    assert "done early" in text
    for entry in world.get("rosa", "/ledger/entries").json()["items"][:5]:
        assert f">{entry['hash'][:12]}<" in text
        assert f'"hash": "{entry["hash"]}"' in text


def test_every_kind_has_words() -> None:
    for kind in EventKind:
        assert did(Draft(at=START, kind=kind, actor="ada"))


@pytest.mark.parametrize(
    "query",
    [
        "kind=grant.stolen",
        "since=yesterday",
        "since=2026-13-45",
        "about=x",
        "actor=a&actor=b",
        "before=x",
        "limit=1000",
    ],
)
def test_what_cannot_be_asked_is_said(rosa: Visitor, query: str) -> None:
    assert rosa.get(f"/ledger?{query}").status_code == 422


def test_the_ledger_is_verified(world: World, rosa: Visitor) -> None:
    text = rosa.get("/ledger/verification").text
    with world.store.read() as view:
        head = view.head()
    assert head is not None
    assert "The ledger is intact" in text
    assert f"{head.seq} entries are there" in text
    assert f"{head.seq} {head.hash}" in text


def test_a_damaged_ledger_is_said_to_be_broken(world: World, rosa: Visitor) -> None:
    with world.store._engines.writing.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_refuses_update")
        connection.exec_driver_sql("UPDATE ledger SET actor = 'mallory' WHERE seq = 3")
    text = rosa.get("/ledger/verification").text
    assert "broken at entry 3" in text
    assert "intact" not in text


def test_the_export_is_a_file_that_can_be_verified(rosa: Visitor) -> None:
    answer = rosa.get("/ledger/export")
    assert answer.headers["content-type"] == "application/jsonl"
    assert re.fullmatch(
        r'attachment; filename="liftgate-ledger-2026-11-25T\d{4}Z\.jsonl"',
        answer.headers["content-disposition"],
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    verdict = verify_export(answer.text.splitlines(keepends=True))
    assert isinstance(verdict, Intact)
    assert verdict.count == len(seqs(rosa))


def test_the_ledger_is_for_guards_and_auditors(world: World) -> None:
    for person in ("ada", "grace", "mallory"):
        visitor = Visitor(world, person)
        for path in ("/ledger", "/ledger/verification", "/ledger/export"):
            assert visitor.get(path).status_code == 403
        assert 'href="/ledger"' not in visitor.get("/mine").text


def test_what_people_and_callers_wrote_is_shown_as_text(world: World) -> None:
    grant_id = world.granted(
        justification=HOSTILE.replace("\x1b", "").replace("\u202e", "").replace("\u2066", "")
    )
    world.post("ada", f"/grants/{grant_id}/sessions")
    hostile = {"bucketName": "lakeside-payroll", "key": f"2026/{HOSTILE}"}
    watched(world, outside(world, grant_id, userAgent=HOSTILE, requestParameters=hostile))
    hold(world, "ada", "fi-0000000000000001", because=HOSTILE)
    rosa = Visitor(world, "rosa")
    assert_harmless(rosa.get("/ledger").text)
    assert_harmless(rosa.http.get("/ledger", params={"actor": "<script>alert(1)</script>"}).text)
