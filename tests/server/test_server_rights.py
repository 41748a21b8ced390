"""Who may call what: every line of the table of rights, by somebody of each kind."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from string import Formatter
from typing import Any, Final

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from tests.server.server_world import ADDRESS, World, an_ask
from tests.server.watched import outside, watched

from liftgate.access.hold import Hold
from liftgate.identity.link_model import Link
from liftgate.identity.model import Identity, IdentityKind
from liftgate.response.drafts import hold_placed
from liftgate.server.api import health
from liftgate.server.app import PAGE_MODULES, build_routes, create_app
from liftgate.server.rights import API, API_RIGHTS, PAGE_RIGHTS, RIGHTS, Right, Route

# The requester, a reviewer who also requests, a guard and auditor, and somebody whom nothing concerns.
PEOPLE = ("ada", "grace", "rosa", "mallory")
BODIES = {
    f"{API}/sign-ins": {"method": "local", "person": "ada"},
    f"{API}/logins": {"machine": "laptop"},
    f"{API}/requests": an_ask(),
    f"{API}/requests/{{request_id}}/reviews": {"answer": "approve", "comment": ""},
    f"{API}/grants/{{grant_id}}/revocation": {"reason": "a drill"},
    f"{API}/grants/{{grant_id}}/sessions/{{number}}/revocation": {"reason": "a drill"},
    f"{API}/requests/{{request_id}}/conclusion": {"justified": True, "comment": "a drill"},
    f"{API}/request-trials": an_ask(),
    f"{API}/absences": {"delegate": "linus", "until": "2026-11-25T00:00:00Z"},
    f"{API}/grants/{{grant_id}}/extensions": {"duration_seconds": 60, "justification": "not done yet"},
    f"{API}/holds/{{person_id}}": {"reason": "a drill"},
    f"{API}/holds/{{person_id}}/releases": {"reason": "a drill"},
    f"{API}/me/identities/codes": {"kind": "slack"},
    f"{API}/identities": {
        "code": "3xv7-m0q4-c2h5-k8rs",
        "proof": {
            "method": "aws",
            "access_key_id": "ASIAEXAMPLEEXAMPLE00",
            "amz_date": "20261124T090000Z",
            "region": "us-east-1",
            "signature": "0" * 64,
            "signed_headers": ["host"],
        },
    },
    f"{API}/drills": {"entitlement": "reports-writer"},
    f"{API}/revocations": {"entitlement": "reports-writer", "reason": "a drill"},
}
QUERIES = {f"{API}/watch/known": "?from=2026-11-24T00:00:00Z&until=2026-11-25T00:00:00Z"}
# By right, what each of PEOPLE is answered.
EXPECTED: dict[Right, tuple[int, ...]] = {
    Right.ANYBODY: (200, 200, 200, 200),
    Right.SIGNED_IN: (200, 200, 200, 200),
    Right.SEES_IT: (200, 200, 200, 404),
    Right.REVIEWER: (403, 200, 403, 404),
    Right.LOOKER: (403, 200, 403, 404),
    Right.REVIEWS: (403, 200, 403, 403),
    Right.UNLINKS: (200, 404, 200, 404),
    Right.ABSENT: (404, 200, 404, 404),
    Right.REQUESTER: (200, 403, 403, 404),
    Right.HOLDER: (200, 404, 404, 404),
    Right.REVOKER: (403, 200, 200, 404),
    Right.ENDS_SESSION: (200, 200, 200, 404),
    Right.REVOKES_MANY: (403, 200, 200, 403),
    Right.GUARD: (403, 403, 200, 403),
    Right.LISTS_FINDINGS: (200, 200, 200, 200),
    Right.SEES_FINDING: (404, 200, 200, 404),
    Right.HOLDS: (403, 403, 200, 403),
    Right.RELEASES: (403, 403, 200, 403),
    Right.SEES_ALL: (403, 403, 200, 403),
    Right.MEASURES: (200, 200, 200, 200),  # on this machine, where there is no token
}
OPEN = {Right.ANYBODY, Right.MEASURES}


def furnish(world: World) -> None:
    """Make one of everything that a path names."""
    for make in _MADE.values():
        make(world)


def path_of(world: World, template: str) -> str:
    """A path to something that nobody has touched."""
    named = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    made = {name: _MADE[name](world) for name in named}
    if template.endswith("/conclusion"):
        made["request_id"] = emergency(world)
    if template.endswith("/holds/{person_id}"):
        made["person_id"] = "linus"
    return template.format(**made)


def emergency(world: World) -> str:
    """The id of a request that was made in an emergency."""
    made = world.ask(break_glass=True)
    assert made.is_success, made.text
    return str(made.json()["id"])


def away(world: World) -> str:
    """The id of grace's absence."""
    said = world.post("grace", "/absences", {"delegate": "linus", "until": "2026-11-25T00:00:00Z"})
    assert said.is_success, said.text
    return str(said.json()["id"])


