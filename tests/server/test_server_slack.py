"""Slack: requests are shown and answered there, by people who are proved to be who they are, and by nobody else."""

import json
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from tests.server.fake_slack import APP_TOKEN, BOT_TOKEN, FakeSlack, fake_slack
from tests.server.server_world import CATALOGUE, World, open_world

from liftgate.access.model import Answer
from liftgate.access.ports import Effect, EffectKind
from liftgate.access.told import TellKind, Told
from liftgate.notices.slack.sealed import Form, form_key, seal
from liftgate.notices.slack.signature import sign
from liftgate.server.worker import drain_once

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, ADA, GRACE, LINUS, MALLORY = "T111", "U0ADA", "U0GRACE", "W0LINUS", "U0MALLORY"
LINKED = CATALOGUE.replace('ReadOnly/ada"', f'ReadOnly/ada", "slack:{TEAM}/{ADA}"').replace(
    'ReadOnly/grace"', f'ReadOnly/grace", "slack:{TEAM}/{GRACE}"'
)


@dataclass
class Desk:
    """A Liftgate with a Slack."""

    world: World
    slack: FakeSlack
    _serial: list[int] = field(default_factory=lambda: [0])

    def drain(self) -> None:
        """Do what is queued for Slack."""
        for _ in range(3):
            drain_once(self.world.parts, worker="w", kinds=(EffectKind.TELL, EffectKind.NOTIFY))

    def tell(self, kind: TellKind, request_id: str) -> None:
        """Tell of a request, as its use cases do."""
        told = Told(
            kind=kind, recipients=frozenset({"grace"}), due_at=self.world.clock(), request_id=request_id
        )
        with self.world.store.write() as transaction:
            transaction.tell([told])
        self.drain()

    def shown(self, **changes: Any) -> str:
        """A request that waits, and is shown."""
        request_id = self.world.pending("ada", **changes)
        self.tell(TellKind.REQUEST_MADE, request_id)
        return request_id

    def send(self, fields: dict[str, str], **more: Any) -> httpx.Response:
        """A call of Slack, signed as it signs."""
        body = urlencode(fields).encode()
        at = str(int(self.world.clock().timestamp()) + more.get("late", 0))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": sign(more.get("secret", SECRET), at, body),
            **more.get("headers", {}),
        }
        answer: httpx.Response = self.world.http.post("/slack/interactions", content=body, headers=headers)
        return answer

    def interact(self, payload: dict[str, Any]) -> httpx.Response:
        """A button or a form; no two are alike, since each has a trigger of its own."""
        self._serial[0] += 1
        return self.send({"payload": json.dumps({**payload, "trigger_id": f"{self._serial[0]}.222.xxx"})})

    def press(self, user: str, request_id: str, action: str = "liftgate_approve") -> dict[str, Any] | None:
        """Press a button; the form that opens, if one does."""
        before = len(self.slack.of("views.open"))
        assert self.interact(clicked(user, request_id, action)).status_code == 200
        opened = self.slack.of("views.open")[before:]
        return opened[0]["view"] if opened else None

    def submit(
        self, user: str, view: dict[str, Any], reason: str = "go ahead", **typed: str
    ) -> dict[str, Any]:
        """Send a form; what Slack is answered, whose faults stand beside inputs that the form has."""
        answer = self.interact(submitted(user, view, {"reason": reason, **typed}))
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json() if answer.content else {}
        assert set(said.get("errors", {})) <= set(inputs_of(view) or ["reason"])
        return said

    def whispers(self) -> list[tuple[str, str]]:
        """What was said to one user alone."""
        return [(one["user"], one["text"]) for one in self.slack.of("chat.postEphemeral")]

    def state(self, request_id: str) -> str:
        state: str = self.world.get("rosa", f"/requests/{request_id}").json()["state"]
        return state


