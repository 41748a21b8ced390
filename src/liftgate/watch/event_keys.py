r"""Ids of events, small: most are UUIDs, of which millions are remembered while files are read.

>>> event_keys(["0c3e6b3e-2f0b-4a3c-9d55-0a1b2c3d4e5f", "one"])
[b'\x0c>k>/\x0bJ<\x9dU\n\x1b,=N_', 'one']
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

EventKey: TypeAlias = bytes | str
"""The 16 bytes of a UUID, or the id as it stands."""

_LENGTH: Final = 36  # characters of a UUID
_BYTES: Final = 16
_DASHES: Final = (8, 13, 18, 23)


def event_keys(event_ids: Sequence[str]) -> list[EventKey]:
    """The keys of ids, in their order: equal where the ids are, and only there."""
    packed = _packed(event_ids)
    if packed is not None:
        return [packed[start : start + _BYTES] for start in range(0, len(packed), _BYTES)]
    return [_packed([one]) or one for one in event_ids]


def _packed(event_ids: Sequence[str]) -> bytes | None:
    """All as bytes, where each is a UUID as CloudTrail writes them; quick for many at once."""
    joined = "".join(event_ids)
    is_plain = joined.isascii() and joined == joined.lower() and all(len(one) == _LENGTH for one in event_ids)
    if not is_plain or any(joined[place::_LENGTH].strip("-") for place in _DASHES):
        return None
    digits = joined.replace("-", "")
    try:
        packed = bytes.fromhex(digits)
    except ValueError:
        return None
    is_whole = len(packed) == _BYTES * len(event_ids) and 2 * len(packed) == len(
        digits
    )  # no blanks were passed over
    return packed if is_whole else None
