"""Ids of requests and grants: short, in the order of time, safe in a role session name."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeAlias

RandomBytes: TypeAlias = Callable[[int], bytes]

# Crockford's base 32: no i, l, o, u, so that an id can be read out over the telephone.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
_TIME_BITS: Final = 40  # milliseconds: enough until 2054
_RANDOM_BYTES: Final = 5


def new_request_id(now: datetime, random: RandomBytes) -> str:
    """A request's id: ``rq-`` and 16 characters."""
    return "rq-" + _sixteen(now, random)


def new_grant_id(now: datetime, random: RandomBytes) -> str:
    """A grant's id: ``gr-`` and 16 characters. Every session name of the grant begins with it."""
    return "gr-" + _sixteen(now, random)


def new_absence_id(now: datetime, random: RandomBytes) -> str:
    """An absence's id: ``aw-`` and 16 characters."""
    return "aw-" + _sixteen(now, random)


def readable(number: int, length: int) -> str:
    """A number's last digits in the alphabet of ids."""
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(5 * (length - 1), -5, -5))


def _sixteen(now: datetime, random: RandomBytes) -> str:
    milliseconds = int((now - _EPOCH).total_seconds() * 1000) % (1 << _TIME_BITS)
    number = (milliseconds << (8 * _RANDOM_BYTES)) | int.from_bytes(random(_RANDOM_BYTES), "big")
    return readable(number, 16)
