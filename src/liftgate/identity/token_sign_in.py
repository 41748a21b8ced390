"""Services that sign in with a token of a declared issuer: pipelines, pods, jobs in AWS.

    token, signed_in = sign_in_with_token(shown, declared, store=store, person_of=person_of, clock=clock, random=random)

Nobody who cannot show a genuine, fitting token of a service that the catalogue knows writes into the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from liftgate.clock import Clock
from liftgate.identity.errors import (
    IssuerNotDeclared,
    NotAService,
    ProofUsed,
    SignedTokenMalformed,
    SignedTokenOutOfTime,
)
from liftgate.identity.issuers import Issuers
from liftgate.identity.model import Identity, Person, PersonKind
from liftgate.identity.ports import IdentityStore, SignIn
from liftgate.identity.service import PersonOf, hand_out_token, unknown
from liftgate.identity.signed_token import LEEWAY, Claims, Expected, claimed_issuer, verified_claims
from liftgate.identity.subject import identity_of_subject, is_subject
from liftgate.identity.token import RandomBytes, hash_of
from liftgate.identity.token_issuer import TokenIssuer, checked_claims, undeclared_claims
from liftgate.ledger.model import Json

LONGEST_SIGN_IN: Final = timedelta(hours=1)
_LONGEST_NAME: Final = 500  # of a token


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredIssuers:
    """The issuers of the settings, and what they publish."""

    declared: tuple[TokenIssuer, ...]
    issuers: Issuers = field(repr=False)

    def named(self, issuer: str | None) -> TokenIssuer | None:
        """The declared issuer of that address."""
        return next((one for one in self.declared if one.issuer == issuer), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedToken:
    """What a genuine and fitting token says, as far as it is looked at."""

    issuer: TokenIssuer
    identity: Identity
    name: str | None  # its `jti`
    expires_at: datetime
    checked: tuple[tuple[str, str], ...]
    undeclared: tuple[str, ...]  # names of claims that the settings do not know


def sign_in_with_token(
    token: str,
    declared: DeclaredIssuers,
    *,
    store: IdentityStore,
    person_of: PersonOf,
    clock: Clock,
    random: RandomBytes,
) -> tuple[str, SignIn, VerifiedToken]:
    """A token of ours for the service to which an issuer gave ``token``. It ends when that does, or after an hour.

    Raises ``NotAService``, ``ProofUsed``, and what ``verified_token`` raises and ``IdentityUnknown``.
    """
    verified = verified_token(token, declared, now=clock())
    person = _service(verified.identity, person_of)
    now = clock()  # the issuer may have taken its time
    until = min(verified.expires_at, now + LONGEST_SIGN_IN)
    if until <= now:
        raise SignedTokenOutOfTime("the token is refused: it is over", advice="get a new one")
    with store.write() as transaction:
        if verified.name is not None and verified.issuer.used_once:
            used = hash_of(f"token {verified.issuer.issuer} {verified.name}")
            if not transaction.use_proof(used, expires_at=verified.expires_at + 2 * LEEWAY):
                raise ProofUsed("this token was used before", advice="get a new one from the issuer")
        proof: dict[str, Json] = {
            "issuer": verified.issuer.issuer,
            "subject": verified.identity.name.partition("#")[2],
            "claims": [{"claim": claim, "says": says} for claim, says in verified.checked],
        }
        handed, signed_in = hand_out_token(
            transaction, person, verified.identity, now=now, until=until, random=random, more=proof
        )
    return handed, signed_in, verified


def verified_token(token: str, declared: DeclaredIssuers, *, now: datetime) -> VerifiedToken:
    """What a token says, after its issuer, signature, audience, times and claims were checked.

    Raises ``IssuerNotDeclared``, ``ClaimRefused``, and what ``signed_token.verified_claims`` raises.
    """
    issuer = declared.named(claimed_issuer(token))
    if issuer is None:
        raise IssuerNotDeclared(
            "the token is of no issuer that this server lets in",
            advice="ask those who run it to name the token's `iss` under `issuers` in its settings",
        )
    expected = Expected(issuer=issuer.issuer, audience=issuer.audience, oldest=LONGEST_SIGN_IN)
    claims = verified_claims(token, expected, issuers=declared.issuers, now=now)
    checked = checked_claims(claims, issuer)
    return VerifiedToken(
        issuer=issuer,
        identity=identity_of_subject(issuer.issuer, _subject(claims)),
        name=_name(claims),
        expires_at=datetime.fromtimestamp(claims["exp"], tz=UTC),
        checked=checked,
        undeclared=undeclared_claims(claims, issuer),
    )


def is_declared(issuer: str, person: Person, declared: Iterable[TokenIssuer]) -> bool:
    """Whether a sign-in of that issuer's subject stands: the issuer is still declared, and its subject a service."""
    return person.kind is PersonKind.SERVICE and any(one.issuer == issuer for one in declared)


def _service(identity: Identity, person_of: PersonOf) -> Person:
    person = person_of(identity)
    if person is None:
        raise unknown(identity)
    if person.kind is not PersonKind.SERVICE:
        raise NotAService(
            f"`{person.id}` is a person, and a token lets services in alone",
            advice="people sign in by themselves; in the catalogue, give the token's subject to a `kind: service`",
            value=person.id,
        )
    return person


def _subject(claims: Claims) -> str:
    said = claims.get("sub")
    if not isinstance(said, str) or not is_subject(said):
        raise _malformed("sub")
    return said


def _name(claims: Claims) -> str | None:
    said = claims.get("jti")
    if said is None:
        return None
    if not isinstance(said, str) or not 0 < len(said) <= _LONGEST_NAME:
        raise _malformed("jti")
    return said


def _malformed(claim: str) -> SignedTokenMalformed:
    return SignedTokenMalformed(
        f"the token's `{claim}` is not a text that can be used", advice="get a new token from the issuer"
    )
