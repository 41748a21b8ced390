"""The application: routes, the layers around them, and what is answered when something is wrong."""

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final, get_args

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from liftgate import VERSION
from liftgate.errors import LiftgateError
from liftgate.server.api import (
    absences,
    activities,
    catalogue,
    dead_letters,
    diagnoses,
    drills,
    findings,
    grants,
    health,
    holds,
    identities,
    ledger,
    logins,
    overview,
    probes,
    reconciliations,
    request_trials,
    requests,
    revocations,
    settlements,
    sign_ins,
    watch,
    watch_state,
)
from liftgate.server.body import REQUEST_ID, BodyGate, is_api
from liftgate.server.browser.cookie import CookieSetter
from liftgate.server.browser.looks import looking, looking_at_all, submitting
from liftgate.server.calls import OWN_MACHINE, PARTS, parts_of, sees_everything, signed_in, signed_in_once
from liftgate.server.edge import Edge
from liftgate.server.errors import BadInput, MethodNotAllowed, NoSuchPath
from liftgate.server.forwarded import Proxies
from liftgate.server.head import Head
from liftgate.server.openapi import openapi_document
from liftgate.server.pages import ask, events, mine, oidc, sign_in, static_files, terminals
from liftgate.server.pages import catalogue as catalogue_pages
from liftgate.server.pages import findings as finding_pages
from liftgate.server.pages import grants as grant_pages
from liftgate.server.pages import holds as hold_pages
from liftgate.server.pages import identities as identity_pages
from liftgate.server.pages import ledger as ledger_pages
from liftgate.server.pages import overview as overview_pages
from liftgate.server.pages import requests as request_pages
from liftgate.server.pages.errors import error_page
from liftgate.server.parts import Parts
from liftgate.server.problems import internal_fault, problem, status_of
from liftgate.server.rights import API, RIGHTS, Right
from liftgate.server.slack import interactions
from liftgate.server.wording import field_names, in_words

_API_MODULES: Final = (
    sign_ins,
    identities,
    logins,
    requests,
    request_trials,
    absences,
    grants,
    revocations,
    drills,
    diagnoses,
    reconciliations,
    catalogue,
    activities,
    settlements,
    findings,
    holds,
    watch,
    watch_state,
    dead_letters,
    ledger,
    overview,
)
PAGE_MODULES: Final = (
    static_files,
    sign_in,
    oidc,
    terminals,
    identity_pages,
    ask,
    mine,
    request_pages,
    grant_pages,
    finding_pages,
    hold_pages,
    catalogue_pages,
    ledger_pages,
    overview_pages,
    events,
)
_DOORS: Final = {
    Right.SEES_ALL: frozenset({sees_everything, looking_at_all}),
    Right.MEASURES: frozenset({probes.measuring}),
}
_SIGNED_IN: Final = frozenset({signed_in, signed_in_once, looking, submitting})
_WAYS_TO_SIGN_IN: Final = frozenset(
    get_args(one.model_fields["method"].annotation) for one in get_args(sign_ins.WayToSignIn)
)


def create_app(parts: Parts) -> ASGIApp:
    """The whole application, ready to be served."""
    _hold_doors_to_rights()
    routes, head = served_routes(), Head(parts)

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        scope[PARTS] = parts
        scope[OWN_MACHINE] = parts.settings.is_loopback
        head.put_into(scope)
        await routes(scope, receive, send)

    return _edge(BodyGate(CookieSetter(served)), parts)


def create_probes_app(parts: Parts, *, own_machine: bool) -> ASGIApp:
    """The routes for those who keep the server running, alone. ``own_machine``: nobody else reaches the address."""
    routes = probe_routes()

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        scope[PARTS] = parts
        scope[OWN_MACHINE] = own_machine
        await routes(scope, receive, send)

    return _edge(BodyGate(served), parts)


def _edge(app: ASGIApp, parts: Parts) -> Edge:
    return Edge(
        app,
        log=parts.log,
        new_id=lambda: parts.random(8).hex(),
        tls=parts.audience.startswith("https://"),
        proxies=Proxies(parts.settings.proxy_networks),
        meters=parts.meters,
    )


@cache
def served_routes() -> FastAPI:
    """The routes and the page with their document, once in a process: they know nothing of what they serve."""
    app = build_routes()
    # Made here: it fails where a route has no right, and nobody can keep the server busy by asking for it.
    document = json.dumps(app.openapi(), separators=(",", ":")).encode()
    app.add_route(f"{API}/openapi.json", lambda _: Response(document, media_type="application/json"))
    return app


