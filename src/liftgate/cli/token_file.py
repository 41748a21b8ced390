"""A pipeline's token, as its platform leaves it: in a file that is written anew from time to time, or on standard input."""

import sys
from pathlib import Path
from typing import Final

from liftgate.cli.errors import NoToken
from liftgate.cli.fields import JsonObject

STDIN: Final = "-"
_LONGEST: Final = 16 * 1024  # characters that the server takes


def token_body(token: str) -> JsonObject:
    """The body of POST /sign-ins."""
    return {"method": "token", "token": token}


def token_in(path: str) -> str:
    """The token in a file, or on standard input for ``-``. Raises ``NoToken``, which quotes nothing of what is there."""
    where = "standard input" if path == STDIN else f"`{path[:200]}`"
    try:
        text = _read(path)
    except (OSError, ValueError) as fault:
        said = fault.strerror if isinstance(fault, OSError) else "it is no text"
        raise _none(f"the token in {where} cannot be read: {(said or 'no reason given').lower()}") from None
    token = text.strip()
    if not token or len(token) > _LONGEST or not token.isascii() or len(token.split()) > 1:
        raise _none(f"what is in {where} is no token")
    return token


def _read(path: str) -> str:
    if path == STDIN:
        return sys.stdin.read(_LONGEST + 2)
    with Path(path).open(encoding="ascii") as file:
        return file.read(_LONGEST + 2)


def _none(sentence: str) -> NoToken:
    return NoToken(
        sentence, advice="let it hold the token that the platform made for this server, and nothing else"
    )
