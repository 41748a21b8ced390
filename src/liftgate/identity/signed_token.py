"""Tokens that a known issuer signed (RFC 7519), read as RFC 8725 says: who may have made them is known before they are.

    claims = verified_claims(token, Expected(issuer="https://id.example.com", audience="liftgate"), issuers=issuers, now=now)

The kind of the signature is chosen from a list of ours; the key from what the issuer publishes, never from the token, whose
``jwk``, ``jku``, ``x5u`` and ``x5c`` are not looked at. No error quotes a token.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry, deserialize_compact

from liftgate.identity.errors import (
    SignatureRefused,
    SignedTokenMalformed,
    SignedTokenMisdirected,
    SignedTokenOutOfTime,
)
from liftgate.identity.issuers import Issuers, PublishedKey
from liftgate.identity.json_object import read_object

Claims: TypeAlias = Mapping[str, Any]

ALGORITHMS: Final = frozenset(
    {
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
        "EdDSA",
        "Ed25519",
        "Ed448",
    }
)
LONGEST: Final = 16 * 1024  # characters; with many groups in it, a true one has some 8,000
LEEWAY: Final = timedelta(seconds=60)  # by which the clocks of two machines may differ
PLAIN: Final = frozenset({"", "jwt"})  # what most issuers write as a token's type

_PARTS: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_LONGEST_KID: Final = 500
_LAST_MOMENT: Final = 1e11  # seconds: beyond what a date can say


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must be to count. ``oldest`` bounds how long ago it may have been issued, whatever its own ``exp`` says."""

    issuer: str
    audience: str
    oldest: timedelta = timedelta(hours=1)
    types: frozenset[str] = PLAIN  # in lower case, without ``application/``


class _Registry(JWSRegistry):
    """Ours alone decides which algorithms there are; headers that say nothing to us are let be (RFC 7515, section 4)."""

    max_header_length = max_payload_length = max_signature_length = LONGEST

    def __init__(self) -> None:
        super().__init__(algorithms=sorted(ALGORITHMS), strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        """The algorithm, without joserfc's warning that ``EdDSA`` has two newer names: issuers go on writing it."""
        if name not in ALGORITHMS:
            raise _signature("its algorithm proves nothing")
        return self.algorithms[name]


_REGISTRY: Final = _Registry()


def verified_claims(token: str, expected: Expected, *, issuers: Issuers, now: datetime) -> Claims:
    """What a token says, all of it frozen, after everything about it was checked.

    Raises ``SignedTokenMalformed``, ``SignedTokenMisdirected``, ``SignatureRefused``, ``SignedTokenOutOfTime``, and what
    ``Issuers.keys`` raises.
    """
    header, claims = _read(token)
    _check_header(header, expected)
    if claims.get("iss") != expected.issuer:  # before the issuer is asked for anything
        raise _misdirected(f"it is not of the issuer `{expected.issuer[:200]}`")
    _check_signature(token, header, expected.issuer, issuers)
    _check_audience(claims, expected.audience)
    _check_times(claims, expected.oldest, now)
    return claims


def claimed_issuer(token: str) -> str | None:
    """Whom a token names as its issuer, on nothing but its word: to choose which of the known issuers is to be expected."""
    try:
        issuer = _read(token)[1].get("iss")
    except SignedTokenMalformed:
        return None
    return issuer if isinstance(issuer, str) else None


def _read(token: str) -> tuple[Mapping[str, Any], Claims]:
    parts = _PARTS.fullmatch(token) if len(token) <= LONGEST else None
    if parts is None:
        raise _malformed()
    try:
        return read_object(_decoded(parts[1])), read_object(_decoded(parts[2]))
    except ValueError:
        raise _malformed() from None


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _check_header(header: Mapping[str, Any], expected: Expected) -> None:
    if header.get("alg") not in ALGORITHMS:
        raise _signature("its algorithm proves nothing")
    if (
        "crit" in header or "b64" in header
    ):  # we understand no extension, and so must not go on (RFC 7515, section 4.1.11)
        raise _signature("it demands an extension that Liftgate does not have")
    kind = header.get("typ", "")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in expected.types:
        raise _misdirected("it is a token of another kind")


def _check_signature(token: str, header: Mapping[str, Any], issuer: str, issuers: Issuers) -> None:
    kid = header.get("kid")
    if kid is not None and (not isinstance(kid, str) or len(kid) > _LONGEST_KID):
        raise _signature("it names no key")
    fitting = [one for one in issuers.keys(issuer, kid) if _fits(one, header["alg"])]
    if (
        kid is None and len(fitting) > 1
    ):  # tried one by one, they would be more work for whoever sends nonsense
        raise _signature("it does not say which of its issuer's keys made it")
    if not any(_is_signed(token, one, header["alg"]) for one in fitting):
        raise _signature("no key of its issuer made it")


def _fits(published: PublishedKey, alg: str) -> bool:
    if published.alg not in {None, alg} and not (
        published.key.key_type == "OKP" and "EdDSA" in {published.alg, alg}
    ):
        return False
    try:
        _REGISTRY.get_alg(alg).check_key(published.key)
    except (JoseError, ValueError):
        return False
    return True


def _is_signed(token: str, published: PublishedKey, alg: str) -> bool:
    try:
        deserialize_compact(token, published.key, algorithms=[alg], registry=_REGISTRY)
    except (JoseError, ValueError, TypeError):
        return False
    return True


def _check_audience(claims: Claims, audience: str) -> None:
    said = claims.get("aud")
    listed = (said,) if isinstance(said, str) else said
    if not isinstance(listed, tuple) or audience not in listed:
        raise _misdirected(f"it is not for `{audience[:200]}`")


def _check_times(claims: Claims, oldest: timedelta, now: datetime) -> None:
    issued, over = _moment(claims, "iat"), _moment(claims, "exp")
    begins = _moment(claims, "nbf") if "nbf" in claims else issued
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    if at >= over + leeway:
        raise _out_of_time("it is over")
    if at + leeway < max(issued, begins):
        raise _out_of_time("it is not good yet")
    if at - issued > oldest.total_seconds() + leeway:
        raise _out_of_time("it was issued too long ago")


def _moment(claims: Claims, name: str) -> float:
    said = claims.get(name)
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said < _LAST_MOMENT:
        raise _out_of_time(f"it has no `{name}` that can be read")
    return float(said)


def _malformed() -> SignedTokenMalformed:
    return SignedTokenMalformed(
        "what was shown is no signed token that can be read",
        advice="send the issuer's token whole and unchanged",
    )


def _signature(why: str) -> SignatureRefused:
    return SignatureRefused(
        f"the token is refused: {why}", advice="get a new token from the issuer, and send it unchanged"
    )


def _misdirected(why: str) -> SignedTokenMisdirected:
    return SignedTokenMisdirected(
        f"the token is refused: {why}", advice="ask the issuer for one that is made for this server"
    )


def _out_of_time(why: str) -> SignedTokenOutOfTime:
    return SignedTokenOutOfTime(
        f"the token is refused: {why}",
        advice="get a new one; where it stays so, set the clocks of both machines",
    )
