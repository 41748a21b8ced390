"""What people write about a request: made safe for whoever reads it on a terminal, a page or in the ledger."""

import unicodedata
from typing import Final

from liftgate.access.errors import TextRefused

LONGEST_TEXT: Final = 2_000
_ALLOWED_CONTROLS: Final = frozenset("\n\t")


def clean_text(text: str, what: str) -> str:
    """A justification, comment, reason or ticket: trimmed, in NFC, of bounded length.

    Raises ``TextRefused`` for control and invisible characters: they can rewrite what a reviewer sees (Unicode TR 36).
    """
    trimmed = unicodedata.normalize("NFC", text.strip())
    if len(trimmed) > LONGEST_TEXT:
        raise TextRefused(
            f"the {what} has {len(trimmed):,} characters, {LONGEST_TEXT:,} are allowed",
            advice="say it shorter, or link to the ticket that says it",
            where=what,
        )
    for place, character in enumerate(trimmed):
        if (
            unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}
            and character not in _ALLOWED_CONTROLS
        ):
            raise TextRefused(
                f"the {what} has an invisible or control character, U+{ord(character):04X}, at place {place + 1}",
                advice="type the text again without it",
                value=f"U+{ord(character):04X}",
                where=what,
            )
    return trimmed
