"""Bytes as they lie in a bucket or a folder, to JSON text: gzip or plain, never more than is asked for.

A gzip that ends early, or is damaged, gives what could be unpacked before the damage, and what is wrong.
"""

from dataclasses import dataclass
from typing import Final, cast

from isal import isal_zlib
from isal.igzip_lib import IsalError

LARGEST: Final = 512 * 1024 * 1024
"""Bytes of JSON in one file. CloudTrail's own have 50 MB at most; a gzip of half a megabyte can hold this much."""

_GZIP: Final = b"\x1f\x8b"
_WITH_HEADER: Final = 31  # zlib's window bits for gzip with its header and checksum
_DAMAGED: Final = cast("type[Exception]", IsalError)  # isal's types call it an instance
_PIECE: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The text, and why it is not all that was packed."""

    text: bytes
    fault: str | None = None


def is_packed(data: bytes) -> bool:
    """Whether the bytes begin as a gzip does."""
    return data.startswith(_GZIP)


def unpack(data: bytes, *, largest: int = LARGEST) -> Unpacked:
    """The text of gzip, of several joined, or of plain bytes; never more than ``largest`` bytes of it."""
    if not is_packed(data):
        return Unpacked(data) if len(data) <= largest else _too_large(largest)
    parts: list[bytes] = []
    size, rest = 0, data
    while is_packed(rest):
        unpacker, most = isal_zlib.decompressobj(wbits=_WITH_HEADER), largest - size + 1
        try:
            found = _member(unpacker, rest, most)
        except _DAMAGED as error:
            parts.append(_before_damage(rest, largest - size))
            return Unpacked(b"".join(parts), f"the gzip is damaged: {str(error).lower()[:80]}")
        parts += found
        size += sum(map(len, found))
        if size > largest:
            return _too_large(largest)
        if not unpacker.eof:
            return Unpacked(b"".join(parts), "the gzip ends before its end")
        rest = unpacker.unused_data
    fault = "something that is no gzip follows the gzip" if rest.strip(b"\0") else None
    return Unpacked(parts[0] if len(parts) == 1 else b"".join(parts), fault)


def _member(unpacker: isal_zlib.Decompress, data: bytes, most: int) -> list[bytes]:
    """What is packed first in ``data``, up to ``most`` bytes of it.

    The last four bytes say how much that is (RFC 1952, section 2.3.1) where it is one gzip and true: then memory is taken
    once, which halves the time. Where they lie, the rest is unpacked after it.
    """
    claimed = int.from_bytes(data[-4:], "little")
    first = unpacker.decompress(data, max_length=min(claimed + 1, most))
    if unpacker.eof or len(first) == most:
        return [first]
    return [first, unpacker.decompress(unpacker.unconsumed_tail, max_length=most - len(first))]


def _too_large(largest: int) -> Unpacked:
    return Unpacked(b"", f"it holds more than {largest // (1024 * 1024):,} MB, more than is read at once")


def _before_damage(data: bytes, largest: int) -> bytes:
    """What came out before the damage: unpacked again, a piece at a time."""
    unpacker, parts, size = isal_zlib.decompressobj(wbits=_WITH_HEADER), list[bytes](), 0
    for start in range(0, len(data), _PIECE):
        try:
            part = unpacker.decompress(data[start : start + _PIECE], max_length=largest - size + 1)
        except _DAMAGED:
            break
        parts.append(part)
        size += len(part)
        if size > largest:
            break
    return b"".join(parts)
