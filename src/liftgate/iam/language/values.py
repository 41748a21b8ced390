"""What the values in conditions stand for: numbers, moments, addresses, bytes. None where a text is no such thing.

Each text is read once and remembered, since the same few come back in every request.
"""

import base64
import binascii
import ipaddress
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)
_ISO = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?)?", re.ASCII
)


@lru_cache(maxsize=4096)
def read_number(text: str) -> Decimal | None:
    """A number as IAM writes it."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=4096)
def read_date(text: str) -> datetime | None:
    """A moment as IAM writes it: W3C's profile of ISO 8601, or seconds since 1970.

    A year alone is read as seconds.
    """
    try:
        if _SECONDS.fullmatch(text):
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text))
        match = _ISO.fullmatch(text)
        return None if match is None else _moment(match)
    except (ValueError, OverflowError):
        return None


def _moment(match: re.Match[str]) -> datetime:
    year, month, day = (int(part or 1) for part in match.groups()[:3])
    hour, minute, second = (int(part or 0) for part in match.groups()[3:6])
    micro = int((match[7] or "0").ljust(6, "0")[:6])
    zone = match[8] or "Z"
    offset = timedelta()
    if zone != "Z":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        offset = -offset if zone[0] == "-" else offset
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC) - offset


@lru_cache(maxsize=4096)
def read_address(text: str) -> Address | None:
    """An address of IPv4 or IPv6."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def read_network(text: str) -> Network | None:
    """A network in CIDR form, or one address as the network that holds it alone."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def read_binary(text: str) -> bytes | None:
    """The bytes that a base64 text stands for."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        return None