def clicked(user: str, request_id: str, action: str) -> dict[str, Any]:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload."""
    return {
        "type": "block_actions",
        "user": {"id": user, "username": "grace", "name": "grace", "team_id": TEAM},
        "api_app_id": "A000",
        "token": "Shh_its_a_seekrit",
        "container": {
            "type": "message",
            "message_ts": "1700000000.000001",
            "channel_id": "C0REQUESTS",
            "is_ephemeral": False,
        },
        "team": {"id": TEAM, "domain": "example"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "C0REQUESTS", "name": "requests"},
        "message": {"type": "message", "ts": "1700000000.000001"},
        "response_url": "https://hooks.slack.com/actions/T111/1/xxx",
        "actions": [
            {
                "type": "button",
                "action_id": action,
                "block_id": "aBc1",
                "text": {"type": "plain_text", "text": "Approve", "emoji": False},
                "value": request_id,
                "style": "primary",
                "action_ts": "1700000010.000001",
            }
        ],
    }


def inputs_of(view: dict[str, Any]) -> list[str]:
    """The inputs of a form, by name."""
    return [block["block_id"] for block in view.get("blocks", []) if block["type"] == "input"]


def submitted(user: str, view: dict[str, Any], typed: dict[str, str]) -> dict[str, Any]:
    """What was left empty is null. https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload."""
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "example"},
        "user": {"id": user, "username": "grace", "name": "grace", "team_id": TEAM},
        "api_app_id": "A000",
        "token": "Shh_its_a_seekrit",
        "view": {
            "id": "V0001",
            "team_id": TEAM,
            "hash": "1700000010.abc",
            "state": {
                "values": {
                    name: {name: {"type": "plain_text_input", "value": typed.get(name)}}
                    for name in inputs_of(view) or typed
                }
            },
            **view,
        },
        "response_urls": [],
    }


def command(user: str, text: str) -> dict[str, str]:
    """https://docs.slack.dev/interactivity/implementing-slash-commands."""
    return {
        "token": "Shh_its_a_seekrit",
        "team_id": TEAM,
        "team_domain": "example",
        "channel_id": "C0REQUESTS",
        "channel_name": "requests",
        "user_id": user,
        "user_name": "grace",
        "command": "/liftgate",
        "text": text,
        "api_app_id": "A000",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T111/1/xxx",
        "trigger_id": "1.2.x",
    }


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fake_slack() as slack:
        settings = {
            "bot_token": BOT_TOKEN,
            "signing_secret": SECRET,
            "app_token": APP_TOKEN,
            "channel": "C0REQUESTS",
            "api_url": slack.url,
        }
        with open_world(tmp_path, catalogue=LINKED, slack=settings) as world:
            yield Desk(world, slack)


def texts(message: dict[str, Any]) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


def test_a_request_is_shown_with_buttons_once(desk: Desk) -> None:
    request_id = desk.shown()
    desk.tell(TellKind.REVIEW_DUE, request_id)
    message = desk.slack.message
    assert message["channel"] == "C0REQUESTS"
    for said in (
        "Ada Lovelace (ada) asks for reports-writer",
        "write under s3://lakeside-reports/2026/q3/",
        "20m, from when it is approved",
        "Correct the totals of the third quarter",
        "ada has not had reports-writer before",
        "waits for an answer",
        request_id,
    ):
        assert said in texts(message)
    [buttons] = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    assert [one["text"]["text"] for one in buttons] == ["Approve", "Deny", "Look"]
    assert len(desk.slack.of("chat.postMessage")) == 1
    assert desk.slack.of("chat.update") == []


def test_what_needs_no_answer_is_not_shown(desk: Desk) -> None:
    asked = desk.world.ask("ada").json()
    desk.tell(TellKind.REQUEST_APPROVED, asked["id"])
    assert desk.slack.messages == {}


HOSTILE = (
    "<!channel> <@U0GRACE> <https://evil.example|approve> @here *bold* `x` & https://evil.example/ :tada:"
)


