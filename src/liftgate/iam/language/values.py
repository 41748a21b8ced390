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
_SECONDS = re.compile(r"\d{1,3}|\d{5,12}", re.ASCII)  # four digits alone may as well be a year
_ISO = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"([Zz]|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?)?",
    re.ASCII,
)
_CIDR = re.compile(
    r"[\dA-Fa-f.:]+(?:/\d{1,3})?", re.ASCII
)  # no mask such as /255.0.0.0, no zone such as %eth0


@lru_cache(maxsize=4096)
def read_number(text: str) -> Decimal | None:
    """A number as IAM writes it."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=4096)
def read_date(text: str) -> datetime | None:
    """A moment of the years 1 to 9999 as IAM writes it: W3C's profile of ISO 8601, or seconds since 1970.

    Four digits alone are none: W3C takes them for a year, and they may be seconds as well.
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
    if zone not in "Zz":
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
        return ipaddress.ip_network(text, strict=False) if _CIDR.fullmatch(text) else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def read_binary(text: str) -> bytes | None:
    """The bytes that a base64 text stands for."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):  # ValueError: not ASCII
        return None