def linked(world: World) -> str:
    """The id of a link of ada's."""
    with world.store.write() as transaction:
        made = Link(
            id="li-0123456789abcdef",
            identity=Identity(kind=IdentityKind.SLACK, name="T111/U0ADA"),
            person_id="ada",
            by=None,
            linked_at=world.clock(),
        )
        transaction.links.add(made)
    return made.id


def hold(world: World) -> str:
    """The id of somebody who is on hold."""
    put = Hold(
        person="eve",
        finding_id=f"fi-{world.parts.random(8).hex()}",
        because="a drill",
        placed_at=world.clock(),
    )
    with world.store.write() as transaction:
        transaction.place_hold(put, hold_placed(put))
    return put.person


def lent(world: World) -> str:
    """The id of a grant under which a session was lent."""
    grant_id = world.granted()
    assert world.post("ada", f"/grants/{grant_id}/sessions").is_success
    return grant_id


def found(world: World) -> str:
    """The id of a finding about ada."""
    [finding_id] = watched(world, outside(world, lent(world))).findings
    return finding_id


_MADE: Final[Mapping[str, Callable[[World], str]]] = {
    "request_id": World.pending,
    "grant_id": lent,
    "number": lambda _: "1",
    "finding_id": found,
    "person_id": hold,
    "absence_id": away,
    "link_id": linked,
}


@pytest.mark.parametrize("route", API_RIGHTS, ids=" ".join)
def test_each_route_is_open_to_those_whom_the_table_names(world: World, route: Route) -> None:
    method, template = route
    furnish(world)
    for person, expected in zip(PEOPLE, EXPECTED[RIGHTS[route]], strict=True):
        world.forget_tokens()  # one of the routes ends them
        headers = {"Authorization": f"Bearer {world.sign_in(person)}"}
        path = path_of(world, template) + QUERIES.get(template, "")
        answer = world.http.request(method, path, headers=headers, **_body(template))
        if route == ("POST", f"{API}/requests") and person != "ada":
            assert answer.json()["code"] == "nothing_to_ask_for"  # past the door, where the rules say no
        elif route == ("POST", f"{API}/me/identities/codes"):
            assert answer.json()["code"] == "no_such_path"  # past the door, where there is no Slack
        elif route == ("POST", f"{API}/identities"):
            assert answer.json()["code"] == "link_code_wrong"  # the door is the code, and the proof
        else:
            assert (200 if answer.is_success else answer.status_code) == expected, (person, answer.text)


NO_GOOD_TOKENS: list[dict[str, str]] = [
    {},
    {"Authorization": ""},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer lg_" + "A" * 43},
    {"Authorization": "Basic YWRhOmFkYQ=="},
    {"Authorization": "Bearer ' OR 1=1 --"},
    {"Authorization": "Bearer " + "A" * 5000},
]


