"""Who may look at which page and send which form: every line of the table, by somebody of each kind, and by nobody."""

import re
from urllib.parse import urlencode

import pytest
from tests.pages.visitor import Visitor
from tests.server.server_world import World
from tests.server.test_server_rights import EXPECTED, PEOPLE, furnish
from tests.server.test_server_rights import path_of as path_to

from liftgate.server.pages.static_files import STATIC
from liftgate.server.rights import PAGE_RIGHTS, Right, Route

TERMINAL = {"port": "50123", "state": "s" * 43, "challenge": "c" * 43, "machine": "laptop"}
QUERIES = {"/sign-in/cli": TERMINAL}
FORMS = {
    "/sign-in/cli": {**TERMINAL, "answer": "refuse"},
    "/sign-in/device": {"code": "BCDF-GHJK"},
    "/sign-in/device/answer": {"code": "BCDF-GHJK", "answer": "refuse"},
    "/requests/{request_id}/reviews": {"answer": "approve"},
    "/grants/{grant_id}/revocation": {"reason": "a drill"},
    "/requests/{request_id}/conclusion": {"justified": "yes", "comment": "a drill"},
    "/absences": {"delegate": "linus", "until": "2026-11-25T00:00"},
    "/grants/{grant_id}/extensions": {"duration": "1m", "justification": "not done yet"},
    "/holds": {"person": "linus", "reason": "a drill"},
    "/holds/{person_id}/releases": {"reason": "a drill"},
    "/identities/codes": {"kind": "slack"},
}
WITHOUT_A_SESSION = {"/sign-in/local": {"person": "ada"}, "/identities/link": {"code": "3xv7-m0q4-c2h5-k8rs"}}
ENDLESS = {"/events"}
# Between a browser and its OpenID provider, or the provider alone: tests/oidc tries them with a real one.
OF_PROVIDERS = {path for _, path in PAGE_RIGHTS if path.startswith("/sign-in/oidc")}
SUCCESS = {200, 303}


def path_of(world: World, template: str) -> str:
    return path_to(world, template.replace("{name}", next(iter(STATIC))))


@pytest.mark.parametrize(
    "route", [one for one in PAGE_RIGHTS if one[1] not in ENDLESS | OF_PROVIDERS], ids=" ".join
)
def test_each_page_is_open_to_those_whom_the_table_names(world: World, route: Route) -> None:
    method, template = route
    furnish(world)
    for person, expected in zip(PEOPLE, EXPECTED[PAGE_RIGHTS[route]], strict=True):
        visitor = Visitor(world, person)
        path = path_of(world, template)
        if method == "GET":
            answer = visitor.get(f"{path}?{urlencode(QUERIES.get(template, {}))}")
        else:
            fields = {**FORMS.get(template, {}), **WITHOUT_A_SESSION.get(template, {})}
            csrf = visitor.hidden("/mine", "/sign-out")["csrf"]
            answer = visitor.send(path, csrf=csrf, **fields)
        if template in {"/ask", "/ask/check"} and method == "POST":
            assert answer.status_code in {200, 422}  # past the door, where the form says what is missing
        elif template in {"/identities/codes", "/identities/link"} and method == "POST":
            assert answer.status_code in {403, 404}  # past the door, where nothing can be linked
            assert "<h1>Sign in</h1>" not in answer.text
        elif template.startswith("/sign-in/device") and method == "POST":
            assert "No terminal shows that code now" in answer.text  # past the door, where no terminal waits
        else:
            assert (200 if answer.status_code in SUCCESS else answer.status_code) == expected, (person, path)


@pytest.mark.parametrize(
    "route", [route for route, right in PAGE_RIGHTS.items() if right is not Right.ANYBODY], ids=" ".join
)
def test_whoever_is_not_signed_in_is_led_to_the_sign_in(world: World, route: Route) -> None:
    method, template = route
    path, nobody = path_of(world, template), Visitor(world)
    if method == "GET":
        answer = nobody.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
    else:
        answer = nobody.send(path, csrf="x", reason="a drill")
        assert answer.status_code == 401
        assert "<h1>Sign in</h1>" in answer.text


@pytest.mark.parametrize(
    "route",
    [(method, path) for method, path in PAGE_RIGHTS if method == "POST" and path not in OF_PROVIDERS],
    ids=" ".join,
)
def test_no_form_is_taken_from_elsewhere_nor_without_its_token(world: World, route: Route) -> None:
    path, rosa = path_of(world, route[1]), Visitor(world, "rosa")
    fields = {**FORMS.get(route[1], {}), **WITHOUT_A_SESSION.get(route[1], {})}
    csrf = rosa.hidden("/mine", "/sign-out")["csrf"]
    assert rosa.send(path, origin="https://evil.example", csrf=csrf, **fields).status_code == 403
    if route[1] not in WITHOUT_A_SESSION:
        assert rosa.send(path, **fields).status_code == 403


def test_every_page_keeps_browsers_from_doing_harm(world: World) -> None:
    for answer in (
        Visitor(world, "ada").get("/mine"),
        Visitor(world).get("/sign-in"),
        Visitor(world).get("/no"),
    ):
        policy = dict(
            part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert " style=" not in answer.text
        assert not re.search(r"<[^>]*\son[a-z]+=", answer.text)
        assert "<script>" not in answer.text


def test_static_files_are_kept_by_browsers_and_nothing_else_is_there(world: World) -> None:
    visitor = Visitor(world)
    for name, file in STATIC.items():
        answer = visitor.get(f"/static/{name}", **{"Accept-Encoding": "identity"})
        assert answer.content == file.body
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert visitor.get(f"/static/{name}", **{"Accept-Encoding": "gzip"}).content == file.body
    for name in ("README.md", "..%2frender.py", "%2e%2e/render.py", "x"):
        assert visitor.get(f"/static/{name}").status_code == 404
