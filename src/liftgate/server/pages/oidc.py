"""Signing in by the OpenID provider: there, back, and out again."""

from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from liftgate.errors import LiftgateError, Unavailable
from liftgate.identity.linking import link_proved
from liftgate.identity.provider import Reached, authorization_address, code_in, logout_address, vouched_for
from liftgate.identity.provider_sign_in import caller_vouched_for, log_out_by_provider
from liftgate.identity.subject import identity_of_subject
from liftgate.server.browser.attempt import begin_attempt, begun_attempt, end_attempt
from liftgate.server.browser.form import read_form
from liftgate.server.browser.limits import is_tls
from liftgate.server.browser.vouching import forget_id_token, id_token_kept, sign_in_by_provider
from liftgate.server.calls import parts_of
from liftgate.server.errors import BadInput, ForeignForm, NoSuchPath
from liftgate.server.linking import link_door, person_in
from liftgate.server.pages.render import go_to
from liftgate.server.pages.sign_in import HOME, local_path, sign_in_shown
from liftgate.server.parts import Parts
from liftgate.server.problems import status_of

router = APIRouter(include_in_schema=False)

_LONGEST_QUERY = 16_000
_MOST_FIELDS = 20


@router.get("/sign-in/oidc")
def go(request: Request, next: str = HOME) -> Response:  # noqa: A002 - the name in the address
    """To the provider."""
    parts = parts_of(request)
    reached = _reached(parts)
    attempt = begin_attempt(request, parts, next, tls=is_tls(parts))
    return go_to(authorization_address(reached, attempt))


@router.get("/sign-in/oidc/callback")
def come_back(request: Request) -> Response:
    """Back from it, with a code, or a refusal."""
    parts = parts_of(request)
    reached = _reached(parts)
    end_attempt(request, tls=is_tls(parts))
    try:
        then = _signed_in(request, parts, reached)
    except LiftgateError as error:
        # Shown here, and never by a way that leads back to this address, in which the code stands.
        return sign_in_shown(request, HOME, error=error, status=status_of(error))
    return go_to(then)


@router.post("/sign-in/oidc/back-channel-logout")
def log_out(request: Request) -> Response:
    """The provider's order to sign somebody out."""
    parts = parts_of(request)
    try:
        token = read_form(request).text("logout_token")
        log_out_by_provider(token, _reached(parts), store=parts.store, clock=parts.clock)
    except LiftgateError as error:
        parts.log.warning("a logout by the provider was refused", code=error.code)
        said = {"error": "invalid_request", "error_description": error.sentence}
        return JSONResponse(said, status_code=status_of(error) if isinstance(error, Unavailable) else 400)
    return Response(status_code=200)


@router.get("/sign-in/oidc/end")
def end(request: Request) -> Response:
    """Out of the provider too, for whoever has signed out here."""
    parts = parts_of(request)
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise ForeignForm(
            "this was not asked by a page of this server", advice=f"open {parts.audience}/sign-in"
        )
    token = id_token_kept(request, parts)
    forget_id_token(request, parts)
    address = logout_address(_reached(parts), id_token=token, then=f"{parts.audience}/sign-in")
    return go_to(address or "/sign-in")


def _signed_in(request: Request, parts: Parts, reached: Reached) -> str:
    begun = begun_attempt(request, parts, tls=is_tls(parts))
    code = code_in(_answer(request), begun.attempt, reached)
    vouched = vouched_for(code, begun.attempt, reached, now=parts.clock())
    catalogue = parts.catalogue.current().catalogue
    if begun.code_hash is not None:
        identity = identity_of_subject(reached.provider.issuer, vouched.subject)
        link_proved(begun.code_hash, identity, link_door(catalogue, parts))
    caller = caller_vouched_for(vouched, reached, person_of=person_in(catalogue, parts))
    sign_in_by_provider(request, parts, reached, vouched=vouched, attempt=begun.attempt, caller=caller)
    return local_path(begun.then)


def _answer(request: Request) -> dict[str, tuple[str, ...]]:
    query = request.url.query
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        pairs = []
    if not pairs or len(query) > _LONGEST_QUERY:
        raise BadInput("the provider's answer cannot be read", advice="begin the sign-in anew")
    return {name: tuple(value for other, value in pairs if other == name) for name, _ in pairs}


def _reached(parts: Parts) -> Reached:
    if parts.provider is None:
        raise NoSuchPath("this server has no OpenID provider", advice="see docs/sign-in.md")
    return parts.provider
