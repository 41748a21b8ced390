"""The page on which somebody says who they are, and the way out."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request, Response

from liftgate.catalogue.model import Catalogue
from liftgate.errors import LiftgateError
from liftgate.identity.browser import end_browser_session
from liftgate.identity.errors import IdentityUnknown
from liftgate.identity.model import IdentityKind, PersonKind
from liftgate.identity.provider import Reached
from liftgate.identity.service import local_caller
from liftgate.server.browser.cookie import session_token
from liftgate.server.browser.form import read_form, refuse_foreign
from liftgate.server.browser.limits import is_tls
from liftgate.server.browser.looks import Submitted, sign_browser_in, sign_browser_out
from liftgate.server.calls import parts_of
from liftgate.server.linking import person_in
from liftgate.server.local_calls import refuse_unless_local
from liftgate.server.pages.render import go_to, page

router = APIRouter(include_in_schema=False)

HOME = "/"


@dataclass(frozen=True, slots=True)
class Way:
    """A provider that vouches for people."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody whom the demo lets in by name."""

    id: str
    name: str
    may: str


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = HOME, out: str = "") -> Response:  # noqa: A002 - the name in the address
    """Where everybody begins, and comes ``out`` again."""
    return sign_in_shown(request, local_path(next), is_out=bool(out))


@router.post("/sign-in/local")
def sign_in_locally(request: Request) -> Response:
    """The demo's sign-in by a name alone."""
    parts = parts_of(request)
    refuse_foreign(request, parts.audience)
    refuse_unless_local(request, from_own_page=True)
    form = read_form(request)
    caller = local_caller(
        form.text("person"),
        enabled=parts.settings.local_sign_in,
        person_of=person_in(parts.catalogue.current().catalogue, parts),
    )
    sign_browser_in(request, caller)
    return go_to(local_path(form.text("next")))


@router.post("/sign-out")
def sign_out(request: Request, sent: Submitted) -> Response:
    """End this browser's sign-in."""
    parts = sent.call.parts
    token = session_token(request, parts.session_key, tls=is_tls(parts))
    end_browser_session(token or "", store=parts.store)
    sign_browser_out(request)
    by_provider = sent.look.session.identity.kind is IdentityKind.OIDC
    return go_to("/sign-in?out=1" if by_provider and _can_end(parts.provider) else "/sign-in")


def to_sign_in(request: Request, error: LiftgateError) -> Response:
    """For whoever is not signed in: the sign-in, which leads back to what they wanted to see."""
    sign_browser_out(request)
    if request.method != "GET":
        return sign_in_shown(request, HOME, error=error, status=401)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return go_to("/sign-in" if wanted == HOME else f"/sign-in?next={quote(wanted, safe='/')}")


def local_path(text: str) -> str:
    """A path of this server, or the first page where a text is none: nobody is sent elsewhere (CWE-601)."""
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\"))
    if not is_ours or any(ord(one) <= 0x20 or one == "\\" for one in text):
        return HOME
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else HOME


def sign_in_shown(
    request: Request,
    then: str,
    *,
    error: LiftgateError | None = None,
    status: int = 200,
    is_out: bool = False,
) -> Response:
    """The page, which leads on to ``then``."""
    parts = parts_of(request)
    people = [*_people(parts.catalogue.current().catalogue)] if parts.settings.local_sign_in else []
    return page(
        request,
        "sign_in.html",
        None,
        now=parts.clock(),
        status=status,
        ways=[*_ways(parts.provider, then)],
        out_of=parts.provider.provider.name if is_out and parts.provider else None,
        people=people,
        next=then,
        error=error,
        may_be_linked=isinstance(error, IdentityUnknown) and "oidc" in parts.settings.linked_identities,
    )


def _ways(reached: Reached | None, then: str) -> Iterator[Way]:
    if reached is not None:
        asked = "" if then == HOME else f"?next={quote(then, safe='/')}"
        yield Way(f"/sign-in/oidc{asked}", reached.provider.name)


def _can_end(reached: Reached | None) -> bool:
    try:
        return reached is not None and reached.document.end_session_endpoint is not None
    except LiftgateError:
        return False


def _people(catalogue: Catalogue) -> Iterator[Shown]:
    entitlements = catalogue.entitlements.values()
    for person in catalogue.people.values():
        if person.kind is PersonKind.PERSON:
            may = (
                ("asks", any(person.id in one.requesters for one in entitlements)),
                ("reviews", bool(catalogue.duties_of(person.id).answers)),
                ("guards", person.id in catalogue.guards),
                ("audits", person.id in catalogue.auditors),
            )
            yield Shown(person.id, person.name, ", ".join(word for word, does in may if does) or "looks on")