def test_what_people_wrote_is_nothing_but_text(desk: Desk) -> None:
    desk.shown(justification=HOSTILE, locations=["s3://lakeside-reports/2026/<!here>/"])
    message = desk.slack.message
    fields = [one for block in message["blocks"] for one in block.get("fields", [])]
    assert {"type": "plain_text", "text": HOSTILE, "emoji": False} in fields
    ours = [one["text"] for one in fields if one["type"] == "mrkdwn"]
    assert all(one.strip("*").replace(" ", "").isalpha() for one in ours)
    assert (message["parse"], message["unfurl_links"], message["unfurl_media"]) == ("none", False, False)
    assert "<" not in message["text"]


def test_the_longest_texts_fit(desk: Desk) -> None:
    places = [f"s3://lakeside-reports/2026/{'k' * 600}/"]
    desk.shown(justification="w" * 2_000, locations=places, actions=["write", "delete"])
    assert len(desk.slack.messages) == 1


def test_a_reviewer_approves_by_button_with_a_reason_and_the_message_says_so(desk: Desk) -> None:
    request_id = desk.shown()
    view = desk.press(GRACE, request_id)
    assert view is not None
    assert view["title"]["text"] == "Approve"
    assert desk.submit(GRACE, view, "as agreed") == {}
    desk.drain()
    [review] = desk.world.get("ada", f"/requests/{request_id}").json()["reviews"]
    assert (review["reviewer"]["id"], review["answer"], review["comment"]) == (
        "grace",
        "approve",
        "as agreed",
    )
    with desk.world.store.read() as view_of_store:
        identities = [
            entry.draft.body["identity"]
            for entry in view_of_store.entries()
            if entry.draft.kind.value == "request.reviewed"
        ]
    assert identities == [f"slack:{TEAM}/{GRACE}"]
    assert "approved by Grace Hopper (grace)" in texts(desk.slack.message)
    assert all(block["type"] != "actions" for block in desk.slack.message["blocks"])


def test_a_reviewer_approves_less_and_the_message_says_so(desk: Desk) -> None:
    request_id = desk.shown(locations=["s3://lakeside-reports/2026/q3/", "s3://lakeside-reports/2026/q4/"])
    view = desk.press(GRACE, request_id)
    assert view is not None
    assert inputs_of(view) == ["reason", "shorter", "only"]
    assert "At most 20m" in texts(view)
    assert desk.submit(GRACE, view, shorter="15 m", only="s3://lakeside-reports/2026/q3/") == {}
    desk.drain()
    asked = desk.world.get("ada", f"/requests/{request_id}").json()
    assert (asked["reviews"][0]["duration_seconds"], asked["state"]) == (900, "approved")
    grant = desk.world.get("ada", f"/grants/{asked['grant']['id']}").json()
    assert grant["scope"]["locations"] == ["s3://lakeside-reports/2026/q3/"]
    assert "but only write under s3://lakeside-reports/2026/q3/ for 15m" in texts(desk.slack.message)


@pytest.mark.parametrize(
    ("typed", "beside", "said"),
    [
        ({"shorter": "soon"}, "shorter", "is not a span of time"),
        ({"shorter": "1h"}, "shorter", "is longer than the 20m"),
        ({"only": "s3://lakeside-payroll/2026/"}, "only", "it was not asked to"),
        ({"only": "s3://" + "x" * 2_990}, "only", "has 2990 characters"),
    ],
)
def test_less_that_is_more_or_nothing_is_said_beside_its_input(
    desk: Desk, typed: dict[str, str], beside: str, said: str
) -> None:
    request_id = desk.shown()
    view = desk.press(GRACE, request_id)
    assert view is not None
    answer = desk.submit(GRACE, view, **typed)
    assert list(answer["errors"]) == [beside]
    assert said.lower() in answer["errors"][beside].lower()
    assert desk.state(request_id) == "pending"
    assert desk.submit(GRACE, view, shorter="5m") == {}  # the form stays open until it is right