@pytest.mark.parametrize(
    "route", [route for route, right in API_RIGHTS.items() if right not in OPEN], ids=" ".join
)
def test_without_a_good_token_every_other_route_is_shut(world: World, route: Route) -> None:
    method, template = route
    nothing = "0" * 16
    path = template.format(
        request_id=f"rq-{nothing}",
        grant_id=f"gr-{nothing}",
        number="1",
        finding_id=f"fi-{nothing}",
        person_id="eve",
        absence_id=f"aw-{nothing}",
        link_id=f"li-{nothing}",
    )
    for headers in NO_GOOD_TOKENS:
        answer = world.http.request(method, path, headers=headers, **_body(template))
        assert answer.status_code == 401, headers
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["code"] in {"not_signed_in", "token_unknown"}


def test_two_tokens_are_no_token(world: World) -> None:
    headers = [("Authorization", f"Bearer {world.sign_in(person)}") for person in ("mallory", "rosa")]
    assert world.http.get("/api/v1/me", headers=headers).status_code == 401


def test_the_table_and_the_routes_are_the_same() -> None:
    served = {
        (method.upper(), path)
        for path, methods in build_routes().openapi()["paths"].items()
        for method in methods
    }
    assert served | {("GET", f"{API}/openapi.json")} == set(API_RIGHTS)
    pages = {
        (method, route.path)
        for module in PAGE_MODULES
        for route in module.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert pages == set(PAGE_RIGHTS)


def test_a_route_that_forgot_to_ask_who_calls_is_not_served(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_door = APIRouter()
    open_door.add_api_route(f"{API}/me", lambda: None, methods=["GET"])
    monkeypatch.setattr(health, "router", open_door)
    with pytest.raises(AssertionError, match="is open"):
        create_app(world.parts)


def test_a_route_without_a_line_in_the_table_is_not_served(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = APIRouter()
    unknown.add_api_route("/debug", lambda: None, methods=["GET"])
    monkeypatch.setattr(health, "router", unknown)
    with pytest.raises(KeyError):
        create_app(world.parts)


def test_ids_of_others_and_ids_of_nothing_are_answered_alike(world: World) -> None:
    theirs, nothing = world.granted(), "gr-" + "z" * 16
    for method, tail, body in [
        ("GET", "", None),
        ("GET", "/activities", None),
        ("GET", "/timeline", None),
        ("GET", "/settlement", None),
        ("POST", "/sessions", None),
        ("POST", "/return", {}),
        ("POST", "/revocation", {"reason": "mine now"}),
    ]:
        answers = [
            world.call("mallory", method, f"/grants/{grant_id}{tail}", json=body)
            for grant_id in (theirs, nothing)
        ]
        said = [
            {name: text for name, text in answer.json().items() if name != "request_id"} for answer in answers
        ]
        assert answers[0].status_code == answers[1].status_code == 404
        assert str(said[0]).replace(theirs, "ID") == str(said[1]).replace(nothing, "ID")
    assert world.get("ada", f"/grants/{theirs}").json()["state"] == "active"


def test_lists_hold_what_one_may_see(world: World) -> None:
    of_ada, of_linus = world.pending(), world.pending("linus")
    seen = {
        (person, view): [one["id"] for one in world.get(person, "/requests", view=view).json()["items"]]
        for person in ("ada", "grace", "linus", "rosa", "mallory")
        for view in ("mine", "to_review", "all")
    }
    both = [of_linus, of_ada]
    assert seen == {
        ("ada", "mine"): [of_ada],
        ("ada", "to_review"): [],
        ("ada", "all"): [of_ada],
        ("grace", "mine"): [],
        ("grace", "to_review"): both,
        ("grace", "all"): both,
        ("linus", "mine"): [of_linus],
        ("linus", "to_review"): [of_ada],  # never one's own
        ("linus", "all"): both,
        ("rosa", "mine"): [],
        ("rosa", "to_review"): [],
        ("rosa", "all"): both,
        ("mallory", "mine"): [],
        ("mallory", "to_review"): [],
        ("mallory", "all"): [],
    }


def test_what_one_has_approved_waits_for_others(world: World) -> None:
    request_id = world.pending(
        locations=["s3://lakeside-payroll/2026/"], ticket="PAY-7", entitlement="payroll-writer"
    )
    world.post("grace", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": ""})
    assert world.get("grace", "/requests", view="to_review").json()["items"] == []
    assert len(world.get("linus", "/requests", view="to_review").json()["items"]) == 1


def test_grants_of_others_are_not_listed(world: World) -> None:
    world.granted()
    assert world.get("mallory", "/grants", view="all").json()["items"] == []
    assert [
        len(world.get(person, "/grants", view="all").json()["items"]) for person in ("ada", "grace", "rosa")
    ] == [
        1,
        1,
        1,
    ]
    assert world.get("grace", "/grants").json()["items"] == []


def test_the_catalogue_shows_what_concerns_the_caller(world: World) -> None:
    def named(person: str) -> list[str]:
        return [one["name"] for one in world.get(person, "/catalogue").json()["entitlements"]]

    assert named("mallory") == []
    assert named("ada") == ["payroll-writer", "reports-writer"]
    assert named("rosa") == ["payroll-writer", "reports-writer"]
    text = world.catalogue_file.read_text()
    world.catalogue_file.write_text(
        text.replace("requesters: [ada]", "requesters: [linus]").replace(
            "linus]\n      approvals: 2", "rosa]\n      approvals: 2"
        )
    )
    assert named("ada") == ["reports-writer"]


def test_faults_of_the_catalogue_are_told_to_all_and_quoted_to_few(world: World) -> None:
    version = world.get("ada", "/catalogue").json()["version"]
    world.catalogue_file.write_text(world.catalogue_file.read_text() + "secret-plans: 1\n")
    told = world.get("ada", "/catalogue")
    assert (told.json()["version"], len(told.json()["faults"])) == (version, 1)
    assert "secret-plans" not in told.text
    assert "secret-plans" in world.get("rosa", "/catalogue").text


def test_a_change_that_is_not_taken_up_is_told_in_the_log_and_to_prometheus_until_it_is_mended(
    world: World,
) -> None:
    good = world.catalogue_file.read_text()
    world.catalogue_file.write_text(good.replace("  ada:", "  adda:"))
    for _ in range(3):
        assert world.get("ada", "/me").status_code == 200
    [line] = [line for line in world.log.lines if line["event"].startswith("catalogue faulty")]
    first = world.get("rosa", "/catalogue").json()["faults"][0]
    assert (line["level"], line["first"]) == ("error", f"{first['file']}:{first['line']}")
    assert "ada" not in repr(line).replace(str(world.catalogue_file), "")
    assert f"liftgate_catalogue_faults {float(line['faults'])}" in world.http.get("/metrics").text
    world.catalogue_file.write_text(good)
    assert world.get("ada", "/me").status_code == 200
    assert "catalogue without faults again" in world.log.text
    assert "liftgate_catalogue_faults 0.0" in world.http.get("/metrics").text


def test_nobody_reviews_their_own_request_by_any_identity(world: World) -> None:
    request_id = world.pending("linus")
    answer = world.post("linus", f"/requests/{request_id}/reviews", {"answer": "approve", "comment": "me"})
    assert (answer.status_code, answer.json()["code"]) == (403, "self_review")


def test_local_tokens_are_worth_nothing_once_local_sign_in_is_off(world: World) -> None:
    token = world.sign_in("ada")
    settings = world.parts.settings.model_copy(update={"local_sign_in": False})
    http = TestClient(create_app(replace(world.parts, settings=settings)), base_url=ADDRESS)
    answer = http.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    again = http.post("/api/v1/sign-ins", json={"method": "local", "person": "ada"})
    assert (again.status_code, again.json()["code"]) == (403, "local_sign_in_off")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "liftgate.attacker.example"},
        {"Origin": "http://127.0.0.1:8484"},
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
    ],
)
def test_local_sign_in_is_for_programs_on_this_machine(world: World, headers: dict[str, str]) -> None:
    answer = world.http.post("/api/v1/sign-ins", json={"method": "local", "person": "ada"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "local_sign_in_exposed")


def _body(template: str) -> dict[str, Any]:
    return {"json": BODIES[template]} if template in BODIES else {}
