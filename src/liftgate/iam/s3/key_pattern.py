"""What an object key, or a pattern of keys, may hold if it is to be asked for, reviewed and proved.

S3 takes nearly any UTF-8 as a key. Here a key is also read by a tired reviewer and written into a policy, so
what a person cannot see, what IAM would fill in, and what a path-cleaning client would change is refused.
Sources: "Naming Amazon S3 objects", S3 User Guide; "IAM policy elements: Variables and tags", IAM User Guide.
"""

import re
import unicodedata

from liftgate.iam.errors import BadKey

MOST_BYTES = 1024
MOST_WILDCARDS = 16

# Marks and letters that draw nothing, though their category does not say so.
_BLANK = frozenset(
    chr(code)
    for span in (
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x115F, 0x1160),  # Hangul fillers
        (0x17B4, 0x17B5),  # Khmer inherent vowels
        (0x180B, 0x180F),  # Mongolian variation selectors
        (0x2800, 0x2800),  # blank Braille pattern
        (0x3164, 0x3164),  # Hangul filler
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFFA0, 0xFFA0),  # half-width Hangul filler
        (0xFFFC, 0xFFFD),  # object replacement, replacement character
        (0xE0100, 0xE01EF),  # variation selectors supplement
    )
    for code in range(span[0], span[1] + 1)
)
_UNSEEN = {
    "Cc": "a control character",
    "Cf": "an invisible or direction-changing character",
    "Cs": "half of a surrogate pair",
    "Co": "a private-use character",
    "Cn": "an unassigned character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
    "Zs": "a space that looks like another",
}


def check_key(key: str, text: str) -> None:
    """Refuse a key pattern that cannot be proved or seen. ``text`` is what the person wrote, for the error."""
    problem = _unseen(key) or _unprovable(key) or _confusing(key)
    if problem is not None:
        sentence, advice = problem
        raise BadKey(sentence, advice=advice, value=text)


def _unseen(key: str) -> tuple[str, str] | None:
    for place, character in enumerate(key, start=1):
        if character == " " or (character.isascii() and character.isprintable()):
            continue
        kind = "a character that draws nothing" if character in _BLANK else None
        kind = kind or _UNSEEN.get(unicodedata.category(character))
        if kind:
            name = f"U+{ord(character):04X}"
            return (
                f"the key has {kind}, `{name}`, at character {place}",
                "take it out, or ask for the folder above",
            )
    composed = unicodedata.normalize("NFC", key)
    if composed != key:
        place = next(i for i, (a, b) in enumerate(zip(key, composed + "\0", strict=False), 1) if a != b)
        return (
            f"the key is not in Unicode's composed form (NFC) at character {place}",
            f"write `{composed}`, or ask for the folder above",
        )
    return None


def _unprovable(key: str) -> tuple[str, str] | None:
    place = key.find("${")
    if place >= 0:
        return (
            f"the key has `${{` at character {place + 1}, which IAM reads as a variable",
            "write the key itself; a `$` alone is fine",
        )
    size = len(key.encode("utf-8"))
    if size > MOST_BYTES:
        return f"the key has {size:,} bytes", f"S3 keys have at most {MOST_BYTES:,}; ask for the folder above"
    wildcards = len(re.findall(r"\*+|\?", key))
    if wildcards > MOST_WILDCARDS:
        return (
            f"the key has {wildcards} wildcards",
            f"use {MOST_WILDCARDS} at most; a prefix and `/` is clearer",
        )
    return None


def _confusing(key: str) -> tuple[str, str] | None:
    segments = key.split("/")
    for number, segment in enumerate(segments, start=1):
        if segment in {".", ".."}:
            return (
                f"the key has a `{segment}` as segment {number}, which S3 takes as it stands and clients do not",
                "write the folder that is meant",
            )
        if not segment and number < len(segments):
            return (
                f"the key has an empty segment {number} (`//`), which many clients drop",
                f"write `{re.sub('/{2,}', '/', key).lstrip('/')}`, or ask for the folder above",
            )
    return None
