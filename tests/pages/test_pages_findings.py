"""Findings and holds as people see them: who sees which, how they are narrowed, and what can be done about one."""

import re
from html import unescape

from tests.pages.hostile import HOSTILE, assert_harmless
from tests.pages.visitor import Visitor
from tests.server.server_world import World
from tests.server.watched import called, outside, watched

from liftgate.access.hold import Hold
from liftgate.response.drafts import hold_placed


def found(world: World, person: str = "ada", **call: object) -> tuple[str, str]:
    """A finding about somebody, and its grant."""
    grant_id = world.granted(person)
    world.post(person, f"/grants/{grant_id}/sessions")
    world.clock.pass_by(seconds=1)
    [finding_id] = watched(world, outside(world, grant_id, **call)).findings
    return finding_id, grant_id


def hold(world: World, person: str, finding_id: str, because: str = "a drill") -> None:
    put = Hold(person=person, finding_id=finding_id, because=because, placed_at=world.clock())
    with world.store.write() as transaction:
        transaction.place_hold(put, hold_placed(put))


def listed(visitor: Visitor, path: str = "/findings") -> list[str]:
    return re.findall(r'href="/findings/(fi-[0-9a-z]{16})"', visitor.get(path).text)


def test_each_sees_the_findings_that_are_theirs_to_see(world: World) -> None:
    finding_id, _ = found(world)
    for person, sees in {"rosa": True, "grace": True, "linus": True, "ada": False, "mallory": False}.items():
        visitor = Visitor(world, person)
        assert (listed(visitor) == [finding_id]) is sees, person
        assert visitor.get(f"/findings/{finding_id}").status_code == (200 if sees else 404), person


def test_reviewers_never_see_what_is_about_themselves(world: World) -> None:
    found(world, "linus", identity={"sessionContext": {"sourceIdentity": "linus"}})
    assert listed(Visitor(world, "grace"))
    assert listed(Visitor(world, "linus")) == []


def test_findings_are_narrowed_by_severity_and_state(world: World) -> None:
    past, _ = found(world)
    world.clock.pass_by(minutes=10)
    live, _ = found(world)
    rosa = Visitor(world, "rosa")
    assert listed(rosa) == [live, past]
    assert listed(rosa, "/findings?severity=&state=") == [live, past]
    assert listed(rosa, "/findings?state=open") == [live]
    assert listed(rosa, "/findings?state=over") == [past]
    assert listed(rosa, "/findings?state=unexplained") == []
    assert listed(rosa, "/findings?severity=high&state=over") == [past]
    assert listed(rosa, "/findings?severity=critical") == []
    hold(world, "ada", past)
    assert listed(rosa, "/findings?state=open") == [live, past]
    assert [one["state"] for one in world.get("rosa", "/findings").json()["items"]] == ["open", "open"]
    world.clock.pass_by(minutes=10)
    assert listed(rosa, "/findings?state=open") == [past]


def test_what_no_grant_explains_is_unexplained(world: World) -> None:
    grant_id = world.granted()
    taken = called(
        world,
        grant_id,
        identity={
            "arn": "arn:aws:sts::111122223333:assumed-role/LiftgateReportsWriter/eve",
            "principalId": "AROAEXAMPLE:eve",
            "accessKeyId": "ASIAEVEEVEEVEEVEEVE0",
        },
    )
    [finding_id] = watched(world, taken).findings
    rosa = Visitor(world, "rosa")
    assert listed(rosa, "/findings?state=unexplained") == [finding_id]
    assert listed(rosa, "/findings?state=open") == listed(rosa, "/findings?state=over") == []
    page = rosa.get(f"/findings/{finding_id}").text
    assert "None explains it" in page
    assert "Take the grant back" not in page


def test_long_lists_come_in_pages_that_stay_narrowed(world: World) -> None:
    made = []
    for _ in range(3):
        made.append(found(world)[0])
        world.clock.pass_by(minutes=10)
    rosa = Visitor(world, "rosa")
    first = rosa.get("/findings?limit=2&state=over").text
    [following] = re.findall(r'<a class="button" href="([^"]*)">Older', first)
    assert "state=over" in unescape(following)
    assert listed(rosa, "/findings?limit=2&state=over") == [made[2], made[1]]
    assert listed(rosa, unescape(following)) == [made[0]]


def test_an_address_that_asks_for_nonsense_is_told_so(world: World) -> None:
    rosa = Visitor(world, "rosa")
    for query in ("severity=worst", "state=open&state=over", "limit=0", "sevrity=high", "cursor=AAAA"):
        answer = rosa.get(f"/findings?{query}")
        assert answer.status_code == 422, query
        assert "That did not work" in answer.text
    assert "<code>severity</code>" in rosa.get("/findings?sevrity=high").text


