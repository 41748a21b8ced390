"""Signing in by a proof, finding out who one is, and signing out."""

from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, Field

from liftgate.access.ports import Once
from liftgate.access.sight import is_guard
from liftgate.catalogue.model import Catalogue
from liftgate.elevation.errors import SecretHandedOver
from liftgate.identity.aws_proof import AwsProof
from liftgate.identity.errors import IssuerNotDeclared
from liftgate.identity.login import TerminalDoor, sign_in_with_code, sign_in_with_device
from liftgate.identity.model import Person
from liftgate.identity.ports import SignIn
from liftgate.identity.service import PersonOf, sign_in_locally, sign_in_with_aws, sign_out
from liftgate.identity.signed_token import LONGEST
from liftgate.identity.token import hash_of
from liftgate.identity.token_sign_in import sign_in_with_token
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, Moment, answer
from liftgate.server.calls import IdempotencyKey, SignedIn, doubt_in, once_of, parts_of, token_of
from liftgate.server.errors import NotSignedIn
from liftgate.server.linking import person_in
from liftgate.server.local_calls import refuse_unless_local
from liftgate.server.parts import Parts

router = APIRouter(tags=["sign-ins"])

_Text = Annotated[str, Field(min_length=1, max_length=4_096)]


class SignInWithAws(BaseModel):
    """By the AWS identity that the caller holds: the signature of an sts:GetCallerIdentity bound to this server.

    The server builds the call itself, anew, and asks STS whether the signature is good.
    """

    model_config = EXACT

    method: Literal["aws"]
    access_key_id: _Text = Field(examples=["ASIAIOSFODNN7EXAMPLE"])
    amz_date: _Text = Field(examples=["20261124T090000Z"])
    region: _Text = Field(examples=["us-east-1"])
    signature: _Text = Field(
        repr=False, examples=["5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"]
    )
    signed_headers: list[_Text] = Field(
        min_length=1,
        max_length=20,
        examples=[
            [
                "content-length",
                "content-type",
                "host",
                "x-amz-date",
                "x-amz-security-token",
                "x-liftgate-audience",
            ]
        ],
    )
    session_token: Annotated[str, Field(min_length=1, max_length=8_192)] | None = Field(
        default=None, repr=False, examples=["IQoJb3JpZ2luX2VjEXAMPLETOKEN"]
    )


class SignInLocally(BaseModel):
    """By a name alone: the demo, on loopback only."""

    model_config = EXACT

    method: Literal["local"]
    person: str = Field(min_length=1, max_length=128, examples=["ada"])


class SignInByLogin(BaseModel):
    """By the code that a browser brought to a terminal of its machine: `liftgate login`."""

    model_config = EXACT

    method: Literal["login"]
    code: _Text = Field(repr=False, examples=["EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE1"])
    verifier: _Text = Field(
        repr=False,
        description="Of the S256 challenge (RFC 7636) that stood in the address which the browser was sent to.",
        examples=["EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE2"],
    )


class SignInByDevice(BaseModel):
    """By a browser elsewhere: `liftgate login --device`. Until the code is confirmed the answer is `login_pending`."""

    model_config = EXACT

    method: Literal["device"]
    device_secret: _Text = Field(
        repr=False,
        description="As `POST /logins` answered it.",
        examples=["EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE1"],
    )


class SignInWithToken(BaseModel):
    """By a token that a declared issuer gave to a service: of GitHub Actions, GitLab, Kubernetes, AWS.

    With a name of its own (`jti`) it signs in once. The sign-in ends when it does, or after an hour.
    """

    model_config = EXACT

    method: Literal["token"]
    token: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        repr=False, examples=["eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUifQ.EXAMPLE"]
    )


WayToSignIn: TypeAlias = SignInWithAws | SignInWithToken | SignInLocally | SignInByLogin | SignInByDevice


class NamedPersonShape(BaseModel):
    """A person or service."""

    model_config = EXACT

    id: str = Field(examples=["ada"])
    name: str = Field(examples=["Ada Lovelace"])
    kind: Literal["person", "service"]


class SignInShape(BaseModel):
    """A token, handed over once."""

    model_config = EXACT

    token: str = Field(repr=False, examples=["lg_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE1"])
    person: NamedPersonShape
    identity: str = Field(examples=["aws:arn:aws:sts::111122223333:assumed-role/ReadOnly/ada"])
    expires_at: Moment


class MeShape(BaseModel):
    """Who the caller is."""

    model_config = EXACT

    person: NamedPersonShape
    identity: str = Field(examples=["aws:arn:aws:sts::111122223333:assumed-role/ReadOnly/ada"])
    expires_at: Moment = Field(description="When the caller must sign in again.")
    is_guard: bool
    is_auditor: bool