def test_a_denial_wants_a_reason(desk: Desk) -> None:
    request_id = desk.shown()
    view = desk.press(GRACE, request_id, "liftgate_deny")
    assert view is not None
    [wanted] = [block for block in view["blocks"] if block["type"] == "input"]
    assert (view["title"]["text"], wanted["optional"], inputs_of(view)) == ("Deny", False, ["reason"])
    desk.submit(GRACE, view, "not today")
    desk.drain()
    assert desk.state(request_id) == "denied"
    assert "denied by Grace Hopper (grace): not today" in texts(desk.slack.message)


@pytest.mark.parametrize("how", ["api", "cancelled", "lapsed"])
def test_the_message_follows_whatever_happens_elsewhere(desk: Desk, how: str) -> None:
    request_id = desk.shown()
    if how == "api":
        desk.world.post("grace", f"/requests/{request_id}/reviews", {"answer": "deny", "comment": ""})
        desk.drain()
        said = "denied by Grace Hopper"
    elif how == "cancelled":
        desk.world.post("ada", f"/requests/{request_id}/cancellation")
        desk.tell(TellKind.REQUEST_CANCELLED, request_id)
        said = "cancelled by its requester"
    else:
        desk.world.clock.pass_by(hours=9)
        desk.tell(TellKind.REQUEST_LAPSED, request_id)
        said = "nobody answered in time"
    assert said in texts(desk.slack.message)
    assert all(block["type"] != "actions" for block in desk.slack.message["blocks"])


def test_what_slack_does_not_take_is_tried_again(desk: Desk) -> None:
    desk.slack.failing = "ratelimited"
    desk.shown()
    assert desk.slack.messages == {}
    desk.slack.failing = None
    desk.world.clock.pass_by(minutes=1)
    desk.drain()
    assert len(desk.slack.messages) == 1
    assert "hunter2" not in desk.world.log.text


def test_a_message_that_was_deleted_is_left(desk: Desk) -> None:
    request_id = desk.shown()
    desk.slack.messages.clear()
    desk.world.post("grace", f"/requests/{request_id}/reviews", {"answer": "deny", "comment": ""})
    desk.drain()
    desk.world.clock.pass_by(minutes=1)
    desk.drain()
    assert len(desk.slack.of("chat.update")) == 1


def reminded(desk: Desk, kind: str = "remind_after: 30m, remind_every: 1h", *, minutes: int = 31) -> str:
    """A request of whose review somebody was reminded."""
    rule = f"review:\n      {kind.replace(', ', chr(10) + '      ')}\n      reviewers: [grace, linus]\n      approvals: 1"
    written = LINKED.replace("review:\n      reviewers: [grace, linus]\n      approvals: 1", rule, 1)
    assert written != LINKED
    desk.world.catalogue_file.write_text(written)
    desk.world.clock.pass_by(seconds=30)
    request_id = desk.world.pending("ada")
    desk.drain()
    desk.world.clock.pass_by(minutes=minutes)
    desk.drain()
    return request_id


def test_a_reminder_is_a_reply_that_mentions_reviewers_each_time(desk: Desk) -> None:
    request_id = reminded(desk)
    [reply] = desk.slack.replies
    assert (reply["channel"], reply["thread_ts"]) == ("C0REQUESTS", "1700000000.000001")
    [calling, said] = [block["text"] for block in reply["blocks"]]
    assert calling == {"type": "mrkdwn", "text": f"<@{GRACE}>", "verbatim": True}  # nobody knows Linus's
    assert said["type"] == "plain_text"
    assert "Still waits for an answer of: Grace Hopper (grace), Linus Pauling (linus). Ada" in said["text"]
    assert len(desk.slack.messages) == 1
    desk.world.clock.pass_by(minutes=60)
    desk.drain()
    assert len(desk.slack.replies) == 2
    desk.world.post("grace", f"/requests/{request_id}/reviews", {"answer": "deny", "comment": ""})
    desk.world.clock.pass_by(minutes=60)
    desk.drain()
    assert len(desk.slack.replies) == 2


