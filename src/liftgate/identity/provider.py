"""An OpenID provider by which people sign in: what it is asked, and what is believed of its answers.

The code flow with PKCE, nonce and state (OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9700; RFC 9207). Everything that
one attempt to sign in needs is derived from its seed and the server's key, so that nothing of it is kept before it succeeds.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from urllib.parse import quote_plus, urlencode

from liftgate.identity.errors import (
    IssuerAnswerRefused,
    IssuerUnavailable,
    ProviderRefused,
    SignedTokenMisdirected,
    SignInNotBegun,
)
from liftgate.identity.issuer import IssuerDocument, refused
from liftgate.identity.issuers import Issuers
from liftgate.identity.json_object import read_object
from liftgate.identity.ports import IssuerAnswer, IssuerTransport
from liftgate.identity.signed_token import Claims, Expected, verified_claims
from liftgate.identity.subject import is_subject
from liftgate.identity.token import challenge_of

Mark: TypeAlias = Callable[
    [str, str], str
]  # a purpose and a text: what only holders of the key can say of it

ATTEMPT_LASTS: Final = timedelta(minutes=10)
_ID_TOKEN_OLDEST: Final = timedelta(minutes=10)
_LONGEST_SESSION_NAME: Final = 500
_MOST_GROUPS: Final = 2_000
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider as the settings declare it."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    redirect_uri: str
    scopes: tuple[str, ...] = ("openid",)
    groups_claim: str | None = None
    groups: Mapping[str, str] = field(
        default_factory=dict
    )  # what stands in the claim, to a group of the catalogue
    groups_last: timedelta = timedelta(days=1)
    name: str = "your organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A provider with the way to it."""

    provider: Provider
    issuers: Issuers
    transport: IssuerTransport

    @property
    def document(self) -> IssuerDocument:
        """What it publishes. Raises ``Unavailable``."""
        return self.issuers.document(self.provider.issuer)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in."""

    seed: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def proof_hash(self) -> str:
        """What is kept once it led to a sign-in, so that it leads to one only."""
        return hashlib.sha256(f"oidc-attempt {self.seed}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What a provider said of somebody, all of it checked."""

    subject: str
    provider_session: str | None
    groups: frozenset[str]  # of the catalogue
    id_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)


def attempt_of(seed: str, mark: Mark) -> Attempt:
    """The attempt of a seed, the same whenever it is asked for."""
    return Attempt(seed, *(mark(f"oidc-{what}", seed) for what in ("state", "nonce", "verifier")))


def authorization_address(reached: Reached, attempt: Attempt) -> str:
    """Where the browser is sent to sign in. Raises ``Unavailable``."""
    provider = reached.provider
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": provider.redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge_of(attempt.verifier),
        "code_challenge_method": "S256",
    }
    return _with_query(_endpoint(reached, "authorization_endpoint"), asked)


def logout_address(reached: Reached, *, id_token: str | None, then: str) -> str | None:
    """Where a browser signs out of the provider too (OpenID Connect RP-Initiated Logout 1.0); None where it cannot."""
    endpoint = reached.document.end_session_endpoint
    if endpoint is None:
        return None
    hint = {"id_token_hint": id_token} if id_token else {}
    said = {**hint, "client_id": reached.provider.client_id, "post_logout_redirect_uri": then}
    return _with_query(endpoint, said)


def code_in(answer: Mapping[str, tuple[str, ...]], attempt: Attempt, reached: Reached) -> str:
    """The code with which a browser came back from the provider.

    Raises ``SignInNotBegun`` where it is not this attempt's, and ``ProviderRefused`` where the provider says no.
    """
    if any(len(values) > 1 for values in answer.values()):
        raise not_begun()
    said = {name: values[0] for name, values in answer.items()}
    if not hmac.compare_digest(said.get("state", "").encode(), attempt.state.encode()):
        raise not_begun()
    # Of two providers, the one must not answer in the place of the other (RFC 9207).
    issuer, must_say = said.get("iss"), reached.document.says_issuer_in_answer
    if issuer != reached.provider.issuer and (must_say or issuer is not None):
        raise not_begun()
    if "error" in said:
        raise _provider_says(said["error"])
    if not said.get("code"):
        raise not_begun()
    return said["code"]