@router.post(
    "/sign-ins",
    status_code=201,
    response_model=SignInShape,
    operation_id="sign_in",
    responses=problems(401, 403, 409),
)
def sign_in(
    request: Request,
    body: Annotated[WayToSignIn, Body(discriminator="method")],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Prove who you are; the answer is a token for the calls that follow."""
    parts = parts_of(request)
    catalogue = parts.catalogue.current().catalogue
    token, signed_in = _let_in(request, body, parts, catalogue)
    _refuse_repeated(once_of(request, signed_in.person_id, idempotency_key), token, parts)
    shape = SignInShape(
        token=token,
        person=_named(catalogue.people[signed_in.person_id]),
        identity=str(signed_in.identity),
        expires_at=signed_in.expires_at,
    )
    return answer(shape, 201)


def _let_in(request: Request, body: WayToSignIn, parts: Parts, catalogue: Catalogue) -> tuple[str, SignIn]:
    if isinstance(body, SignInWithAws):
        return sign_in_with_aws(
            aws_proof_of(body),
            store=parts.store,
            transport=parts.transport,
            audience=parts.audience,
            person_of=person_in(catalogue, parts),
            doubt_of=doubt_in(catalogue, parts.session_names),
            clock=parts.clock,
            random=parts.random,
        )
    if isinstance(body, SignInWithToken):
        return _with_token(body.token, person_in(catalogue, parts), parts)
    door = TerminalDoor(
        store=parts.store,
        person_of=person_in(catalogue, parts),
        local_sign_in=parts.settings.local_sign_in,
        clock=parts.clock,
        random=parts.random,
    )
    if isinstance(body, SignInByLogin):
        return sign_in_with_code(body.code, body.verifier, door)
    if isinstance(body, SignInByDevice):
        return sign_in_with_device(body.device_secret, door)
    refuse_unless_local(request)
    return sign_in_locally(
        body.person,
        enabled=parts.settings.local_sign_in,
        store=parts.store,
        person_of=person_in(catalogue, parts),
        clock=parts.clock,
        random=parts.random,
    )


@router.get("/me", response_model=MeShape, operation_id="who_am_i", responses=problems(401))
def me(request: Request, call: SignedIn) -> Response:
    """Who the server takes the caller for."""
    with call.parts.store.read() as view:
        found = view.sign_in(hash_of(token_of(request)))
    if found is None:
        raise NotSignedIn("the sign-in was ended just now", advice="sign in again: liftgate sign-in")
    return answer(
        MeShape(
            person=_named(call.caller.person),
            identity=str(call.caller.identity),
            expires_at=found.expires_at,
            is_guard=is_guard(call.person_id, call.catalogue),
            is_auditor=call.person_id in call.catalogue.auditors,
        )
    )


@router.delete("/sign-ins/current", status_code=204, operation_id="sign_out", responses=problems(401))
def end(request: Request, call: SignedIn) -> Response:
    """Forget the token of this call."""
    sign_out(token_of(request), store=call.parts.store)
    return Response(status_code=204)


def aws_proof_of(body: SignInWithAws) -> AwsProof:
    """The parts of a signature, as the caller says them: unchecked."""
    return AwsProof(
        access_key_id=body.access_key_id,
        amz_date=body.amz_date,
        region=body.region,
        signature=body.signature,
        signed_headers=tuple(body.signed_headers),
        session_token=body.session_token,
    )


def _with_token(shown: str, person_of: PersonOf, parts: Parts) -> tuple[str, SignIn]:
    declared = parts.token_issuers
    if declared is None:
        raise IssuerNotDeclared(
            "this server lets nobody in by a token",
            advice="ask those who run it to name the token's issuer under `issuers` in its settings",
        )
    token, signed_in, verified = sign_in_with_token(
        shown,
        declared,
        store=parts.store,
        person_of=person_of,
        clock=parts.clock,
        random=parts.random,
    )
    if verified.undeclared:
        parts.log.info(
            "a token has claims that nobody declared",
            issuer=verified.issuer.name,
            claims=[one[:80] for one in verified.undeclared[:50]],
        )
    return token, signed_in


def _refuse_repeated(once: Once | None, token: str, parts: Parts) -> None:
    """Asked only after the proof was accepted, so that nobody who proves nothing can write into the database."""
    if once is None:
        return
    now = parts.clock()
    with parts.store.write() as transaction:
        if transaction.repeated(once, now=now) is None:
            transaction.remember(once, "sign-in", now=now)
            return
    sign_out(token, store=parts.store)
    raise SecretHandedOver(
        "the token was handed over once, and is not kept", advice="sign in again with another Idempotency-Key"
    )


def _named(person: Person) -> NamedPersonShape:
    return NamedPersonShape(id=person.id, name=person.name, kind=person.kind.value)
