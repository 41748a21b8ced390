"""Identities of one person: those that the catalogue names, and those that they linked by proof."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from liftgate.access.sight import is_guard
from liftgate.catalogue.model import Catalogue
from liftgate.elevation.errors import SecretHandedOver
from liftgate.identity.link_model import Link
from liftgate.identity.linking import ask_for_code, link_with_aws, unlink
from liftgate.identity.model import Identity, IdentityKind
from liftgate.identity.token import hash_of
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Moment, PersonShape, answer, example, person_shape
from liftgate.server.api.sign_ins import SignInWithAws, aws_proof_of
from liftgate.server.calls import Call, SeesAll, SignedIn, SignedInOnce, parts_of, token_of
from liftgate.server.errors import NoSuchPath
from liftgate.server.linking import LinksHere, link_door
from liftgate.server.settings import Linkable

router = APIRouter(tags=["Identities"])

LINK_ID: Final = r"^li-[0-9a-z-]{1,60}$"
NEVER: Final = datetime.min.replace(tzinfo=UTC)
LinkId = Annotated[str, Path(pattern=LINK_ID, examples=["li-0f1e2d3c4b5a6978"])]
_IDENTITY: Final = "aws:arn:aws:sts::111122223333:assumed-role/ReadOnly/ada"
_LINKED: Final = "oidc:https://id.example.com#00u1a2b3c4"


class IdentityShape(BaseModel):
    """One identity by which the caller is known."""

    model_config = EXACT

    identity: str = Field(examples=[_LINKED])
    kind: Literal["aws", "oidc", "local", "slack"]
    named_by: Literal["catalogue", "link"] = Field(
        description="`catalogue`: it stands there, and ends there. `link`: it was proved to be the caller's."
    )
    is_present: bool = Field(description="Whether it is the one of this call.")
    link_id: str | None = Field(examples=["li-0f1e2d3c4b5a6978"], description="By which a link is ended.")
    linked_to: str | None = Field(examples=[_IDENTITY], description="The identity by which it was linked.")
    linked_at: Moment | None
    is_good: bool = Field(
        description="`false`: the settings or the catalogue no longer let the link count, and it proves nobody."
    )


class IdentitiesShape(BaseModel):
    """All identities by which the caller is known."""

    model_config = EXACT

    items: list[IdentityShape]
    may_link: list[Linkable] = Field(description="The kinds of which this server lets people link more.")


class LinkShape(BaseModel):
    """A linked identity, and whose it is."""

    model_config = EXACT

    id: str = Field(examples=["li-0f1e2d3c4b5a6978"])
    identity: str = Field(examples=[_LINKED])
    person: PersonShape
    linked_to: str | None = Field(examples=[_IDENTITY], description="The identity by which it was linked.")
    linked_at: Moment
    is_good: bool = Field(
        description="`false`: the settings or the catalogue no longer let the link count, and it proves nobody."
    )


class LinksShape(BaseModel):
    """All linked identities, the oldest first."""

    model_config = EXACT

    items: list[LinkShape]


class CodeBody(BaseModel):
    """Of which kind the identity is that is to be linked."""

    model_config = example(kind="aws")

    kind: Linkable


class CodeShape(BaseModel):
    """A code, handed over once."""

    model_config = EXACT

    code: str = Field(repr=False, examples=["3xv7-m0q4-c2h5-k8rs"])
    kind: Linkable
    expires_at: Moment


class LinkBody(BaseModel):
    """An AWS identity, proved with a code. The proof's audience is the server's origin, `/link/` and, in hex, the code's hash:
    SHA-256 of `link code ` and its letters, small and without dashes.
    """

    model_config = EXACT

    code: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        repr=False, examples=["3xv7-m0q4-c2h5-k8rs"]
    )
    proof: SignInWithAws


@router.get(
    "/me/identities", response_model=IdentitiesShape, operation_id="my_identities", responses=problems(401)
)
def my_identities(call: SignedIn) -> Response:
    """List the identities by which the caller is known."""
    return answer(identities_of(call))


@router.post(
    "/me/identities/codes",
    status_code=201,
    response_model=CodeShape,
    operation_id="make_link_code",
    responses=problems(401, 403, 404, 409),
)
def make_code(request: Request, call: SignedInOnce, body: CodeBody) -> Response:
    """Get a code: whoever proves an identity of that kind with it, once and within ten minutes, is the caller from then on."""
    return answer(code_made(call, body.kind, signed_in_at=_signed_in_at(token_of(request), call)), 201)


@router.get("/identities", response_model=LinksShape, operation_id="list_links", responses=problems(401, 403))
def list_links(call: SeesAll) -> Response:
    """List everybody's linked identities."""
    return answer(LinksShape(items=links_of_all(call)))


@router.post(
    "/identities",
    status_code=201,
    response_model=LinkShape,
    operation_id="link_identity",
    responses=problems(401, 403, 409),
)
def link(request: Request, body: LinkBody) -> Response:
    """Link the AWS identity that signed the proof to whoever got the code."""
    parts = parts_of(request)
    catalogue = parts.catalogue.current().catalogue
    door = link_door(catalogue, parts)
    proof = aws_proof_of(body.proof)
    made, _ = link_with_aws(body.code, proof, audience=parts.audience, transport=parts.transport, door=door)
    return answer(_link(made, catalogue, LinksHere(catalogue, parts)), 201)


