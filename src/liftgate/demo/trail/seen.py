"""One signed call of AWS's API as it came in over HTTP, and what was answered."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

_AUTHORIZATION: Final = re.compile(r"AWS4-HMAC-SHA256 Credential=([^,\s]+)")
_SCOPE_PARTS: Final = 5  # access key, day, region, service, "aws4_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCall:
    """A call that names who signed it. Names of headers are in lower case."""

    method: str
    path: str  # as the client escaped it, without the query
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str] = field(repr=False)
    access_key_id: str
    region: str
    service: str  # as it is signed for: "s3", "sts", "iam"
    is_presigned: bool
    client_address: str
    at: datetime

    @property
    def resource(self) -> str:
        """The path as it is, not as it is escaped, without the slash that it begins with."""
        return unquote(self.path.removeprefix("/"))

    @property
    def names(self) -> frozenset[str]:
        """What the query names."""
        return frozenset(name for name, _ in self.query)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAnswer:
    """What came back, as far as it is recorded."""

    status: int
    headers: Mapping[str, str]
    start: bytes = field(
        repr=False
    )  # the first bytes of the body, where they may hold a fault or credentials
    sent_bytes: int
    received_bytes: int
    body: bytes = field(repr=False)  # the first bytes of what was sent to AWS, where it is recorded


def seen_call(
    scope: Mapping[str, Any], raw_headers: Iterable[tuple[bytes, bytes]], at: datetime
) -> SeenCall | None:
    """The call of an ASGI scope; None where no one key signed it by AWS's fourth way."""
    headers = {name.decode("latin-1").lower(): _text(value) for name, value in raw_headers}
    query = tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    presigned = next((value for name, value in query if name.lower() == "x-amz-credential"), None)
    signed = _AUTHORIZATION.match(headers.get("authorization", ""))
    credential = (signed[1] if signed else presigned or "").split("/")
    if len(credential) != _SCOPE_PARTS:
        return None
    raw_path = scope.get("raw_path") or scope["path"].encode()
    client = scope.get("client") or ("127.0.0.1",)
    return SeenCall(
        method=scope["method"],
        path=_text(raw_path).partition("?")[0],
        query=query,
        headers=headers,
        access_key_id=credential[0],
        region=credential[2],
        service=credential[3],
        is_presigned=signed is None,
        client_address=str(client[0]),
        at=at,
    )


def action_of(call: SeenCall, answer: SeenAnswer) -> tuple[str, dict[str, str]]:
    """The action and the parameters of a call to a service of queries, such as STS and IAM; "" where it names none."""
    target = call.headers.get("x-amz-target", "")
    if target:
        try:
            said = json.loads(answer.body or b"{}")
        except ValueError:
            said = {}
        return target.rpartition(".")[2], said if isinstance(said, dict) else {}
    body = parse_qsl(answer.body.decode("utf-8", "replace"), keep_blank_values=True)
    said = dict([*call.query, *body])
    return said.pop("Action", ""), said


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
