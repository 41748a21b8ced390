"""Every kind of problem, as it is answered; and that no surprise tells anything."""

import pytest
from starlette.testclient import TestClient
from tests.server.server_world import ADDRESS, World

import liftgate.catalogue.errors
import liftgate.elevation.errors
import liftgate.iam.errors
import liftgate.identity.errors
import liftgate.ledger.errors
import liftgate.store.errors  # noqa: F401 - so that all kinds of error are there to be looked at
from liftgate.errors import (
    Conflict,
    Corrupt,
    Invalid,
    LiftgateError,
    NotFound,
    Refused,
    Unauthenticated,
    Unavailable,
)
from liftgate.server.errors import BodyTooLarge, MethodNotAllowed, WrongMediaType
from liftgate.server.problems import problem, status_of, title_of


def kinds(root: type[LiftgateError]) -> set[type[LiftgateError]]:
    """A class and all under it, but for those that the command line and tests make."""
    ours = {root} if root.__module__.startswith("liftgate.") and ".cli." not in root.__module__ else set()
    return ours.union(*(kinds(kind) for kind in root.__subclasses__()))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Invalid, 422),
        (Unauthenticated, 401),
        (Refused, 403),
        (NotFound, 404),
        (Conflict, 409),
        (Unavailable, 503),
        (Corrupt, 500),
        (LiftgateError, 500),
        (BodyTooLarge, 413),
        (WrongMediaType, 415),
        (MethodNotAllowed, 405),
    ],
)
def test_each_family_has_its_status(kind: type[LiftgateError], status: int) -> None:
    assert status_of(kind("no", advice="go")) == status


def test_codes_are_stable_names_and_no_two_kinds_share_one() -> None:
    owners: dict[str, set[str]] = {}
    for kind in kinds(LiftgateError):
        owners.setdefault(kind.code, set()).add(kind.__qualname__)
    assert {code: names for code, names in owners.items() if len(names) > 1} == {}
    assert all(code.replace("_", "").isalnum() and code.islower() for code in owners)


def test_every_kind_says_in_one_line_what_it_is() -> None:
    for kind in kinds(LiftgateError):
        title = title_of(kind)
        assert title != kind.code, kind
        assert "\n" not in title


def test_faults_beyond_the_first_are_told_in_also() -> None:
    error = Invalid("one", advice="a", also=(Invalid("two", advice="b", where="x", value="y"),))
    told = TestClient(problem(error, "req-1")).get("/").json()
    assert told == {
        "type": "https://liftgate.dev/problems/invalid",
        "title": "What was sent cannot be read as what it should be",
        "status": 422,
        "detail": "one",
        "code": "invalid",
        "advice": "a",
        "request_id": "req-1",
        "also": [
            {
                "type": "https://liftgate.dev/problems/invalid",
                "title": "What was sent cannot be read as what it should be",
                "detail": "two",
                "code": "invalid",
                "advice": "b",
                "value": "y",
                "where": "x",
            }
        ],
    }


def test_unavailable_says_when_to_come_back() -> None:
    answer = TestClient(problem(Unavailable("no", advice="wait"), "req-1")).get("/")
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)


def test_an_unknown_path_and_method(world: World) -> None:
    unknown = world.http.get("/api/v1/secrets")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_path")
    wrong = world.http.delete("/api/v1/requests")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"]
    for answer in (unknown, wrong):
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/api/v1", "/api/v1/", "/api/v1/requests/", "//health"])
def test_nothing_else_is_served(world: World, path: str) -> None:
    assert world.call("rosa", "GET", path.removeprefix("/api/v1")).status_code == 404
    assert world.http.get(ADDRESS + path).status_code == 404


def test_a_surprise_says_nothing_but_the_request_id(world: World) -> None:
    def surprise() -> None:
        raise RuntimeError("password=hunter2 in a statement")

    grant_id = world.granted()
    token = world.sign_in("ada")
    world.parts.store.read = surprise  # type: ignore[method-assign, assignment]  # a fault that nobody foresaw
    answer = world.http.get(f"/api/v1/grants/{grant_id}", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert "hunter2" not in answer.text + world.log.text
    failed = next(line for line in world.log.lines if line["event"] == "failed")
    assert failed["request_id"] == answer.json()["request_id"]
    assert failed["error"] == "RuntimeError"
    assert any("surprise" in frame for frame in failed["at"])


def test_a_damaged_ledger_is_said_to_be_damaged(world: World) -> None:
    world.granted()
    _damage(world)
    for path in ("/ledger/entries", "/ledger/export"):
        answer = world.get("rosa", path)
        assert (answer.status_code, answer.json()["code"]) == (500, "unreadable_entry"), path
    verdict = world.get("rosa", "/ledger/verification").json()
    assert (verdict["intact"], verdict["broken_at"]) == (False, 2)
    assert any(line.get("code") == "unreadable_entry" for line in world.log.lines)


def test_every_answer_keeps_browsers_and_caches_out(world: World) -> None:
    for answer in (world.http.get("/health"), world.http.get("/api/v1/nowhere"), world.get("ada", "/me")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_each_call_has_an_id_of_its_own_and_one_line_in_the_log(world: World) -> None:
    world.log.lines.clear()
    ids = [world.get("ada", "/me").headers["x-request-id"] for _ in range(3)]
    assert len(set(ids)) == 3
    answered = [
        line for line in world.log.lines if line["event"] == "answered" and line["path"].endswith("/me")
    ]
    assert [line["request_id"] for line in answered] == ids
    assert {(line["method"], line["status"], line["person"]) for line in answered} == {("GET", 200, "ada")}


def test_no_secret_is_ever_logged(world: World) -> None:
    token = world.sign_in("ada")
    grant_id = world.granted()
    world.post("ada", f"/grants/{grant_id}/sessions", key="a-key-of-mine")
    world.http.get("/api/v1/requests?token=" + token)
    world.http.get("/api/v1/me", headers={"Authorization": "Bearer " + token + "x"})
    for secret in (token, "secret-of-1", "session-token-of-1"):
        assert secret not in world.log.text
        assert secret not in repr(world.parts)
        assert secret.encode() not in (world.catalogue_file.parent / "liftgate.db").read_bytes()
        assert secret.encode() not in (world.catalogue_file.parent / "liftgate.db-wal").read_bytes()


def test_hsts_is_said_where_the_server_is_reached_by_tls(world: World) -> None:
    from dataclasses import replace

    from liftgate.server.app import create_app

    tls = TestClient(create_app(replace(world.parts, audience="https://liftgate.example.com")))
    assert tls.get("/health").headers["strict-transport-security"]
    assert "strict-transport-security" not in world.http.get("/health").headers


def _damage(world: World) -> None:
    import sqlite3

    with sqlite3.connect(world.catalogue_file.parent / "liftgate.db") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE ledger SET body = replace(body, ':', ' :') WHERE seq = 2")
