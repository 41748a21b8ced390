"""What an issuer of tokens publishes about itself (OpenID Connect Discovery 1.0, section 4), read with distrust."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from liftgate.identity.errors import IssuerAnswerRefused
from liftgate.identity.json_object import read_object
from liftgate.identity.local import is_loopback

_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_LONGEST_ADDRESS: Final = 2_000
_WORDS: Final = 50  # in a list of what is supported


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerDocument:
    """Where an issuer's keys and endpoints are. Only issuers that let people sign in have more than keys."""

    issuer: str
    jwks_uri: str
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_auth_methods: tuple[str, ...] = ("client_secret_basic",)  # the default by RFC 8414
    says_issuer_in_answer: bool = False  # RFC 9207


def document_address(issuer: str) -> str:
    """Where an issuer publishes its document."""
    return issuer.rstrip("/") + _WELL_KNOWN


def is_issuer(text: str) -> bool:
    """Whether a text can be an issuer: an https address without query or fragment; plain http on loopback alone."""
    return is_safe_address(text) and "?" not in text and "#" not in text


def is_safe_address(text: str) -> bool:
    """Whether nobody on the way can answer in the place of an address: https, or http on this machine."""
    if len(text) > _LONGEST_ADDRESS or any(not 0x20 < ord(one) < 0x7F or one == "\\" for one in text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return bool(host) and is_safe and "@" not in parts.netloc


def read_document(issuer: str, body: bytes) -> IssuerDocument:
    """The document of an issuer, which must say that it is that very issuer's. Raises ``IssuerAnswerRefused``."""
    try:
        said = read_object(body)
    except ValueError:
        raise refused(issuer, "its discovery document is not a JSON object") from None
    if said.get("issuer") != issuer:
        raise refused(issuer, "its discovery document names another issuer")
    jwks_uri = _address(issuer, said, "jwks_uri")
    if jwks_uri is None:
        raise refused(issuer, "its discovery document names no `jwks_uri`")
    return IssuerDocument(
        issuer=issuer,
        jwks_uri=jwks_uri,
        authorization_endpoint=_address(issuer, said, "authorization_endpoint"),
        token_endpoint=_address(issuer, said, "token_endpoint"),
        end_session_endpoint=_address(issuer, said, "end_session_endpoint"),
        token_auth_methods=_words(said, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
        says_issuer_in_answer=said.get("authorization_response_iss_parameter_supported") is True,
    )


def refused(issuer: str, why: str) -> IssuerAnswerRefused:
    """What is said of an issuer whose answer cannot be relied on."""
    return IssuerAnswerRefused(
        f"the answer of the issuer `{issuer[:200]}` is refused: {why}",
        advice="compare `issuer` in the settings with what the provider publishes",
        value=issuer[:200],
    )


def _address(issuer: str, said: Mapping[str, Any], name: str) -> str | None:
    address = said.get(name)
    if address is None:
        return None
    is_safe = isinstance(address, str) and is_safe_address(address)
    # An issuer out in the world cannot lead us to a plain address of our own machine.
    if not is_safe or (issuer.startswith("https://") and not address.startswith("https://")):
        raise refused(issuer, f"its `{name}` is no https address")
    return str(address)


def _words(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    listed = said.get(name)
    if not isinstance(listed, tuple):
        return ()
    return tuple(one for one in listed[:_WORDS] if isinstance(one, str))
