"""One call: who makes it, under which catalogue, and whether it was made before. Found once, before any handler runs."""

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, Path, Request

from liftgate.access.ports import Once
from liftgate.access.sight import sees_all
from liftgate.catalogue.model import Catalogue
from liftgate.catalogue.source import Loaded
from liftgate.catalogue.who import must_prove_name
from liftgate.identity.model import Caller
from liftgate.identity.service import DoubtOf, caller_of
from liftgate.identity.session_names import SessionNames
from liftgate.server.api.shapes import GRANT_ID, REQUEST_ID
from liftgate.server.body import BODY
from liftgate.server.browser.vouching import refuse_unheard_issuers
from liftgate.server.edge import PERSON
from liftgate.server.errors import BadInput, MayNotSeeAll, NotSignedIn
from liftgate.server.linking import person_in
from liftgate.server.parts import Parts

_BEARER: Final = re.compile(r"[Bb]earer +([A-Za-z0-9_-]{1,200})")
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A random text, new with each new call: 1 to 200 visible ASCII characters. The same call sent again with the "
        "same key is made once; calls that hand out a secret refuse a repeated key.",
        json_schema_extra={"pattern": "^[!-~]{1,200}$"},
        examples=["0d1f7e52-7a6c-4d35-9a0e-5c1b2f9d7a11"],
    ),
]
RequestId = Annotated[str, Path(pattern=REQUEST_ID, examples=["rq-3xv7m0q4c2h5k8rs"])]
SessionNumber = Annotated[int, Path(ge=1, le=999_999, examples=[1])]
GrantId = Annotated[str, Path(pattern=GRANT_ID, examples=["gr-3xv7m0q4c2h5k8rt"])]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of somebody who is known. ``loaded`` is the catalogue under which all of it is answered."""

    parts: Parts
    caller: Caller
    loaded: Loaded
    once: Once | None = None

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue in force when the call came in."""
        return self.loaded.catalogue

    @property
    def person_id(self) -> str:
        """Who is calling."""
        return self.caller.person.id

    @property
    def sees_all(self) -> bool:
        """Whether the caller is a guard or an auditor."""
        return sees_all(self.person_id, self.catalogue)


PARTS: Final = "liftgate.parts"  # where the scope of a call holds them
OWN_MACHINE: Final = "liftgate.own_machine"  # where it says whether only this machine reaches the address


def parts_of(request: Request) -> Parts:
    """The parts that the application was made of."""
    parts: Parts = request.scope[PARTS]
    return parts


def doubt_in(catalogue: Catalogue, names: SessionNames) -> DoubtOf:
    """Why an identity's session name is not to be believed, where the catalogue does not say outright that it is."""
    return lambda identity: names.doubt(identity) if must_prove_name(catalogue, identity) else None


def token_of(request: Request) -> str:
    """The bearer token of a call (RFC 6750, section 2.1). Raises ``NotSignedIn`` where there is none."""
    sent = request.headers.getlist("authorization")
    match = _BEARER.fullmatch(sent[0]) if len(sent) == 1 else None  # of two, which one is meant?
    if match is None:
        raise NotSignedIn(
            "the call carries no token", advice="sign in first, and send Authorization: Bearer TOKEN"
        )
    return match[1]


def signed_in(request: Request) -> Call:
    """A call of somebody who is signed in. Raises ``Unauthenticated`` for anybody else."""
    parts = parts_of(request)
    loaded = parts.catalogue.current()
    caller = caller_of(
        token_of(request),
        store=parts.store,
        person_of=person_in(loaded.catalogue, parts),
        clock=parts.clock,
        local_sign_in=parts.settings.local_sign_in,
    )
    refuse_unheard_issuers(caller, parts)
    request.scope[PERSON] = caller.person.id
    return Call(parts, caller, loaded)


def signed_in_once(request: Request, idempotency_key: IdempotencyKey = None) -> Call:
    """The same, with the caller's Idempotency-Key bound to what was sent with it."""
    call = signed_in(request)
    return Call(call.parts, call.caller, call.loaded, once_of(request, call.person_id, idempotency_key))


def sees_everything(request: Request) -> Call:
    """A call of a guard or an auditor. Raises ``MayNotSeeAll`` for anybody else."""
    call = signed_in(request)
    if not call.sees_all:
        raise MayNotSeeAll(
            f"`{call.person_id}` is neither a guard nor an auditor",
            advice="ask one of them, or whoever keeps the catalogue to name you under `auditors`",
            value=call.person_id,
        )
    return call


SignedIn = Annotated[Call, Depends(signed_in)]
SignedInOnce = Annotated[Call, Depends(signed_in_once)]
SeesAll = Annotated[Call, Depends(sees_everything)]


def once_of(request: Request, person_id: str, key: str | None) -> Once | None:
    """A person's word that a repeated call is the same call. Raises ``BadInput`` for a key of another form."""
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise BadInput(
            "`Idempotency-Key` is not 1 to 200 visible ASCII characters",
            advice="send a new random one with each new call, such as a UUID",
            where="Idempotency-Key",
        )
    sent = hashlib.sha256()
    for part in (request.method.encode(), request.url.path.encode(), request.scope.get(BODY, b"")):
        sent.update(len(part).to_bytes(8, "big") + part)
    return Once(person_id=person_id, key=key, fingerprint=sent.hexdigest())