def test_who_may_answer_by_escalation_is_mentioned(desk: Desk) -> None:
    say(desk, "U0ROSA", f"link {code(desk, 'rosa')}")
    reminded(desk, "escalate_after: 30m, escalate_to: [rosa]")
    [reply] = desk.slack.replies
    assert "<@U0ROSA>" in reply["text"]
    assert "Nobody answered yet, so these may now: Rosa Parks (rosa)" in texts(reply)


def test_a_reminder_is_said_once_whoever_died_after_it(desk: Desk) -> None:
    request_id = reminded(desk)
    with desk.world.store.write() as transaction:  # a worker died before it could say that it was done
        due = int(desk.world.clock().timestamp()) - 60
        key = f"slack.reminded review.reminder {request_id} 0 {due} slack"
        transaction.outbox.enqueue([Effect(kind=EffectKind.NOTIFY, key=key, due_at=desk.world.clock())])
    assert drain_once(desk.world.parts, worker="w", kinds=(EffectKind.NOTIFY,)) == 1
    assert len(desk.slack.replies) == 1


def test_a_reminder_that_slack_refused_is_tried_again(desk: Desk) -> None:
    reminded(desk, minutes=29)
    desk.slack.failing = "ratelimited"
    desk.world.clock.pass_by(minutes=2)
    desk.drain()
    assert desk.slack.replies == []
    desk.slack.failing = None
    desk.world.clock.pass_by(minutes=1)
    desk.drain()
    assert len(desk.slack.replies) == 1


def test_a_reminder_without_an_answer_is_not_said_again_and_on_record(desk: Desk) -> None:
    reminded(desk, minutes=29)
    desk.slack.is_mute = True
    desk.world.clock.pass_by(minutes=2)
    desk.drain()
    desk.slack.is_mute = False
    desk.world.clock.pass_by(minutes=2)
    desk.drain()
    assert len(desk.slack.replies) == 1
    assert desk.world.ledger().count("alert.failed") == 1


# Attacks


def test_a_call_that_slack_did_not_sign_is_refused(desk: Desk) -> None:
    request_id = desk.shown()
    payload = {"payload": json.dumps(clicked(GRACE, request_id, "liftgate_approve"))}
    cases: list[dict[str, Any]] = [
        {"secret": SECRET[:-1] + "0"},
        {"late": -301},
        {"late": 301},
        {"headers": {"X-Slack-Signature": "v0="}},
        {"headers": {"X-Slack-Signature": ""}},
        {"headers": {"X-Slack-Request-Timestamp": ""}},
        {"headers": {"X-Slack-Request-Timestamp": "soon"}},
        {"headers": {"X-Slack-Request-Timestamp": "\u0663".encode()}},
    ]
    for case in cases:
        answer = desk.send(payload, **case)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_from_slack"), case
    assert desk.slack.of("views.open") == []


def test_a_call_counts_once(desk: Desk) -> None:
    view = desk.press(GRACE, desk.shown())
    assert view is not None
    sent = {"payload": json.dumps(submitted(GRACE, view, {"reason": "yes"}))}
    assert desk.send(sent).status_code == 200
    again = desk.send(sent)
    assert (again.status_code, again.json()["code"]) == (401, "not_from_slack")


def test_somebody_whom_nobody_proved_gets_no_form(desk: Desk) -> None:
    request_id = desk.shown()
    for user in (MALLORY, LINUS):
        assert desk.press(user, request_id) is None
    assert [user for user, _ in desk.whispers()] == [MALLORY, LINUS]
    assert all("/liftgate link" in text for _, text in desk.whispers())


def test_the_same_user_id_in_another_team_is_another_user(desk: Desk) -> None:
    payload = clicked(GRACE, desk.shown(), "liftgate_approve")
    payload["user"]["team_id"] = "T666"
    desk.interact(payload)
    assert desk.slack.of("views.open") == []
    assert "does not know whose Slack user you are" in desk.whispers()[0][1]


