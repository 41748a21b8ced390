"""What issuers of tokens publish, kept for a while: their documents, and the keys by which their tokens are known.

Issuers are those of the configuration, never one that a token names of itself: so what is kept is bounded, and nobody
can make the server call an address of their choice.
"""

import threading
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from liftgate.clock import Clock
from liftgate.errors import Unavailable
from liftgate.identity.errors import IssuerUnavailable
from liftgate.identity.issuer import IssuerDocument, document_address, read_document, refused
from liftgate.identity.json_object import read_object
from liftgate.identity.ports import IssuerAnswer, IssuerTransport

Key: TypeAlias = RSAKey | ECKey | OKPKey

KEPT: Final = timedelta(hours=1)
ANEW_AT_MOST_EVERY: Final = timedelta(minutes=1)
_AFTER_A_FAILURE: Final = timedelta(seconds=5)
_MOST_KEYS: Final = 100
_SHORTEST_RSA: Final = 2_048  # bits: NIST SP 800-131A
_OK: Final = 200

# What is public of a key: whatever else an issuer published of it is not looked at.
_PUBLIC: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedKey:
    """A public key, and what its issuer says it is for."""

    kid: str | None
    alg: str | None
    key: Key = field(repr=False)


Published: TypeAlias = tuple[IssuerDocument, tuple[PublishedKey, ...]]


@dataclass(slots=True)
class _Kept:
    """What is known of one issuer."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    published: Published | None = None
    fetched_at: datetime | None = None
    failed_at: datetime | None = None
    failure: Unavailable | None = None


class Issuers:
    """The issuers of one process, shared by its threads."""

    def __init__(self, transport: IssuerTransport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def document(self, issuer: str) -> IssuerDocument:
        """What an issuer says of itself. Raises ``IssuerUnavailable`` and ``IssuerAnswerRefused``."""
        return self._fresh(issuer, KEPT)[0]

    def keys(self, issuer: str, kid: str | None) -> tuple[PublishedKey, ...]:
        """The keys that may be meant by ``kid``; all, where a token names none.

        For a name that is not known they are fetched anew, at most once a minute: keys change, and anybody may make up names.
        Raises ``IssuerUnavailable`` and ``IssuerAnswerRefused``: without its keys, nothing of an issuer is believed.
        """
        found = _named(self._fresh(issuer, KEPT)[1], kid)
        return found or _named(self._fresh(issuer, ANEW_AT_MOST_EVERY)[1], kid)

    def _fresh(self, issuer: str, longest: timedelta) -> Published:
        with self._lock:
            kept = self._kept.setdefault(issuer, _Kept())
        with kept.lock:  # of many that ask at once, one fetches
            now = self._clock()
            if kept.published and kept.fetched_at and now - kept.fetched_at < longest:
                return kept.published
            if kept.failure and kept.failed_at and now - kept.failed_at < _AFTER_A_FAILURE:
                raise _again(kept.failure)
            try:
                kept.published = self._fetch(issuer)
            except Unavailable as failure:
                kept.failed_at, kept.failure = now, failure
                raise
            kept.fetched_at, kept.failure = now, None
            return kept.published

    def _fetch(self, issuer: str) -> Published:
        document = read_document(issuer, self._body(issuer, document_address(issuer)))
        return document, _read_keys(issuer, self._body(issuer, document.jwks_uri))

    def _body(self, issuer: str, url: str) -> bytes:
        answer: IssuerAnswer = self._transport.get(url)
        if answer.status != _OK:
            raise IssuerUnavailable(
                f"the issuer `{issuer[:200]}` answered {answer.status} when asked for its keys",
                advice="try again in a moment; where it stays so, compare `issuer` in the settings with what the provider publishes",
                value=issuer[:200],
            )
        return answer.body


def _again(failure: Unavailable) -> Unavailable:
    return type(failure)(failure.sentence, advice=failure.advice, value=failure.value)


def _named(keys: tuple[PublishedKey, ...], kid: str | None) -> tuple[PublishedKey, ...]:
    return keys if kid is None else tuple(one for one in keys if one.kid == kid)


def _read_keys(issuer: str, body: bytes) -> tuple[PublishedKey, ...]:
    try:
        listed = read_object(body).get("keys")
    except ValueError:
        listed = None
    if not isinstance(listed, tuple):
        raise refused(issuer, "its keys are no JSON Web Key Set")
    return tuple(key for one in listed[:_MOST_KEYS] if (key := _read_key(one)) is not None)


def _read_key(said: Any) -> PublishedKey | None:
    """A key for signatures; None for others, such as those for encryption, or of a kind to come (RFC 7517, section 5)."""
    if not isinstance(said, Mapping) or said.get("use", "sig") != "sig":
        return None
    names = _PUBLIC.get(str(said.get("kty")))
    operations = said.get("key_ops", ("verify",))
    if names is None or not isinstance(operations, tuple) or "verify" not in operations:
        return None
    about = {name: said[name] for name in ("kty", *names) if name in said}
    if not all(isinstance(one, str) for one in about.values()) or _is_short(about.get("n")):
        return None
    kid, alg = said.get("kid"), said.get("alg")
    try:
        key = import_key(about)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if not isinstance(key, RSAKey | ECKey | OKPKey):
        return None
    return PublishedKey(
        kid=kid if isinstance(kid, str) else None, alg=alg if isinstance(alg, str) else None, key=key
    )


def _is_short(modulus: str | None) -> bool:
    """Whether an RSA key is one that could be broken."""
    if modulus is None:
        return False
    try:
        number = urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    except ValueError:
        return True
    return int.from_bytes(number).bit_length() < _SHORTEST_RSA