def test_one_finding_tells_all_of_it(world: World) -> None:
    grant_id = world.granted()
    world.post("ada", f"/grants/{grant_id}/sessions")
    written = called(world, grant_id, responseElements={"x-amz-version-id": "3HL4kqtJ"})
    watched(world, written)
    world.clock.pass_by(seconds=1)
    [finding_id] = watched(world, outside(world, grant_id)).findings
    page = unescape(Visitor(world, "rosa").get(f"/findings/{finding_id}").text)
    shape = world.get("rosa", f"/findings/{finding_id}").json()
    assert shape["because"] in page
    assert f'href="/grants/{grant_id}"' in page
    assert "AWS refused it" in page
    [damage] = shape["damage"]
    command = damage["how"].partition(": ")[2]
    assert command.startswith("aws s3api delete-object")
    assert page.count(command) == 2  # to read, and to copy
    assert "version <code>3HL4kqtJ</code>" in page
    for done in shape["responses"]:
        assert done["outcome"][1:] in page
    assert '"eventVersion"' in page  # CloudTrail's record, for guards and auditors
    assert '"eventVersion"' not in unescape(Visitor(world, "grace").get(f"/findings/{finding_id}").text)


def test_a_grant_is_taken_back_from_its_finding(world: World) -> None:
    finding_id, grant_id = found(world)
    rosa = Visitor(world, "rosa")
    path = f"/grants/{grant_id}/revocation"
    answer = rosa.submit(path, seen_on=f"/findings/{finding_id}", reason=finding_id)
    assert answer.headers["location"] == f"/grants/{grant_id}"
    assert world.get("rosa", f"/grants/{grant_id}").json()["ending"]["reason"] == finding_id
    page = rosa.get(f"/findings/{finding_id}").text
    assert path not in page
    assert listed(rosa, "/findings?state=over") == [finding_id]


def test_whatever_stands_in_a_call_is_shown_as_text(world: World) -> None:
    hostile = {"bucketName": "lakeside-payroll", "key": f"2026/{HOSTILE}"}
    finding_id, grant_id = found(world, userAgent=HOSTILE, requestParameters=hostile)
    world.clock.pass_by(seconds=1)
    kept = {"bucketName": "lakeside-reports", "key": f"2026/q3/{HOSTILE}"}
    watched(
        world,
        called(world, grant_id, requestParameters=kept, responseElements={"x-amz-version-id": HOSTILE}),
    )
    hold(world, "ada", finding_id, because=HOSTILE)
    rosa = Visitor(world, "rosa")
    for path in ("/findings", f"/findings/{finding_id}", "/holds"):
        assert_harmless(rosa.get(path).text)


def test_two_guards_release_a_hold(world: World) -> None:
    text = world.catalogue_file.read_text()
    world.catalogue_file.write_text(text.replace("guards: [rosa]", "guards: [rosa, mallory]"))
    world.clock.pass_by(seconds=60)
    finding_id, _ = found(world)
    hold(world, "ada", finding_id)
    rosa, mallory = Visitor(world, "rosa"), Visitor(world, "mallory")
    assert "1 person is on hold" in rosa.get("/findings").text
    path = "/holds/ada/releases"
    assert rosa.submit(path, seen_on="/holds", reason="a drill").headers["location"] == "/holds"
    seen = rosa.get("/holds").text
    assert "Rosa Parks released it" in seen
    assert path not in seen
    assert world.ask().json()["code"] == "person_held"
    mallory.submit(path, seen_on="/holds", reason="a drill")
    assert "Nobody is on hold" in mallory.get("/holds").text
    assert world.ask().status_code == 201


def test_a_release_without_a_reason_says_so_on_its_page(world: World) -> None:
    finding_id, _ = found(world)
    hold(world, "ada", finding_id)
    answer = Visitor(world, "rosa").submit("/holds/ada/releases", seen_on="/holds", reason="")
    assert answer.status_code == 422
    assert "On hold" in answer.text
    assert 'role="alert"' in answer.text


def test_holds_are_for_guards_and_auditors(world: World) -> None:
    finding_id, _ = found(world)
    hold(world, "linus", finding_id)
    for person in ("ada", "grace", "mallory"):
        visitor = Visitor(world, person)
        assert visitor.get("/holds").status_code == 403
        csrf = visitor.hidden("/mine", "/sign-out")["csrf"]
        assert visitor.send("/holds/linus/releases", csrf=csrf, reason="please").status_code == 403
        assert 'href="/holds"' not in visitor.get("/findings").text