def test_a_display_name_proves_nothing(desk: Desk) -> None:
    payload = clicked(MALLORY, desk.shown(), "liftgate_approve")
    payload["user"] |= {"name": "grace", "username": "grace", "email": "grace@example.com"}
    desk.interact(payload)
    assert desk.slack.of("views.open") == []


def test_nobody_answers_their_own_request(desk: Desk) -> None:
    request_id = desk.shown()
    assert desk.press(ADA, request_id) is None
    assert desk.whispers()[0] == (ADA, "This is your own request. Next: one of its reviewers must answer it.")
    form = Form(request_id=request_id, answer=Answer.APPROVE, user=f"{TEAM}/{ADA}", channel="C0", ts="1.1")
    sealed = seal(form, form_key(BOT_TOKEN), desk.world.clock())  # as if one had been opened
    said = desk.submit(ADA, {"callback_id": "liftgate_answer", "private_metadata": sealed})
    assert said["response_action"] == "errors"
    assert "your own request" in said["errors"]["reason"]
    assert desk.state(request_id) == "pending"
    assert "review.refused" in desk.world.ledger()


def test_a_form_answers_only_the_request_that_it_was_opened_for(desk: Desk) -> None:
    first, second = desk.shown(), desk.world.pending("ada")
    view = desk.press(GRACE, first)
    assert view is not None
    sealed = view["private_metadata"]
    other = Form(request_id=second, answer=Answer.APPROVE, user=f"{TEAM}/{GRACE}", channel="C0", ts="1.1")
    forged = [
        json.dumps({"request_id": second}),
        second,
        "",
        sealed[:-1] + ("0" if sealed[-1] != "0" else "1"),
        seal(other, form_key("xoxb-another-app-of-theirs"), desk.world.clock()),
        seal(other, form_key(BOT_TOKEN), desk.world.clock()).partition(".")[0]
        + "."
        + sealed.partition(".")[2],
        "\udc80.x",
    ]
    for metadata in forged:
        said = desk.submit(GRACE, {**view, "private_metadata": metadata})
        assert "cannot be taken" in said["errors"]["reason"], metadata
    assert desk.state(first) == desk.state(second) == "pending"


def test_a_form_is_worth_nothing_in_the_hands_of_others_or_long_after(desk: Desk) -> None:
    request_id = desk.shown()
    view = desk.press(GRACE, request_id)
    assert view is not None
    assert "somebody else" in desk.submit(ADA, view)["errors"]["reason"]
    desk.world.clock.pass_by(minutes=61)
    assert "an hour ago" in desk.submit(GRACE, view)["errors"]["reason"]
    assert desk.state(request_id) == "pending"


def test_an_old_message_answers_nothing_and_is_put_right(desk: Desk) -> None:
    request_id = desk.shown()
    view = desk.press(GRACE, request_id)
    assert view is not None
    desk.world.post("linus", f"/requests/{request_id}/reviews", {"answer": "deny", "comment": "no"})
    said = desk.submit(GRACE, view)
    assert "denied already" in said["errors"]["reason"]
    assert desk.press(GRACE, request_id) is None
    assert "nothing is left to answer" in desk.whispers()[-1][1]
    assert all(block["type"] != "actions" for block in desk.slack.message["blocks"])


def test_a_second_answer_of_the_same_reviewer_is_refused(desk: Desk) -> None:
    request_id = desk.world.pending(
        "ada", entitlement="payroll-writer", locations=["s3://lakeside-payroll/2026/"], ticket="PAY-1"
    )
    first, second = desk.press(GRACE, request_id), desk.press(GRACE, request_id)
    assert first is not None
    assert second is not None
    assert desk.submit(GRACE, first) == {}
    assert "already" in desk.submit(GRACE, second)["errors"]["reason"]


