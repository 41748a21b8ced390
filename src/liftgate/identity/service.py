"""Signing in, being known, and signing out: one use case a function."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from liftgate.clock import Clock, rfc3339
from liftgate.errors import Unauthenticated
from liftgate.identity.aws import prove
from liftgate.identity.aws_proof import AwsProof
from liftgate.identity.errors import (
    IdentityUnknown,
    LocalSignInOff,
    PersonShutOut,
    ProofUsed,
    TokenExpired,
    TokenUnknown,
)
from liftgate.identity.model import Caller, Identity, IdentityKind, Person
from liftgate.identity.ports import IdentityReader, IdentityStore, IdentityWriter, SignIn, StsTransport
from liftgate.identity.token import RandomBytes, has_form, hash_of, new_token
from liftgate.ledger.model import Draft, EventKind, Json

PersonOf: TypeAlias = Callable[[Identity], Person | None]
DoubtOf: TypeAlias = Callable[[Identity], Unauthenticated | None]

AWS_LASTS: Final = timedelta(hours=1)  # about as long as the credentials that proved it
LOCAL_LASTS: Final = timedelta(hours=8)

_SIGN_IN: Final = "sign in again"


def sign_in_with_aws(
    proof: AwsProof,
    *,
    audience: str,
    transport: StsTransport,
    store: IdentityStore,
    person_of: PersonOf,
    doubt_of: DoubtOf,
    clock: Clock,
    random: RandomBytes,
) -> tuple[str, SignIn]:
    """A token for whoever signed ``proof`` for this server, whose origin is ``audience`` by its own settings.

    A proof is used up where AWS accepts it, also by somebody whom the catalogue does not know. Doing so in the transaction of
    the sign-in lets exactly one of several replays in, loses no proof to a fault of STS, and lets nobody who cannot
    sign write into the database. ``doubt_of`` says why an identity that AWS vouches for may still be another's.

    Raises ``ProofUsed``, ``IdentityUnknown``, the doubt, and what ``aws.prove`` and ``doubt_of`` raise.
    """
    proved = prove(proof, audience=audience, transport=transport, now=clock())
    person = person_of(proved.identity)
    doubt = None if person is None else doubt_of(proved.identity)  # for strangers IAM is not asked
    now = clock()  # AWS may have taken its time
    with store.write() as transaction:
        is_first = transaction.use_proof(proved.proof_hash, expires_at=proved.useless_from)
        if is_first and person is not None and doubt is None:
            return hand_out_token(
                transaction, person, proved.identity, now=now, until=now + AWS_LASTS, random=random
            )
    if not is_first:
        raise ProofUsed("this proof of identity was used before", advice="sign a new one, a second later")
    raise doubt or unknown(proved.identity)


def sign_in_locally(
    person_id: str,
    *,
    enabled: bool,
    store: IdentityStore,
    person_of: PersonOf,
    clock: Clock,
    random: RandomBytes,
) -> tuple[str, SignIn]:
    """A token for the person of that id, on nothing but their word. For the demo; ``enabled`` is the server's setting.

    Raises ``LocalSignInOff`` and ``IdentityUnknown``.
    """
    caller = local_caller(person_id, enabled=enabled, person_of=person_of)
    now = clock()
    with store.write() as transaction:
        return hand_out_token(
            transaction, caller.person, caller.identity, now=now, until=now + LOCAL_LASTS, random=random
        )


def local_caller(person_id: str, *, enabled: bool, person_of: PersonOf) -> Caller:
    """The person of that id, on nothing but their word. Raises ``LocalSignInOff`` and ``IdentityUnknown``."""
    if not enabled:
        raise LocalSignInOff(
            "this server lets nobody in by a name alone", advice="sign in with an AWS identity"
        )
    identity = Identity(kind=IdentityKind.LOCAL, name=person_id)
    person = person_of(identity)
    if person is None:
        raise unknown(identity)
    return Caller(person=person, identity=identity)


def caller_of(
    token: str, *, store: IdentityStore, person_of: PersonOf, clock: Clock, local_sign_in: bool = False
) -> Caller:
    """Who holds a token, by the catalogue of this moment: who was removed from it is nobody from then on.

    ``local_sign_in`` is the server's setting: once it is off, tokens that were had by a name alone are worth nothing.
    Raises ``TokenUnknown``, ``TokenExpired`` and ``IdentityUnknown``.
    """
    sign_in = _find(token, store)
    if clock() >= sign_in.expires_at:
        raise TokenExpired("the sign-in is over", advice=_SIGN_IN)
    return known_caller(sign_in.person_id, sign_in.identity, person_of=person_of, local_sign_in=local_sign_in)


def known_caller(person_id: str, identity: Identity, *, person_of: PersonOf, local_sign_in: bool) -> Caller:
    """Who signed in, by the catalogue of this moment. Raises ``TokenUnknown`` and ``IdentityUnknown``."""
    if identity.kind is IdentityKind.LOCAL and not local_sign_in:
        raise token_unknown()
    person = person_of(identity)
    if person is None:
        raise unknown(identity)
    if person.id != person_id:
        # The identity was given to somebody else: they are to sign in, and the ledger to say so.
        raise token_unknown()
    return Caller(person=person, identity=identity)


def sign_out(token: str, *, store: IdentityStore) -> None:
    """End a token. One that is not known is ended already."""
    if has_form(token):
        with store.write() as transaction:
            transaction.end_sign_in(hash_of(token))


def hand_out_token(
    transaction: IdentityWriter,
    person: Person,
    identity: Identity,
    *,
    now: datetime,
    until: datetime,
    random: RandomBytes,
    session_id: str | None = None,
    more: Mapping[str, Json] | None = None,
) -> tuple[str, SignIn]:
    """A token for somebody who was proved, on record; ``more`` is what the record says beyond who and until when.

    Raises ``PersonShutOut``.
    """
    refuse_shut_out(person.id, transaction)
    token = new_token(random)
    sign_in = SignIn(
        token_hash=hash_of(token),
        person_id=person.id,
        identity=identity,
        signed_in_at=now,
        expires_at=until,
        session_id=session_id,
    )
    transaction.add_sign_in(sign_in, _draft(sign_in, more or {}))
    return token, sign_in


def refuse_shut_out(person_id: str, transaction: IdentityReader) -> None:
    """Raise ``PersonShutOut`` for somebody who was put on hold by hand. Why is not said: a thief would read it."""
    if transaction.is_shut_out(person_id):
        raise _on_hold(person_id, ", and cannot sign in")


def refuse_held_to_link(person_id: str, transaction: IdentityReader) -> None:
    """Raise ``PersonShutOut`` for somebody on hold: no further way in is made that would outlive it."""
    if transaction.is_held(person_id):
        raise _on_hold(person_id, ": no identity is linked meanwhile")


def refuse_held_to_let_in(person_id: str, transaction: IdentityReader) -> None:
    """Raise ``PersonShutOut`` for somebody on hold who would sign a terminal in by their browser."""
    if transaction.is_held(person_id):
        raise _on_hold(person_id, ": their browser lets no terminal in meanwhile")


def _on_hold(person_id: str, therefore: str) -> PersonShutOut:
    return PersonShutOut(
        f"`{person_id}` is on hold{therefore}",
        advice=f"two guards can release the hold, each with: liftgate release {person_id} --reason …",
        value=person_id,
    )


def _draft(sign_in: SignIn, more: Mapping[str, Json]) -> Draft:
    return Draft(
        at=sign_in.signed_in_at,
        kind=EventKind.SIGNED_IN,
        actor=sign_in.person_id,
        body={
            "identity": str(sign_in.identity),
            "user_id": sign_in.identity.user_id,
            "expires_at": rfc3339(sign_in.expires_at),
            **more,
        },
    )


def _find(token: str, store: IdentityStore) -> SignIn:
    if not has_form(token):
        raise token_unknown()
    with store.read() as reader:
        found = reader.sign_in(hash_of(token))
    if found is None:
        raise token_unknown()
    return found


def token_unknown() -> TokenUnknown:
    """What is said of a token that nobody holds."""
    return TokenUnknown("the token is none that is in use", advice=_SIGN_IN)


def unknown(identity: Identity) -> IdentityUnknown:
    """What is said to somebody whom the catalogue does not know."""
    shown = str(identity)[:700].encode("ascii", "backslashreplace").decode()
    if identity.kind is IdentityKind.OIDC:
        return IdentityUnknown(
            f"the catalogue knows nobody as `{shown}`",
            advice=f'ask those who keep the catalogue to write under your name there: identities: ["{shown}"]',
            value=shown,
        )
    return IdentityUnknown(
        f"the catalogue knows nobody as `{shown}`",
        advice="ask those who keep the catalogue to add this identity to a person",
        value=shown,
    )
