"""Terminals that are signed in by a browser: on the same machine by a code, on others by letters that a person types."""

import base64
import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient
from tests.pages.visitor import Visitor
from tests.server.server_world import ADDRESS, World

from liftgate.identity.login_model import INTERVAL, MOST_WAITING, MOST_WRONG
from liftgate.ledger.model import EventKind
from liftgate.server.app import create_app

VERIFIER = "v" * 43
STATE = "s" * 43
PORT = "50123"


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


ASK = {"port": PORT, "state": STATE, "challenge": challenge_of(VERIFIER), "machine": "ada-laptop"}


NOT_WRITTEN_BY_TERMINALS = [
    ("port", "0"),
    ("port", "65536"),
    ("port", "80@evil.example"),
    ("port", "50123/@evil.example"),
    ("port", ".evil.example:80"),
    ("port", "\N{DEVANAGARI DIGIT FIVE}0123"),
    ("port", ""),
    ("state", "short"),
    ("state", "s" * 42 + "&"),
    ("state", "s" * 43 + "\n"),
    ("challenge", "c" * 44),
    ("challenge", ""),
    ("machine", ""),
    ("machine", "<b>x</b>"),
    ("machine", "m" * 65),
]


def terminal_page(**changes: str) -> str:
    return "/sign-in/cli?" + "&".join(f"{name}={value}" for name, value in (ASK | changes).items())


def answered(visitor: Visitor, answer: str = "allow", **changes: str) -> dict[str, str]:
    """What the terminal hears once somebody answered."""
    page = visitor.submit("/sign-in/cli", seen_on=terminal_page(**changes), answer=answer)
    assert page.status_code == 200, page.text
    target = page.headers["refresh"].removeprefix("0; url=")
    assert urlsplit(target)[:3] == ("http", f"127.0.0.1:{PORT}", "/")
    return {name: value for name, [value] in parse_qs(urlsplit(target).query).items()}


def sign_in(world: World, **body: Any) -> httpx.Response:
    answer: httpx.Response = world.http.post("/api/v1/sign-ins", json=body)
    return answer


def by_code(world: World, code: str, verifier: str = VERIFIER) -> httpx.Response:
    return sign_in(world, method="login", code=code, verifier=verifier)