def vouched_for(code: str, attempt: Attempt, reached: Reached, *, now: datetime) -> Vouched:
    """What the provider says of whoever came back with a code. Raises ``Unauthenticated`` and ``Unavailable``."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": reached.provider.redirect_uri,
        "code_verifier": attempt.verifier,
    }
    answer = _asked(reached, fields)
    claims = _id_claims(answer, reached, now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), attempt.nonce.encode()):
        raise _not_ours("it was made for another attempt to sign in")
    return _vouched(answer, claims, reached.provider)


def vouched_again(refresh_token: str, subject: str, reached: Reached, *, now: datetime) -> Vouched:
    """What the provider says of somebody now. It may say no more than that: then there is no ``id_token``, and nothing of groups.

    Raises ``ProviderRefused`` where it no longer vouches for them, and ``Unavailable``.
    """
    answer = _asked(reached, {"grant_type": "refresh_token", "refresh_token": refresh_token})
    token = _text(answer, "refresh_token") or refresh_token
    if "id_token" not in answer:
        return Vouched(subject=subject, provider_session=None, groups=frozenset(), refresh_token=token)
    claims = _id_claims(answer, reached, now)
    vouched = _vouched({**answer, "refresh_token": token}, claims, reached.provider)
    if vouched.subject != subject:
        raise _not_ours("it is of somebody else")
    return vouched


def not_begun() -> SignInNotBegun:
    """What is said to a browser that comes back from nowhere."""
    return SignInNotBegun(
        "this browser did not begin this sign-in, or began another one since", advice="begin it anew"
    )


def _endpoint(reached: Reached, name: str) -> str:
    address: str | None = getattr(reached.document, name)
    if address is None:
        raise refused(reached.provider.issuer, f"its discovery document names no `{name}`")
    return address


def _asked(reached: Reached, fields: Mapping[str, str]) -> Mapping[str, Any]:
    endpoint = _endpoint(reached, "token_endpoint")
    more, headers = _client_proof(reached.provider, reached.document)
    answer = reached.transport.post(endpoint, {**fields, **more}, headers=headers)
    try:
        said = read_object(answer.body)
    except ValueError:
        said = {}
    if answer.status == 200:
        return said
    raise _token_refusal(answer, said, reached.provider)


def _client_proof(provider: Provider, document: IssuerDocument) -> tuple[dict[str, str], dict[str, str]]:
    """By which the provider knows us: fields and headers (RFC 6749, section 2.3.1)."""
    if provider.client_secret is None:
        return {"client_id": provider.client_id}, {}
    if "client_secret_basic" in document.token_auth_methods:
        both = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        return {}, {"authorization": f"Basic {base64.b64encode(both.encode()).decode()}"}
    return {"client_id": provider.client_id, "client_secret": provider.client_secret}, {}


def _token_refusal(
    answer: IssuerAnswer, said: Mapping[str, Any], provider: Provider
) -> ProviderRefused | IssuerUnavailable | IssuerAnswerRefused:
    if said.get("error") in {"invalid_client", "unauthorized_client"}:
        return IssuerAnswerRefused(
            f"the issuer `{provider.issuer[:200]}` does not know this server as its client",
            advice="compare `client_id` and `client_secret` in the settings with what it shows of the client",
        )
    if answer.status in {400, 401, 403}:
        return _provider_says(said.get("error"))
    return IssuerUnavailable(
        f"the issuer `{provider.issuer[:200]}` answered {answer.status} when asked for tokens",
        advice="try again in a moment",
    )


def _id_claims(answer: Mapping[str, Any], reached: Reached, now: datetime) -> Claims:
    provider = reached.provider
    expected = Expected(issuer=provider.issuer, audience=provider.client_id, oldest=_ID_TOKEN_OLDEST)
    token = answer.get("id_token")
    claims = verified_claims(
        token if isinstance(token, str) else "", expected, issuers=reached.issuers, now=now
    )
    azp, aud = claims.get("azp"), claims["aud"]
    if azp != provider.client_id and ("azp" in claims or (isinstance(aud, tuple) and len(aud) > 1)):
        raise _not_ours("it was made for another client")
    if not isinstance(claims.get("sub"), str) or not is_subject(claims["sub"]):
        raise _not_ours("it names nobody")
    return claims


def _vouched(answer: Mapping[str, Any], claims: Claims, provider: Provider) -> Vouched:
    sid = claims.get("sid")
    return Vouched(
        subject=claims["sub"],
        provider_session=sid if isinstance(sid, str) and len(sid) <= _LONGEST_SESSION_NAME else None,
        groups=_groups(claims, provider),
        id_token=_text(answer, "id_token"),
        refresh_token=_text(answer, "refresh_token"),
    )


def _groups(claims: Claims, provider: Provider) -> frozenset[str]:
    said = claims.get(provider.groups_claim) if provider.groups_claim else None
    listed = (said,) if isinstance(said, str) else said
    if not isinstance(listed, tuple):
        return frozenset()
    named = [one for one in listed[:_MOST_GROUPS] if isinstance(one, str)]
    return frozenset(provider.groups[one] for one in named if one in provider.groups)


def _text(answer: Mapping[str, Any], name: str) -> str | None:
    said = answer.get(name)
    return said if isinstance(said, str) and said else None


def _with_query(endpoint: str, said: Mapping[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(said)}"


def _provider_says(error: object) -> ProviderRefused:
    shown = error if isinstance(error, str) and error.isascii() and error.isprintable() else "no reason given"
    return ProviderRefused(
        f"the provider refused the sign-in: `{shown[:_SHOWN]}`",
        advice="begin it anew; where it stays so, ask those who run the provider",
        value=shown[:_SHOWN],
    )


def _not_ours(why: str) -> SignedTokenMisdirected:
    return SignedTokenMisdirected(f"the token is refused: {why}", advice="begin the sign-in anew")
