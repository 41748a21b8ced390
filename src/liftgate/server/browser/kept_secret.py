"""Secrets that a browser keeps for us in cookies of its own: it cannot read them, and nobody can without the server's key.

AES-256-GCM (NIST SP 800-38D) under a random nonce, bound to what the secret belongs to: docs/decisions/0012.
"""

import base64
from datetime import timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.requests import Request

from liftgate.identity.token import RandomBytes
from liftgate.server.browser.cookie import cookie, set_cookie
from liftgate.server.browser.session_key import SessionKey

LONGEST: Final = (
    2_700  # bytes: with what is added, a cookie stays under the 4,096 that every browser keeps (RFC 6265)
)
_NONCE: Final = 12  # bytes


def keep_secret(
    request: Request,
    name: str,
    secret: str,
    key: SessionKey,
    random: RandomBytes,
    *,
    of: str,
    lasts: timedelta,
    tls: bool,
) -> bool:
    """Let the browser keep a secret ``of`` something, such as a session; False where it is too long for a cookie."""
    text = secret.encode()
    if len(text) > LONGEST:
        return False
    nonce = random(_NONCE)
    sealed = nonce + AESGCM(key.for_use(name)).encrypt(nonce, text, of.encode())
    value = base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
    set_cookie(request, _cookie_name(name, tls=tls), value, lasts=lasts, tls=tls)
    return True


def kept_secret(request: Request, name: str, key: SessionKey, *, of: str, tls: bool) -> str | None:
    """What the browser keeps; None where it keeps nothing, or nothing that was sealed by us for this."""
    value = cookie(request, _cookie_name(name, tls=tls))
    try:
        sealed = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        return AESGCM(key.for_use(name)).decrypt(sealed[:_NONCE], sealed[_NONCE:], of.encode()).decode()
    except (ValueError, InvalidTag):
        return None


def forget_secret(request: Request, name: str, *, tls: bool) -> None:
    """Let the browser forget one."""
    set_cookie(request, _cookie_name(name, tls=tls), "", lasts=timedelta(0), tls=tls)


def _cookie_name(name: str, *, tls: bool) -> str:
    return f"__Host-liftgate-{name}" if tls else f"liftgate-{name}"
