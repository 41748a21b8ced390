"""The key by which cookies and forms are known to be ours: from the settings, or made once and kept beside the data."""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

SHORTEST: Final = 32  # bytes
_READABLE_BY_OWNER: Final = 0o600


class SessionKey:
    """One secret, of which each use has a key of its own. It shows itself to nobody."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "SessionKey(…)"

    def for_use(self, purpose: str) -> bytes:
        """The key of one purpose (RFC 5869's expansion, of one block): knowing it tells nothing of others."""
        return hmac.digest(self._secret, purpose.encode() + b"\x01", hashlib.sha256)

    def mark(self, purpose: str, text: str) -> str:
        """What only holders of the key can say of a text: 43 characters."""
        mac = hmac.digest(self.for_use(purpose), text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def is_mark(self, purpose: str, text: str, mark: str) -> bool:
        """Whether somebody with the key said so."""
        return hmac.compare_digest(self.mark(purpose, text).encode(), mark.encode())


def kept_key(file: Path, random: Callable[[int], bytes]) -> SessionKey:
    """The key in a file that only its owner may read; made where there is none. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READABLE_BY_OWNER)
        with os.fdopen(made, "wb") as out:
            out.write(base64.b64encode(random(SHORTEST)))
    secret = base64.b64decode(file.read_bytes(), validate=True)
    if len(secret) < SHORTEST:
        raise OSError(f"{file} holds no key")
    return SessionKey(secret)
