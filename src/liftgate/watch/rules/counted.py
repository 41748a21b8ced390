"""What the totals of a grant take from one of its calls: small enough to be kept for each."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from typing import Final

from liftgate.watch.attribution import Attribution, UnderGrant
from liftgate.watch.event import Event
from liftgate.watch.verdict import Judged, Verdict

_SERVICE_HOST: Final = ".amazonaws.com"
_LONGEST: Final = 64
_TOO_MANY: Final = 1 << 62  # bytes
_READING: Final = ("Get", "List", "Head", "Describe", "Select")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One call under a grant, as far as it counts."""

    event_id: str
    at: datetime
    verdict: Verdict
    service: str  # "s3"
    operation: str  # "PutObject"
    reads: bool
    refused: bool  # by AWS, for want of permission
    failed: bool  # for that or any other reason
    session: str = ""  # its name
    bucket: str = ""  # empty: the record names none
    versioned: bool = False  # it names a version of the object
    address: str = ""  # empty: a service of AWS called
    user_agent: str = ""  # its family
    bytes_in: int = 0  # sent to AWS, as far as the record tells
    bytes_out: int = 0


def counted(judged: Judged) -> Counted:
    """What counts of a judged call."""
    event = judged.event
    parameters, (bytes_in, bytes_out) = event.request_parameters or {}, bytes_of(event)
    return Counted(
        event_id=event.event_id,
        at=event.event_time,
        verdict=judged.verdict,
        service=service_of(event),
        operation=event.event_name,
        reads=is_read(event),
        refused=event.was_refused,
        failed=event.error_code is not None,
        session=session_name_of(judged),
        bucket=text_of(parameters.get("bucketName")),
        versioned=bool(parameters.get("versionId")),
        address=address_of(event),
        user_agent=family_of(event.user_agent),
        bytes_in=bytes_in,
        bytes_out=bytes_out,
    )


def service_of(event: Event) -> str:
    """The service as IAM calls it: "s3"."""
    return service_named(event.event_source)


def service_named(source: str) -> str:
    """The same of a record's ``eventSource``."""
    return source.removesuffix(_SERVICE_HOST)


def is_read(event: Event) -> bool:
    """Whether the call changes nothing: CloudTrail's word, and where it says nothing, the operation's name."""
    return reads(event.read_only, event.event_name)


def reads(read_only: bool | None, operation: str) -> bool:
    """The same, of its two fields."""
    return operation.startswith(_READING) if read_only is None else read_only


def session_name_of(judged: Judged) -> str:
    """The name of the session that called; empty where none did."""
    return session_name_in(judged.event, judged.attribution)


def session_name_in(event: Event, attribution: Attribution) -> str:
    """The same of a call that was attributed."""
    if isinstance(attribution, UnderGrant) and attribution.session is not None:
        return attribution.session.name
    return event.session_name or ""


def address_of(event: Event) -> str:
    """The caller's IP address; empty where a service of AWS called in the caller's name."""
    return address_in(event.source_ip_address)


@lru_cache(maxsize=4096)
def address_in(source: str | None) -> str:
    """The same of a record's ``sourceIPAddress``."""
    return str(address) if (address := _read_address(source or "")) else ""


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """The network of an address: machines of one place are seldom in two. Private addresses are taken by the /16.

    >>> network_of("203.0.113.7"), network_of("10.20.1.9"), network_of("2001:db8:1:2::3")
    ('203.0.113.0/24', '10.20.0.0/16', '2001:db8:1::/48')
    """
    found = _read_address(address)
    if found is None:
        return ""
    total, kept = (32, 16 if found.is_private and not _is_documented(found) else 24)
    if isinstance(found, IPv6Address):
        total, kept = 128, 48
    start = int(found) >> (total - kept) << (total - kept)
    return f"{type(found)(start)}/{kept}"


@lru_cache(maxsize=4096)
def family_of(user_agent: str | None) -> str:
    """The program that a user agent names, without its version.

    >>> family_of("[aws-cli/2.15.1 Python/3.11]"), family_of("Boto3/1.34 md/Botocore"), family_of("s3.amazonaws.com")
    ('aws-cli', 'boto3', '')
    """
    said = (user_agent or "").strip("[] ")
    if said.endswith(_SERVICE_HOST) or said == "AWS Internal":
        return ""
    head = said.replace(",", " ").partition(" ")[0].partition("/")[0]
    return head.lower()[:_LONGEST]


def text_of(value: object) -> str:
    """A field that should be a text; empty where it is none."""
    return value if isinstance(value, str) else ""


def bytes_of(event: Event) -> tuple[int, int]:
    """Bytes sent to AWS, and fetched, as far as the record tells."""
    told = event.additional_event_data
    return (number_of(told.bytes_in), number_of(told.bytes_out)) if told else (0, 0)


def number_of(value: object) -> int:
    """A field that should be a number of bytes; 0 where it is none. CloudTrail writes some as 1234.0."""
    if (type(value) is int or type(value) is float) and 0 <= value < _TOO_MANY:  # not True
        return int(value)
    return 0


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except (AddressValueError, ValueError):
        return None


def _is_documented(address: IPv4Address | IPv6Address) -> bool:
    """Addresses for examples (RFC 5737): Python calls them private, and nobody's network is made of them."""
    return str(address).startswith(("192.0.2.", "198.51.100.", "203.0.113."))
