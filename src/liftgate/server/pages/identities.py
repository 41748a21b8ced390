"""The page of one's identities: which there are, a code for another, and its end."""

from fastapi import APIRouter, Request, Response

from liftgate.access.sight import is_guard
from liftgate.errors import LiftgateError
from liftgate.identity.errors import LinkingOff
from liftgate.identity.link_model import code_hash_of
from liftgate.identity.linking import code_wrong
from liftgate.identity.model import IdentityKind
from liftgate.identity.provider import authorization_address
from liftgate.server.api.identities import (
    CodeBody,
    CodeShape,
    LinkId,
    code_made,
    identities_of,
    links_of_all,
    unlinked,
)
from liftgate.server.browser.attempt import begin_attempt
from liftgate.server.browser.form import read_form, refuse_foreign
from liftgate.server.browser.limits import is_tls
from liftgate.server.browser.looks import Look, Looking, Submitted
from liftgate.server.calls import parts_of
from liftgate.server.errors import NoSuchPath
from liftgate.server.linking import link_door
from liftgate.server.pages.asked import checked
from liftgate.server.pages.render import go_to, page
from liftgate.server.parts import Parts
from liftgate.server.problems import status_of

router = APIRouter(include_in_schema=False)

PAGE = "/identities"


@router.get(PAGE)
def identities(request: Request, look: Looking) -> Response:
    """Those of who looks, and for guards and auditors everybody's that were linked."""
    return _shown(request, look)


@router.post("/identities/codes")
def make_code(request: Request, sent: Submitted) -> Response:
    """Show a code, once."""
    try:
        said = checked(CodeBody, {"kind": sent.form.text("kind")})
        made = code_made(sent.call, said.kind, signed_in_at=sent.look.session.signed_in_at)
    except LiftgateError as error:
        return _shown(request, sent.look, error=error)
    return _shown(request, sent.look, made=made)


@router.post("/identities/{link_id}/unlink")
def end(request: Request, sent: Submitted, link_id: LinkId) -> Response:
    """Unlink one."""
    del request
    unlinked(sent.call, link_id)
    return go_to(PAGE)


@router.get("/identities/link")
def link_page(request: Request) -> Response:
    """Where a code is typed in the browser that holds the other identity. Nobody need be signed in in it."""
    return _code_page(request, parts_of(request))


@router.post("/identities/link")
def link(request: Request) -> Response:
    """To the provider; whoever comes back is linked, where the code is good. It stands in no address."""
    parts = parts_of(request)
    refuse_foreign(request, parts.audience)
    code_hash = code_hash_of(read_form(request).text("code"))
    try:
        _refuse_useless(code_hash, parts)
    except LiftgateError as error:
        return _code_page(request, parts, error=error)
    if parts.provider is None:
        raise NoSuchPath("this server has no OpenID provider", advice="see docs/sign-in.md")
    attempt = begin_attempt(request, parts, PAGE, tls=is_tls(parts), code_hash=code_hash)
    return go_to(authorization_address(parts.provider, attempt))


def _refuse_useless(code_hash: str, parts: Parts) -> None:
    """Raise where a code will link nobody anyway; it is used up only by whoever comes back."""
    if not link_door(parts.catalogue.current().catalogue, parts).rules.links(IdentityKind.OIDC):
        raise LinkingOff(
            "this server links no identities of `oidc`", advice="ask those who keep the catalogue"
        )
    with parts.store.read() as view:
        code = view.links.code(code_hash)
    if code is None or code.kind is not IdentityKind.OIDC or parts.clock() >= code.expires_at:
        raise code_wrong()


def _code_page(request: Request, parts: Parts, *, error: LiftgateError | None = None) -> Response:
    return page(
        request,
        "link.html",
        None,
        now=parts.clock(),
        status=200 if error is None else status_of(error),
        error=error,
        provider=parts.provider.provider.name if parts.provider else "your provider",
    )


def _shown(
    request: Request, look: Look, *, made: CodeShape | None = None, error: LiftgateError | None = None
) -> Response:
    call = look.call
    found = identities_of(call)
    others = links_of_all(call) if call.sees_all else []
    return page(
        request,
        "identities.html",
        look,
        now=call.parts.clock(),
        status=200 if error is None else status_of(error),
        items=found.items,
        may_link=found.may_link,
        others=[one for one in others if one.person.id != call.person_id],
        is_guard=is_guard(call.person_id, call.catalogue),
        address=f"{call.parts.audience}/identities/link",
        provider=call.parts.provider.provider.name if call.parts.provider else "",
        made=made,
        error=error,
    )
