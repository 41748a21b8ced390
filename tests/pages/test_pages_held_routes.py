"""Somebody on hold before every form: what gives is refused, what takes away is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pages.test_pages_ask import FILLED
from tests.pages.test_pages_rights import FORMS, SUCCESS, path_of
from tests.pages.visitor import Visitor
from tests.server.held_routes import ALLOWED, CALLER, REFUSED, put_on_hold
from tests.server.server_world import World, open_world

from liftgate.server.rights import PAGE_RIGHTS, Route

SAYS_YES = {"/sign-in/cli", "/sign-in/device/answer"}
OF_PAGES = sorted(route for route in REFUSED | set(ALLOWED) if route in PAGE_RIGHTS)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, linked_identities=["aws"]) as opened:
        yield opened


@pytest.mark.parametrize("route", OF_PAGES, ids=" ".join)
def test_a_form_of_somebody_on_hold_gives_nothing(world: World, route: Route) -> None:
    _, template = route
    path, visitor = path_of(world, template), Visitor(world, CALLER[PAGE_RIGHTS[route]])
    csrf = visitor.hidden("/mine", "/sign-out")["csrf"]
    fields = {**FORMS.get(template, {})}
    if template in SAYS_YES:
        fields["answer"] = "allow"
    if template == "/identities/codes":
        fields["kind"] = "aws"
    if template == "/ask":
        fields = {**visitor.hidden("/ask", "/ask"), **FILLED}
    put_on_hold(world, CALLER[PAGE_RIGHTS[route]])
    answer = visitor.send(path, **{**fields, "csrf": csrf})
    if route in REFUSED:
        assert answer.status_code == 403
        assert "is on hold" in answer.text
    elif template == "/sign-in/device":
        assert "No terminal shows that code now" in answer.text  # past the hold, where no terminal waits
    else:
        assert answer.status_code in SUCCESS | {422}  # past the hold, where a form may say what is missing
        assert "is on hold" not in answer.text or template == "/ask/check"


@pytest.mark.parametrize("template", sorted(SAYS_YES))
def test_somebody_on_hold_may_still_refuse_a_terminal(world: World, template: str) -> None:
    ada = Visitor(world, "ada")
    csrf = ada.hidden("/mine", "/sign-out")["csrf"]
    put_on_hold(world, "ada")
    answer = ada.send(template, csrf=csrf, **FORMS[template])
    assert "is on hold" not in answer.text