@router.delete(
    "/identities/{link_id}", status_code=204, operation_id="unlink_identity", responses=problems(401, 404)
)
def end(call: SignedIn, link_id: LinkId) -> Response:
    """Unlink an identity; whoever is signed in by it is signed out. Guards may unlink anybody's."""
    unlinked(call, link_id)
    return Response(status_code=204)


def identities_of(call: Call) -> IdentitiesShape:
    """The caller's, the present one first of those that the catalogue names."""
    rules = LinksHere(call.catalogue, call.parts)
    with call.parts.store.read() as view:
        links = view.links.of(call.person_id)
    kinds: tuple[Linkable, ...] = ("aws", "oidc", "slack")
    return IdentitiesShape(
        items=[*_declared(call), *(_linked(one, call, rules) for one in links)],
        may_link=[one for one in kinds if _can_link(one, call, rules)],
    )


def links_of_all(call: Call) -> list[LinkShape]:
    """Everybody's."""
    rules = LinksHere(call.catalogue, call.parts)
    with call.parts.store.read() as view:
        return [_link(one, call.catalogue, rules) for one in view.links.of()]


def code_made(call: Call, kind: Linkable, *, signed_in_at: datetime) -> CodeShape:
    """A code for the caller. Raises what ``ask_for_code`` does, ``NoSuchPath`` and ``SecretHandedOver``."""
    parts = call.parts
    if kind == "slack" and parts.slack is None:
        raise NoSuchPath("Slack is not set up here", advice="ask whoever runs Liftgate: docs/notices.md")
    if kind == "oidc" and parts.provider is None:
        raise NoSuchPath("this server has no OpenID provider", advice="see docs/sign-in.md")
    _refuse_repeated(call)
    door = link_door(call.catalogue, parts)
    code, made = ask_for_code(call.caller, IdentityKind(kind), door, signed_in_at=signed_in_at)
    return CodeShape(code=code, kind=kind, expires_at=made.expires_at)


def unlinked(call: Call, link_id: str) -> Link:
    """End a link as the caller. Raises ``NoSuchLink``."""
    return unlink(
        link_id,
        call.caller,
        of_all=is_guard(call.person_id, call.catalogue),
        store=call.parts.store,
        clock=call.parts.clock,
    )


def _signed_in_at(token: str, call: Call) -> datetime:
    """When the holder of a token proved who they are: of a terminal that a browser signed in, when they did so there."""
    with call.parts.store.read() as view:
        found = view.sign_in(hash_of(token))
        began = found and found.session_id and view.browser_signed_in_at(found.session_id)
    return began or (NEVER if found is None or found.session_id else found.signed_in_at)


def _refuse_repeated(call: Call) -> None:
    if call.once is None:
        return
    now = call.parts.clock()
    with call.parts.store.write() as transaction:
        if transaction.repeated(call.once, now=now) is not None:
            raise SecretHandedOver(
                "the code was handed over once, and is not kept",
                advice="ask for one with another Idempotency-Key",
            )
        transaction.remember(call.once, "link-code", now=now)


def _can_link(kind: Linkable, call: Call, rules: LinksHere) -> bool:
    there = {"aws": True, "oidc": call.parts.provider is not None, "slack": call.parts.slack is not None}
    return there[kind] and rules.links(IdentityKind(kind))


def _declared(call: Call) -> Iterator[IdentityShape]:
    """Those of the catalogue, and the one of this call where a pattern or the demo's sign-in knows it."""
    named = sorted(one for one, person in call.catalogue.identities.items() if person == call.person_id)
    present = str(call.caller.identity)
    rules = LinksHere(call.catalogue, call.parts)
    if present not in named and rules.declared(call.caller.identity) is not None:
        named.insert(0, present)
    for name in named:
        yield _shape(name, IdentityKind(name.partition(":")[0]), is_present=name == present)


def _linked(link: Link, call: Call, rules: LinksHere) -> IdentityShape:
    return _shape(
        str(link.identity),
        link.identity.kind,
        is_present=link.identity == call.caller.identity,
        link_id=link.id,
        linked_to=_name(link.by),
        linked_at=link.linked_at,
        is_good=rules.holder(link, link.identity) is not None,
    )


def _shape(
    identity: str,
    kind: IdentityKind,
    *,
    is_present: bool,
    link_id: str | None = None,
    linked_to: str | None = None,
    linked_at: datetime | None = None,
    is_good: bool = True,
) -> IdentityShape:
    return IdentityShape(
        identity=identity,
        kind=kind.value,
        named_by="catalogue" if link_id is None else "link",
        is_present=is_present,
        link_id=link_id,
        linked_to=linked_to,
        linked_at=linked_at,
        is_good=is_good,
    )


def _link(link: Link, catalogue: Catalogue, rules: LinksHere) -> LinkShape:
    return LinkShape(
        id=link.id,
        identity=str(link.identity),
        person=person_shape(link.person_id, catalogue),
        linked_to=_name(link.by),
        linked_at=link.linked_at,
        is_good=rules.holder(link, link.identity) is not None,
    )


def _name(identity: Identity | None) -> str | None:
    return None if identity is None else str(identity)
