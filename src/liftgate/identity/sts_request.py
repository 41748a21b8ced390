"""The one request by which an identity is proved: what both sides write down, each by itself.

The caller signs it and sends nothing but the signature; the server builds it again from what it knows and asks STS. So there is
no method, address, header or body in which a caller could say anything else (CVE-2020-16250 was a broker that forwarded).

Source: STS API Reference, GetCallerIdentity; IAM User Guide, "Create a signed AWS API request".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from liftgate.identity.errors import AudienceUnusable

METHOD: Final = "POST"
PATH: Final = "/"
BODY: Final = b"Action=GetCallerIdentity&Version=2011-06-15"
SERVICE: Final = "sts"
AMZ_DATE: Final = "%Y%m%dT%H%M%SZ"

_CONTENT_TYPE: Final = "application/x-www-form-urlencoded; charset=utf-8"
_TOKEN_HEADER: Final = "x-amz-security-token"  # noqa: S105  # a header's name
_AUDIENCE: Final = re.compile(
    "[!-~]{1,300}"
)  # SigV4 folds white space, so that two texts could have one signature


@dataclass(frozen=True, slots=True, kw_only=True)
class StsRequest:
    """What is sent to STS. ``headers`` hold a signature, and perhaps a session token."""

    host: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class StsAnswer:
    """What came back. ``body`` is complete: a transport never cuts one short."""

    status: int
    content_type: str
    body: bytes


def signed_headers(
    host: str, *, amz_date: str, audience: str, session_token: str | None
) -> Mapping[str, str]:
    """The headers that are signed, in the order in which SigV4 names them. Raises ``AudienceUnusable``."""
    if not _AUDIENCE.fullmatch(audience):
        raise AudienceUnusable(
            "the server's address holds characters that no address has",
            advice="write it like https://liftgate.example.com",
        )
    headers = {
        "content-type": _CONTENT_TYPE,
        "host": host,
        "x-amz-date": amz_date,
        "x-liftgate-audience": audience,
    }
    if session_token is not None:
        headers[_TOKEN_HEADER] = session_token
    return dict(sorted(headers.items()))