def test_who_is_needed_at_a_later_stage_is_told_before_any_form_opens(desk: Desk) -> None:
    stages = "stages: [{name: owners, reviewers: [rosa, grace]}, {name: last, reviewers: [grace]}]"
    staged = LINKED.replace("reviewers: [grace, linus]\n      approvals: 1", stages)
    assert staged != LINKED
    desk.world.catalogue_file.write_text(staged)
    desk.world.clock.pass_by(seconds=30)
    request_id = desk.shown()
    assert desk.press(GRACE, request_id) is None
    assert "you are needed at the stage `last`" in desk.whispers()[-1][1].lower()
    assert desk.press(GRACE, request_id, "liftgate_deny") is not None


def test_a_delegate_answers_in_slack_too(desk: Desk) -> None:
    request_id = desk.shown()
    until = (desk.world.clock() + timedelta(hours=2)).isoformat()
    linked = LINKED.replace('ReadOnly/mallory"', f'ReadOnly/mallory", "slack:{TEAM}/{MALLORY}"')
    desk.world.catalogue_file.write_text(linked)
    desk.world.clock.pass_by(seconds=30)
    desk.world.post("grace", "/absences", {"delegate": "mallory", "until": until})
    view = desk.press(MALLORY, request_id)
    assert view is not None
    assert desk.submit(MALLORY, view) == {}
    assert desk.state(request_id) == "approved"


def test_who_was_taken_out_of_the_catalogue_answers_nothing_more(desk: Desk) -> None:
    request_id = desk.shown()
    view = desk.press(GRACE, request_id)
    assert view is not None
    desk.world.catalogue_file.write_text(LINKED.replace(f', "slack:{TEAM}/{GRACE}"', ""))
    desk.world.clock.pass_by(seconds=30)
    assert "whose Slack user" in desk.submit(GRACE, view)["errors"]["reason"]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "message_action"},
        {"actions": []},
        {"actions": [{"action_id": "somebody_elses", "value": "x"}]},
    ],
)
def test_what_is_none_of_ours_is_taken_and_left(desk: Desk, change: dict[str, Any]) -> None:
    payload = {**clicked(GRACE, desk.shown(), "liftgate_approve"), **change}
    assert desk.interact(payload).status_code == 200
    assert desk.slack.of("views.open") == []


@pytest.mark.parametrize(
    "change",
    [
        {"user": {"id": "../U1", "team_id": TEAM}},
        {"user": {"id": GRACE}, "team": None},
        {"user": None},
        {"container": {"channel_id": "C0", "message_ts": "x"}},
        {"container": None},
        {"actions": [{"action_id": "liftgate_approve", "value": "rq-1' OR 1=1"}]},
    ],
)
def test_what_slack_never_sends_is_refused(desk: Desk, change: dict[str, Any]) -> None:
    payload = {**clicked(GRACE, desk.shown(), "liftgate_approve"), **change}
    answer = desk.interact(payload)
    assert (answer.status_code, answer.json()["code"]) == (422, "slack_payload_unreadable")


@pytest.mark.parametrize(
    "fields",
    [{"payload": "{"}, {"payload": "[]"}, {"payload": "[" * 15_000}, {"x": "y"}, {"payload": "null"}],
)
def test_a_form_without_a_payload_is_refused(desk: Desk, fields: dict[str, str]) -> None:
    assert desk.send(fields).json()["code"] == "slack_payload_unreadable"


def test_json_is_no_form(desk: Desk) -> None:
    answer = desk.send({}, headers={"Content-Type": "application/json"})
    assert answer.status_code in {401, 415, 422}


# Linking


def code(desk: Desk, person: str) -> str:
    answer = desk.world.post(person, "/me/identities/codes", {"kind": "slack"})
    assert answer.status_code == 201, answer.text
    said: str = answer.json()["code"]
    return said


def say(desk: Desk, user: str, text: str) -> str:
    desk.world.clock.pass_by(seconds=1)  # else two alike have one signature
    answer = desk.send(command(user, text))
    assert answer.json()["response_type"] == "ephemeral"
    said: str = answer.json()["text"]
    return said


