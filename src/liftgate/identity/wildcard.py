"""The one wildcard of names that issuers give: a last ``*``, after a ``:`` or ``/``.

Anywhere else it would also stand for what somebody else may name themselves: ``acme*`` for the organisation ``acme-evil`` too.
"""

from typing import Final

WILDCARD: Final = "*"
_ENDS_A_PART: Final = (":", "/")


def has_wildcard(text: str) -> bool:
    """Whether a text stands for everything that begins as it does."""
    return text.endswith(WILDCARD)


def is_well_placed(text: str) -> bool:
    """Whether a text has no wildcard, or one that may stand: at the end, after at least one whole part."""
    begin = text.removesuffix(WILDCARD)
    if WILDCARD in begin:
        return False
    return begin == text or (begin.endswith(_ENDS_A_PART) and begin.rstrip(":/") != "")


def stands_for(text: str, said: str) -> bool:
    """Whether ``said`` is the text, or begins as it does and goes on."""
    if not has_wildcard(text):
        return said == text
    begin = text.removesuffix(WILDCARD)
    return said.startswith(begin) and said != begin