def person_of(world: World, answer: httpx.Response) -> str:
    """Whom the API takes the holder of a new token for."""
    assert answer.status_code == 201, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    return str(world.http.get("/api/v1/me", headers=headers).json()["person"]["id"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


OVER = (401, "login_over")


def test_a_terminal_is_signed_in_as_who_is_in_the_browser(world: World) -> None:
    ada = Visitor(world, "ada")
    page = ada.get(terminal_page()).text
    assert "ada-laptop" in page
    assert "Ada Lovelace" in page
    told = answered(ada)
    assert told["state"] == STATE
    assert person_of(world, by_code(world, told["code"])) == "ada"
    with world.store.read() as view:
        newest = [entry.draft for entry in view.entries()][-1]
    assert newest.kind is EventKind.SIGNED_IN
    assert (newest.actor, newest.body["in"], newest.body["machine"]) == ("ada", "terminal", "ada-laptop")


def test_who_is_not_signed_in_signs_in_first_and_comes_back(world: World) -> None:
    ada = Visitor(world)
    first = ada.get(terminal_page())
    assert first.status_code == 303
    then = ada.hidden(first.headers["location"], "/sign-in/local")["next"]
    assert ada.send("/sign-in/local", person="ada", next=then).headers["location"] == terminal_page()
    assert by_code(world, answered(ada)["code"]).status_code == 201


def test_a_no_reaches_the_terminal_and_nothing_else(world: World) -> None:
    assert answered(Visitor(world, "ada"), "refuse") == {"error": "access_denied", "state": STATE}


def test_a_code_is_good_once(world: World) -> None:
    code = answered(Visitor(world, "ada"))["code"]
    assert by_code(world, code).status_code == 201
    assert refusal(by_code(world, code)) == OVER


def test_a_stolen_code_is_worth_nothing_and_is_used_up(world: World) -> None:
    code = answered(Visitor(world, "ada"))["code"]
    for verifier in (ASK["challenge"], "w" * 43, "", "é" * 43, VERIFIER + "v"):
        assert by_code(world, code, verifier or "-").status_code == 401
    assert refusal(by_code(world, code)) == OVER


def test_a_code_lives_a_minute(world: World) -> None:
    ada = Visitor(world, "ada")
    code = answered(ada)["code"]
    world.clock.pass_by(seconds=59.9)
    assert by_code(world, code).status_code == 201
    code = answered(ada)["code"]
    world.clock.pass_by(seconds=60)
    assert refusal(by_code(world, code)) == OVER


def test_a_terminal_is_signed_in_no_longer_than_its_browser(world: World) -> None:
    ada = Visitor(world, "ada")
    for _ in range(10):
        world.clock.pass_by(minutes=59)
        ada.get("/mine")
    token = by_code(world, answered(ada)["code"]).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert world.http.get("/api/v1/me", headers=headers).json()["expires_at"] == "2026-11-24T19:00:00Z"
    world.clock.pass_by(minutes=10)
    assert world.http.get("/api/v1/me", headers=headers).status_code == 401


def test_whoever_signed_out_meanwhile_signs_nothing_in(world: World) -> None:
    ada = Visitor(world, "ada")
    code = answered(ada)["code"]
    ada.submit("/sign-out")
    assert refusal(by_code(world, code)) == OVER


def test_whoever_left_the_catalogue_meanwhile_signs_nothing_in(world: World) -> None:
    code = answered(Visitor(world, "mallory"))["code"]
    text = world.catalogue_file.read_text()
    world.catalogue_file.write_text("".join(line for line in text.splitlines(True) if "mallory" not in line))
    world.clock.pass_by(seconds=30)
    assert refusal(by_code(world, code)) == (401, "identity_unknown")


def test_a_terminals_sign_in_ends_with_local_sign_in(world: World) -> None:
    code = answered(Visitor(world, "ada"))["code"]
    settings = world.parts.settings.model_copy(update={"local_sign_in": False})
    http = TestClient(create_app(replace(world.parts, settings=settings)), base_url=ADDRESS)
    answer = http.post("/api/v1/sign-ins", json={"method": "login", "code": code, "verifier": VERIFIER})
    assert answer.status_code == 401


def test_an_address_that_no_terminal_wrote_leads_nowhere(world: World) -> None:
    ada = Visitor(world, "ada")
    csrf = ada.hidden("/mine", "/sign-out")["csrf"]
    for name, value in NOT_WRITTEN_BY_TERMINALS:
        changed = ASK | {name: value}
        assert ada.http.get("/sign-in/cli", params=changed).status_code == 422, (name, value)
        sent = ada.send("/sign-in/cli", **changed, answer="allow", csrf=csrf)
        assert sent.status_code == 422, (name, value)
        assert "refresh" not in sent.headers
        assert "evil.example" not in sent.text


def test_nobody_is_made_to_say_yes_by_another_site(world: World) -> None:
    ada = Visitor(world, "ada")
    fields = {**ASK, "code": "BCDF-GHJK", "answer": "allow"}
    csrf = ada.hidden("/mine", "/sign-out")["csrf"]
    for path in ("/sign-in/cli", "/sign-in/device", "/sign-in/device/answer"):
        assert ada.send(path, origin="https://evil.example", csrf=csrf, **fields).status_code == 403
        assert ada.send(path, **fields).status_code == 403
        assert Visitor(world).send(path, **fields).status_code == 401


def test_a_form_that_says_neither_yes_nor_no_is_none(world: World) -> None:
    ada = Visitor(world, "ada")
    answer = ada.submit("/sign-in/cli", seen_on=terminal_page(), answer="")
    assert answer.status_code == 422
    assert "refresh" not in answer.headers


# terminals elsewhere


def begin(world: World) -> Any:
    answer = world.http.post("/api/v1/logins", json={"machine": "build-7"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def poll(world: World, login: Any) -> httpx.Response:
    world.clock.pass_by(seconds=INTERVAL.total_seconds())
    return sign_in(world, method="device", device_secret=login["device_secret"])


def confirm(visitor: Visitor, typed: str, answer: str = "allow") -> httpx.Response:
    page = visitor.submit("/sign-in/device", seen_on="/sign-in/device", code=typed)
    if page.status_code != 200:
        return page
    hidden = {"csrf": visitor.hidden("/sign-in/device", "/sign-in/device")["csrf"], "code": typed}
    return visitor.send("/sign-in/device/answer", **hidden, answer=answer)


def test_a_terminal_elsewhere_is_signed_in_by_its_code(world: World) -> None:
    login = begin(world)
    assert login["address"] == f"{ADDRESS}/sign-in/device"
    assert refusal(poll(world, login)) == (409, "login_pending")
    ada = Visitor(world, "ada")
    found = ada.submit("/sign-in/device", seen_on="/sign-in/device", code=login["user_code"]).text
    assert "build-7" in found
    assert login["user_code"] in found
    assert refusal(poll(world, login)) == (409, "login_pending")  # looking at it says nothing
    assert confirm(ada, login["user_code"]).status_code == 200
    assert person_of(world, poll(world, login)) == "ada"
    assert refusal(poll(world, login)) == OVER


def test_a_code_may_be_typed_as_people_type(world: World) -> None:
    ada = Visitor(world, "ada")
    for spell in (str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code} "):
        login = begin(world)
        assert confirm(ada, spell(login["user_code"])).status_code == 200
        assert poll(world, login).status_code == 201


def test_a_terminal_that_is_not_mine_is_refused(world: World) -> None:
    login = begin(world)
    ada = Visitor(world, "ada")
    assert confirm(ada, login["user_code"], "refuse").status_code == 200
    assert confirm(ada, login["user_code"]).status_code == 404  # it was answered
    assert refusal(poll(world, login)) == (403, "login_denied")
    assert refusal(poll(world, login)) == OVER


def test_the_first_answer_counts(world: World) -> None:
    login = begin(world)
    assert confirm(Visitor(world, "ada"), login["user_code"]).status_code == 200
    assert confirm(Visitor(world, "mallory"), login["user_code"]).status_code == 404
    assert person_of(world, poll(world, login)) == "ada"


def test_a_code_lives_ten_minutes(world: World) -> None:
    login, ada = begin(world), Visitor(world, "ada")
    world.clock.pass_by(minutes=10)
    assert confirm(ada, login["user_code"]).status_code == 404
    assert refusal(poll(world, login)) == OVER
    late = begin(world)
    assert confirm(ada, late["user_code"]).status_code == 200
    world.clock.pass_by(minutes=10)
    assert refusal(poll(world, late)) == OVER


def test_whoever_asks_too_often_is_told(world: World) -> None:
    login = begin(world)
    assert refusal(poll(world, login)) == (409, "login_pending")
    too_soon = sign_in(world, method="device", device_secret=login["device_secret"])
    assert refusal(too_soon) == (503, "login_too_often")
    assert refusal(poll(world, login)) == (409, "login_pending")


def test_codes_cannot_be_tried_one_after_the_other(world: World) -> None:
    login, mallory = begin(world), Visitor(world, "mallory")
    for _ in range(MOST_WRONG):
        assert confirm(mallory, "BBBB-BBBB").status_code == 404
    assert confirm(mallory, login["user_code"]).status_code == 403
    assert (
        confirm(Visitor(world, "ada"), login["user_code"]).status_code == 200
    )  # it is counted for each person
    world.clock.pass_by(minutes=10)
    assert confirm(mallory, begin(world)["user_code"]).status_code == 200


def test_wrong_codes_count_at_the_answer_too(world: World) -> None:
    mallory = Visitor(world, "mallory")
    csrf = mallory.hidden("/mine", "/sign-out")["csrf"]
    tries = [
        mallory.send("/sign-in/device/answer", code="BBBB-BBBB", answer="allow", csrf=csrf).status_code
        for _ in range(MOST_WRONG + 1)
    ]
    assert tries == [404] * MOST_WRONG + [403]


def test_what_no_terminal_shows_is_told_on_the_page_where_it_was_typed(world: World) -> None:
    ada = Visitor(world, "ada")
    for typed in ("", "x" * 40, "BCDF-GHJA", "<script>", "\N{CYRILLIC CAPITAL LETTER VE}CDF-GHJK"):
        page = ada.submit("/sign-in/device", seen_on="/sign-in/device", code=typed)
        assert page.status_code == 404, typed
        assert "No terminal shows that code" in page.text
        assert "<script>" not in page.text


def test_nobody_fills_the_database_by_beginning_logins(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liftgate.identity.login.MOST_WAITING", 3)
    assert MOST_WAITING == 1_000
    for _ in range(3):
        begin(world)
    refused = world.http.post("/api/v1/logins", json={"machine": "build-7"})
    assert refusal(refused) == (503, "too_many_logins")
    world.clock.pass_by(minutes=10)
    begin(world)


def test_a_secret_of_a_terminal_is_no_user_code_nor_the_other_way_round(world: World) -> None:
    login = begin(world)
    assert refusal(sign_in(world, method="device", device_secret=login["user_code"])) == OVER
    assert confirm(Visitor(world, "ada"), login["device_secret"]).status_code == 404


def test_what_is_over_is_forgotten(world: World) -> None:
    begin(world)
    ada = Visitor(world, "ada")
    answered(ada)
    confirm(ada, "BBBB-BBBB")
    with world.store.write() as transaction:
        assert transaction.forget_expired(now=world.clock()) == 0
    world.clock.pass_by(minutes=16)
    with world.store.write() as transaction:
        assert transaction.forget_expired(now=world.clock()) == 3


def test_no_secret_is_logged_or_kept(world: World) -> None:
    login, ada = begin(world), Visitor(world, "ada")
    code = answered(ada)["code"]
    confirm(ada, login["user_code"])
    tokens = [by_code(world, code).json()["token"], poll(world, login).json()["token"]]
    kept = (world.catalogue_file.parent / "liftgate.db").read_bytes()
    kept += (world.catalogue_file.parent / "liftgate.db-wal").read_bytes()
    for secret in (code, login["device_secret"], *tokens):
        assert secret not in world.log.text
        assert secret.encode() not in kept
