"""Tokens of sign-ins: 256 random bits that mean nothing, of which only the SHA-256 is ever kept."""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Final, TypeAlias

RandomBytes: TypeAlias = Callable[[int], bytes]

PREFIX: Final = "lg_"  # so that scanners for leaked secrets can know one
_BYTES: Final = 32
_FORM: Final = re.compile(PREFIX + "[A-Za-z0-9_-]{43}")


def new_token(random: RandomBytes) -> str:
    """A token, to be handed over once. ``random`` is a cryptographic source: ``secrets.token_bytes``."""
    return PREFIX + new_secret(random)


def new_secret(random: RandomBytes) -> str:
    """256 random bits in base64url, without a prefix: for what lives minutes."""
    return _base64url(random(_BYTES))


def challenge_of(verifier: str) -> str:
    """What may be shown of a secret that is shown itself later: S256 of RFC 7636, section 4.2."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def has_form(token: str) -> bool:
    """Whether a text could be a token at all."""
    return _FORM.fullmatch(token) is not None


def hash_of(token: str) -> str:
    """What is stored and looked up. No salt and no stretching: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
