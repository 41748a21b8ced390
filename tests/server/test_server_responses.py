"""What is done about a finding: told, taken back, held; once, whoever does it and whenever they are killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.server.server_world import REPORTS_ROLE, World, open_world
from tests.server.watched import outside, watched
from tests.store.watch_stage import Batch, FewRules

from liftgate.access.hold import Hold
from liftgate.access.ports import EffectKind
from liftgate.response.drafts import hold_placed
from liftgate.response.model import Response
from liftgate.server.responding import respond
from liftgate.server.watching import take_in
from liftgate.server.worker import drain_once
from liftgate.store.transaction import SqlTransaction
from liftgate.watch.finding import Answer, Finding
from liftgate.watch.verdict import Judged


class Severe(FewRules):
    """The same rules, which want the person held."""

    def of_call(self, judged: Judged) -> list[Finding]:
        return [replace(found, answer=Answer.QUARANTINE) for found in super().of_call(judged)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, response="act") as opened:
        yield opened


def responses(world: World, finding_id: str) -> list[Response]:
    with world.store.read() as view:
        return list(view.responses([finding_id]))


def state_of(world: World, grant_id: str) -> str:
    state: str = world.get("rosa", f"/grants/{grant_id}").json()["state"]
    return state


def held(world: World, person: str = "ada") -> str:
    """A finding by which somebody is on hold."""
    grant_id = world.granted(person)
    theirs = {"sessionContext": {"sessionIssuer": {"type": "Role", "arn": REPORTS_ROLE}}}
    text = outside(world, grant_id, identity=theirs)
    [found] = take_in([Batch([text])], world.parts, Severe()).findings
    assert state_of(world, grant_id) == "revoked"
    return found


def test_a_call_beyond_its_scope_ends_the_grant_and_aws_refuses_the_session(world: World) -> None:
    grant_id = world.granted()
    [found] = watched(world, outside(world, grant_id)).findings
    grant = world.get("ada", f"/grants/{grant_id}").json()
    assert (grant["state"], grant["ending"]["by"]["id"], grant["ending"]["deny"]) == (
        "revoked",
        "liftgate",
        "in_place",
    )
    assert "payroll" not in grant["ending"]["reason"]  # what was noticed is not for its holder
    assert f"*:{grant_id}-*" in world.iam.policies[REPORTS_ROLE]
    assert [(one.step, one.mode, one.outcome) for one in responses(world, found)] == [
        ("alert", "act", "1 webhook is being told"),
        ("revoke", "act", f"{grant_id} was taken back"),
    ]
    told = world.ledger()
    assert told[told.index("finding.made") :] == [
        "finding.made",
        "response.made",
        "grant.revoked",
        "response.made",
        "deny.intended",
        "deny.in_place",
    ]
    assert {line["step"] for line in world.log.lines if line["event"] == "response"} == {"alert", "revoke"}


def test_what_goes_on_from_a_grant_is_taken_back_with_it(world: World) -> None:
    grant_id = world.granted()
    more = {"duration_seconds": 600, "justification": "The totals of October too"}
    asked = world.post("ada", f"/grants/{grant_id}/extensions", more).json()
    world.post("grace", f"/requests/{asked['id']}/reviews", {"answer": "approve"})
    later = world.get("ada", f"/requests/{asked['id']}").json()["grant"]["id"]
    assert state_of(world, later) == "scheduled"
    watched(world, outside(world, grant_id))
    assert [state_of(world, one) for one in (grant_id, later)] == ["revoked", "revoked"]
    assert f"*:{later}-*" in world.iam.policies[REPORTS_ROLE]


def test_observe_changes_nothing_and_says_what_it_would_have_done(tmp_path: Path) -> None:
    with open_world(tmp_path) as world:
        grant_id = world.granted()
        [found] = take_in([Batch([outside(world, grant_id)])], world.parts, Severe()).findings
        drain_once(world.parts, worker="w")
        assert state_of(world, grant_id) == "active"
        assert world.ask("ada").is_success
        assert world.hook.messages == []
        assert [(one.mode, one.outcome) for one in responses(world, found)] == [
            ("observe", "would have told 1 webhook"),
            ("observe", f"would have taken {grant_id} back"),
            ("observe", "would have put ada on hold, and taken back every grant of theirs"),
        ]
        assert world.ledger().count("response.observed") == 3


def test_what_is_over_is_not_taken_back_again(world: World) -> None:
    returned, ended = world.granted(), world.granted()
    texts = [outside(world, one) for one in (returned, ended)]
    world.post("ada", f"/grants/{returned}/return")
    world.clock.pass_by(minutes=3)
    found = {
        grant_id: watched(world, text).findings
        for grant_id, text in zip((returned, ended), texts, strict=True)
    }
    said = {grant_id: responses(world, *found[grant_id])[1].outcome for grant_id in found}
    assert said == {returned: f"{returned} is returned already", ended: f"{ended} is ended already"}
    assert [state_of(world, one) for one in (returned, ended)] == ["returned", "ended"]


def test_a_webhook_is_told_once_it_is_back_and_keeps_nothing_waiting(world: World) -> None:
    grant_id = world.granted()
    world.hook.down = True
    [found] = watched(world, outside(world, grant_id)).findings
    drain_once(world.parts, worker="w")
    assert state_of(world, grant_id) == "revoked"
    world.hook.down = False
    world.clock.pass_by(seconds=2)
    drain_once(world.parts, worker="w")
    [message] = world.hook.messages
    assert (message.id, message.type, message.data["grant_id"]) == (found, "finding.made", grant_id)
    assert world.ledger()[-1] == "alert.sent"


def test_a_webhook_that_never_answers_is_given_up_on_record(world: World) -> None:
    world.hook.down = True
    watched(world, outside(world, world.granted()))
    for _ in range(130):
        drain_once(world.parts, worker="w", kinds=(EffectKind.NOTIFY,))
        world.clock.pass_by(minutes=1)
    assert world.ledger().count("alert.failed") == 1
    world.hook.down = False
    drain_once(world.parts, worker="w", kinds=(EffectKind.NOTIFY,))
    assert world.hook.messages == []


def test_a_person_on_hold_gets_nothing_new(world: World) -> None:
    pending = world.pending()
    kept = world.granted()
    held(world)
    assert state_of(world, kept) == "revoked"
    asked = world.ask("ada")
    assert (asked.status_code, asked.json()["code"]) == (403, "person_held")
    assert "two guards" in asked.json()["advice"]
    approved = world.post("grace", f"/requests/{pending}/reviews", {"answer": "approve"})
    assert (approved.status_code, approved.json()["code"]) == (403, "person_held")
    assert world.post("grace", f"/requests/{pending}/reviews", {"answer": "deny"}).is_success
    assert world.ask("linus").is_success  # others are not held


def test_a_person_on_hold_borrows_nothing_even_under_a_grant_that_still_stands(world: World) -> None:
    grant_id = world.granted()
    placed = Hold(person="ada", finding_id="fi-1", because="x", placed_at=world.clock())
    place(world, placed)
    answer = world.post("ada", f"/grants/{grant_id}/sessions")
    assert (answer.status_code, answer.json()["code"]) == (403, "person_held")
    assert world.sts.orders == []


def test_a_hold_placed_while_aws_lends_keeps_the_credentials_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant_id = world.granted()
    lend = type(world.sts).lend

    def and_hold(sts: Any, order: Any) -> Any:
        place(world, Hold(person="ada", finding_id="fi-1", because="x", placed_at=world.clock()))
        return lend(sts, order)

    monkeypatch.setattr(type(world.sts), "lend", and_hold)
    answer = world.post("ada", f"/grants/{grant_id}/sessions")
    assert (answer.status_code, answer.json()["code"]) == (409, "grant_ended_meanwhile")
    assert "secret-of-1" not in answer.text


def test_a_reviewer_on_hold_approves_nothing(world: World) -> None:
    pending = world.pending()
    held(world, "linus")
    answer = world.post("linus", f"/requests/{pending}/reviews", {"answer": "approve"})
    assert (answer.status_code, answer.json()["code"]) == (403, "person_held")


def place(world: World, hold: Hold) -> None:
    with world.store.write() as transaction:
        transaction.place_hold(hold, hold_placed(hold))


def test_two_workers_do_each_step_once(world: World) -> None:
    grant_id = world.granted()
    with rules_only():
        [found] = take_in([Batch([outside(world, grant_id)])], world.parts, Severe()).findings
    with world.store.write() as transaction:  # the first claims, and is slow
        [first] = transaction.outbox.claim(
            world.clock(), lease=timedelta(0), limit=9, worker="slow", kinds=(EffectKind.RESPONSE,)
        )
    assert drain_once(world.parts, worker="w", kinds=(EffectKind.RESPONSE,)) == 1
    respond(first.effect.key, world.parts)
    once = world.ledger()
    assert [once.count(kind) for kind in ("response.made", "grant.revoked", "hold.placed")] == [3, 1, 1]
    assert [one.step for one in responses(world, found)] == ["alert", "revoke", "quarantine"]


def test_an_answer_that_was_given_is_not_given_again(world: World) -> None:
    two_guards(world)
    found = held(world)
    release(world, "rosa")
    release(world, "grace")
    later = world.granted()
    respond(found, world.parts)  # a worker that was believed dead
    assert state_of(world, later) == "active"


@pytest.mark.parametrize("kill_at", [4, 5])  # when the hold is placed, and when grants are ended
def test_a_quarantine_that_was_cut_off_ends_nothing_that_came_after_its_release(
    world: World, kill_at: int
) -> None:
    two_guards(world)
    first, second = world.granted(), world.granted()
    with rules_only():
        [found] = take_in([Batch([outside(world, first)])], world.parts, Severe()).findings
    with killed_after(world, kill_at):
        drain_once(world.parts, worker="dies", kinds=(EffectKind.RESPONSE,))
    assert "quarantine" not in {one.step for one in responses(world, found)}
    world.clock.pass_by(seconds=1)
    assert [release(world, guard)[0] for guard in ("rosa", "grace")] == [201, 201]
    world.clock.pass_by(seconds=1)
    later = world.granted()
    world.clock.pass_by(seconds=61)
    drain_once(world.parts, worker="w")
    assert [state_of(world, one) for one in (first, second)] == ["revoked", "revoked"]
    assert responses(world, found)[-1].step == "quarantine"
    assert state_of(world, later) == "active"


@pytest.mark.parametrize("kill_at", range(1, 11))
def test_a_kill_after_any_commit_loses_and_doubles_nothing(world: World, kill_at: int) -> None:
    first, second = world.granted(), world.granted()
    with rules_only():
        [found] = take_in([Batch([outside(world, first)])], world.parts, Severe()).findings
    with killed_after(world, kill_at):
        drain_once(world.parts, worker="dies", kinds=(EffectKind.RESPONSE,))
    world.clock.pass_by(seconds=61)
    for _ in range(3):
        drain_once(world.parts, worker="w")
    assert [state_of(world, one) for one in (first, second)] == ["revoked", "revoked"]
    assert [one.step for one in responses(world, found)] == ["alert", "revoke", "quarantine"]
    once = world.ledger()
    assert [once.count(kind) for kind in ("response.made", "grant.revoked", "hold.placed")] == [3, 2, 1]
    assert [told.id for told in world.hook.messages if told.type == "finding.made"] == [found]
    assert all(f"*:{one}-*" in world.iam.policies[REPORTS_ROLE] for one in (first, second))


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@contextmanager
def killed_after(world: World, commits: int) -> Iterator[None]:
    """The process ends just after so many commits."""
    write, left = world.store.write, [commits]

    @contextmanager
    def dying() -> Iterator[SqlTransaction]:
        with write() as transaction:
            yield transaction
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    world.store.write = dying  # type: ignore[method-assign]  # as a kill would
    try:
        yield
    except Killed:
        pass
    finally:
        world.store.write = write  # type: ignore[method-assign]


@contextmanager
def rules_only() -> Iterator[None]:
    """What is found waits in the queue."""
    patch = pytest.MonkeyPatch()
    patch.setattr("liftgate.server.watching.answer_now", lambda _: None)
    yield
    patch.undo()


def two_guards(world: World) -> None:
    text = world.catalogue_file.read_text()
    world.catalogue_file.write_text(text.replace("guards: [rosa]", "guards: [rosa, grace, linus, ada]"))


def release(world: World, guard: str, person: str = "ada") -> tuple[int, str]:
    answer = world.post(guard, f"/holds/{person}/releases", {"reason": "it was a drill"})
    return answer.status_code, answer.json().get("code", "")


def test_two_guards_release_a_hold_and_neither_is_the_person(world: World) -> None:
    two_guards(world)
    held(world)
    assert release(world, "ada") == (403, "may_not_release")
    assert release(world, "mallory") == (403, "may_not_release")
    assert release(world, "rosa") == (201, "")
    assert release(world, "rosa") == (409, "already_released")
    assert world.ask("ada").json()["code"] == "person_held"
    [shown] = world.get("rosa", "/holds").json()["items"]
    assert (shown["person"]["id"], shown["releases_needed"]) == ("ada", 1)
    assert [one["by"]["id"] for one in shown["releases"]] == ["rosa"]
    assert release(world, "grace") == (201, "")
    assert world.ask("ada").is_success
    assert world.get("rosa", "/holds").json()["items"] == []
    assert release(world, "grace") == (404, "no_such_hold")
    assert world.ledger().count("release.refused") == 2


def test_a_release_by_somebody_who_is_no_guard_any_more_counts_no_longer(world: World) -> None:
    two_guards(world)
    held(world)
    assert release(world, "grace") == (201, "")
    text = world.catalogue_file.read_text()
    world.catalogue_file.write_text(text.replace("[rosa, grace, linus, ada]", "[rosa, linus]"))
    assert release(world, "rosa") == (201, "")
    assert world.ask("ada").json()["code"] == "person_held"
    assert release(world, "linus") == (201, "")
    assert world.ask("ada").is_success


def test_what_is_found_after_a_release_wants_two_of_its_own(world: World) -> None:
    two_guards(world)
    held(world)
    release(world, "rosa")
    place(world, Hold(person="ada", finding_id="fi-later", because="x", placed_at=world.clock()))
    release(world, "grace")
    assert world.ask("ada").json()["code"] == "person_held"
    release(world, "rosa")
    assert world.ask("ada").is_success


def test_a_guard_on_hold_releases_nobody(world: World) -> None:
    two_guards(world)
    held(world)
    held(world, "linus")
    assert release(world, "linus") == (403, "person_held")


def test_a_release_by_a_guard_who_is_on_hold_since_counts_no_longer(world: World) -> None:
    two_guards(world)
    held(world)
    assert release(world, "linus") == (201, "")
    held(world, "linus")
    assert release(world, "rosa") == (201, "")
    assert world.ask("ada").json()["code"] == "person_held"
    needed = {
        one["person"]["id"]: one["releases_needed"] for one in world.get("rosa", "/holds").json()["items"]
    }
    assert needed == {"ada": 1, "linus": 2}
    assert release(world, "rosa") == (409, "already_released")
    for guard in ("rosa", "grace"):
        assert release(world, guard, "linus") == (201, "")
    assert world.ask("ada").json()["code"] == "person_held"
    assert release(world, "linus") == (201, "")  # now it counts
    assert world.ask("ada").is_success
