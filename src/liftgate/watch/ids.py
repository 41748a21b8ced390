"""Ids that say what they are of: the same text always has the same one, however often it is met."""

import hashlib
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # as in the ids of grants


def sixteen(text: str) -> str:
    """16 characters of a text's hash. Text that no encoding has (half a surrogate pair) has one too."""
    number = int.from_bytes(hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:10], "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(75, -5, -5))