def link_id(desk: Desk, person: str) -> str:
    """The one link of somebody."""
    items = desk.world.get(person, "/me/identities").json()["items"]
    [found] = [one["link_id"] for one in items if one["named_by"] == "link"]
    return str(found)


def test_a_code_makes_the_user_who_sends_it_the_persons(desk: Desk) -> None:
    request_id = desk.shown()
    assert say(desk, LINUS, f"link {code(desk, 'linus')}") == (
        "From now on your answers here are those of Linus Pauling (linus)."
    )
    view = desk.press(LINUS, request_id)
    assert view is not None
    assert desk.submit(LINUS, view) == {}
    assert desk.state(request_id) == "approved"
    assert "identity.linked" in desk.world.ledger()


def test_a_code_is_used_once_and_for_ten_minutes(desk: Desk) -> None:
    first = code(desk, "linus")
    assert "From now on" in say(desk, LINUS, f"link {first.upper()}")
    assert "none that is in use" in say(desk, MALLORY, f"link {first}")
    second = code(desk, "linus")
    desk.world.clock.pass_by(minutes=10)
    assert "none that is in use" in say(desk, MALLORY, f"link {second}")
    third, fourth = code(desk, "linus"), code(desk, "linus")
    assert "none that is in use" in say(desk, MALLORY, f"link {third}")
    assert "From now on" in say(desk, LINUS, f"link {fourth}")
    assert "none that is in use" in say(desk, MALLORY, "link ")


def test_nobody_takes_over_a_user_that_the_catalogue_names(desk: Desk) -> None:
    assert "somebody else's" in say(desk, GRACE, f"link {code(desk, 'mallory')}")
    request_id = desk.shown()
    assert desk.press(GRACE, request_id) is not None


def test_a_link_can_be_taken_back_from_either_side(desk: Desk) -> None:
    for end in (
        lambda: say(desk, LINUS, "unlink"),
        lambda: desk.world.call("linus", "DELETE", f"/identities/{link_id(desk, 'linus')}"),
    ):
        say(desk, LINUS, f"link {code(desk, 'linus')}")
        end()
        assert desk.press(LINUS, desk.world.pending("ada")) is None
    assert desk.world.ledger().count("identity.unlinked") == 2


def test_a_code_is_handed_over_once_and_not_kept(desk: Desk) -> None:
    asked = ("linus", "/me/identities/codes", {"kind": "slack"})
    first = desk.world.post(*asked, key="k1").json()["code"]
    assert desk.world.post(*asked, key="k1").json()["code"] == "secret_handed_over"
    plain = first.replace("-", "")
    assert plain.encode() not in Path(desk.world.catalogue_file.parent / "liftgate.db").read_bytes()


def test_a_command_that_is_none_says_how(desk: Desk) -> None:
    assert "liftgate identities link --slack" in say(desk, GRACE, "help")
    assert say(desk, MALLORY, "<!channel>").count("<") == 0


# A tracker that is slow


def test_an_answer_that_takes_long_is_finished_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liftgate.server.slack.answering._PATIENCE", timedelta(0))
    first, own = desk.shown(), desk.world.pending("ada")
    view, late = desk.press(GRACE, first), desk.press(GRACE, own)
    assert view is not None
    assert late is not None
    free = Event()
    taken = [desk.world.parts.background.submit(free.wait) for _ in range(2)]  # all its threads
    said = desk.submit(GRACE, view)
    assert said["response_action"] == "update"
    assert "is being recorded" in texts(said["view"])
    desk.world.post("linus", f"/requests/{own}/reviews", {"answer": "deny", "comment": ""})
    desk.submit(GRACE, late)
    free.set()
    wait(taken)
    desk.world.parts.background.shutdown(wait=True)
    assert desk.state(first) == "approved"
    assert "denied already" in desk.whispers()[-1][1]