def build_routes() -> FastAPI:
    """The routes and their OpenAPI document, without anything to serve them with."""
    app = _fastapi()
    api = APIRouter(prefix=API)
    for module in _API_MODULES:
        api.include_router(module.router)
    app.include_router(health.router)
    app.include_router(probes.router)
    app.include_router(interactions.router)
    app.include_router(api)
    for page_module in PAGE_MODULES:
        app.include_router(page_module.router)
    app.openapi = lambda: openapi_document(app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return app


@cache
def probe_routes() -> FastAPI:
    """The routes of the port for probes."""
    app = _fastapi()
    app.include_router(probes.router)
    return app


def _fastapi() -> FastAPI:
    app = FastAPI(
        title="Liftgate",
        version=VERSION,
        summary="Just-in-time S3 access that ends by itself.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.add_exception_handler(LiftgateError, _on_liftgate_error)
    app.add_exception_handler(RequestValidationError, _on_bad_input)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_surprise)
    return app


def _hold_doors_to_rights() -> None:
    """Who gets past the door of a route is what the table says: a route that forgot to ask who calls is not served."""
    for module in (health, probes, interactions, *PAGE_MODULES, *_API_MODULES):
        prefix = API if module in _API_MODULES else ""
        for route in module.router.routes:
            if isinstance(route, APIRoute):
                _hold_door(route, prefix + route.path)


def _hold_door(route: APIRoute, path: str) -> None:
    asked = {inner.call for inner in route.dependant.dependencies}
    for method in route.methods or ():
        right = RIGHTS[method, path]
        if right not in {Right.ANYBODY, Right.SLACK} and not asked & _DOORS.get(right, _SIGNED_IN):
            raise AssertionError(f"{method} {path} is open, but is for {right.value}")


async def _on_liftgate_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LiftgateError)  # noqa: S101 - what Starlette registered this for
    if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        parts_of(request).log.warning("answered 5xx", code=error.code, request_id=request.scope[REQUEST_ID])
    return await _said(error, request)


async def _on_bad_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what Starlette registered this for
    faults = error.errors()
    what = str(faults[0]["loc"][0]) if faults and faults[0]["loc"] else "call"
    for fault in faults:
        place, rest = fault["loc"][:1], fault["loc"][1:]
        # The way to sign in stands in a place's path, though it is no field around others.
        fault["loc"] = (*place, *(rest[1:] if rest[:1] in _WAYS_TO_SIGN_IN and len(rest) > 1 else rest))
    said = in_words(faults, kind=BadInput, what=what, known=_known_fields(request), skip=1)
    return await _said(said, request)


def _known_fields(request: Request) -> frozenset[str]:
    """The fields that the call could have had, so that a misspelt one can be suggested."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return frozenset()
    sent = (*route.dependant.body_params, *route.dependant.query_params)
    shapes = [shape for field in sent for shape in _shapes(field.field_info.annotation)]
    return field_names(*shapes)


def _shapes(annotation: Any) -> list[type[BaseModel]]:
    """A model, or those of a union."""
    return [
        shape
        for shape in (annotation, *get_args(annotation))
        if isinstance(shape, type) and issubclass(shape, BaseModel)
    ]


async def _on_surprise(request: Request, error: Exception) -> Response:
    del error  # the outermost layer gets it too, and logs what may be logged
    return await _said(internal_fault(), request)


async def _said(
    error: LiftgateError, request: Request, *, headers: Mapping[str, str] | None = None
) -> Response:
    """To a program, a problem; to a person, a page."""
    if is_api(request.url.path):
        return problem(error, request.scope[REQUEST_ID], headers=headers)
    return await run_in_threadpool(error_page, request, error)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what Starlette registered this for
    fault: LiftgateError
    if error.status_code == 405:
        fault = MethodNotAllowed(
            f"`{request.method}` is not a method of this path", advice="see docs/api.md", value=request.method
        )
    elif error.status_code == 404:
        fault = NoSuchPath(
            "there is no such path", advice=f"pages begin at /, the API at {API}", value=request.url.path[:80]
        )
    else:
        fault = BadInput("the call cannot be read", advice="send one JSON object, in UTF-8")
    return await _said(fault, request, headers=error.headers)
