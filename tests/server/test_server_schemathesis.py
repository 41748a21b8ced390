"""Calls that a machine makes up from the OpenAPI document: never a 500, and every answer as the document says."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import (
    content_type_conformance,
    ignored_auth,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.server.server_world import World, open_world
from tests.server.watched import outside, watched
from tests.store.watch_stage import Unread

from liftgate.server.app import build_routes, create_app

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# Not among them: whether what fits the schema is accepted. Rules refuse much that has the right form, as they should.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
    unsupported_method,
]
MEASURES = "lg_metrics_" + "m" * 32  # without one they are open to this machine, whatever token is sent


class Door:
    """An address that stays the same, whoever answers behind it: tests are found before a server is there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


door = Door(build_routes())
schema = schemathesis.openapi.from_dict(build_routes().openapi())
schema.app = door


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("schemathesis")
    with open_world(folder, metrics_token=MEASURES) as world:
        world.pending()
        granted = world.granted()
        watched(world, outside(world, granted), unread=[Unread("it is not UTF-8", "a.json", "?")])
        door.app = create_app(world.parts)
        yield world


bounded = settings(max_examples=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@schema.parametrize()
@pytest.mark.parametrize("person", [pytest.param("ada", id="requester"), pytest.param("rosa", id="guard")])
@bounded
def test_made_up_calls(case: schemathesis.Case[Any], open_house: World, person: str) -> None:
    call(case, open_house, person)


def call(case: schemathesis.Case[Any], open_house: World, person: str) -> None:
    """One call; to sign out with the token that all calls share would end the others."""
    if case.operation.method.upper() == "DELETE":
        token = "lg_" + "A" * 43
    elif case.operation.path == "/metrics":
        token = MEASURES
    else:
        token = open_house.sign_in(person)
    headers = {"Authorization": f"Bearer {token}", "Host": "127.0.0.1"}
    case.call_and_validate(headers=headers, checks=CHECKS)
