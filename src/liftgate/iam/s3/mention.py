"""What a pasted text names: an S3 location, an ARN, an address of the AWS console or of S3, or a whole message of refused access.

It is a hint for a form, which its asker sees and may change, and which is then read as strictly as anything typed.

>>> found = mentioned("upload failed: ./q3.csv to s3://reports/2026/q3.csv An error occurred (AccessDenied) when calling "
...                   "the PutObject operation: Access Denied")
>>> found.locations, sorted(found.actions)
(('s3://reports/2026/q3.csv',), ['s3:PutObject'])
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from liftgate.errors import Invalid
from liftgate.iam.s3.actions import ACTIONS
from liftgate.iam.s3.location import parse_location
from liftgate.iam.s3.need import On
from liftgate.iam.s3.operations import NEEDS
from liftgate.iam.scope import Location

LONGEST: Final = 20_000  # characters: a stack trace; the rest is not read
_MOST: Final = 20

_ACTION: Final = re.compile(r"\bs3:[A-Za-z]{3,64}\b")
_OPERATION: Final = re.compile(
    r"\bwhen calling the ([A-Za-z]{3,64}) operation\b|\boperation:? ([A-Za-z]{3,64})\b"
)
_PLACE: Final = re.compile(r"(?:arn:aws[a-z-]{0,20}:s3:::|s3://|https?://)[^\s\"'`<>]+")
_CONSOLE_PATH: Final = re.compile(r"/s3/(?:buckets|object|upload|get|deleteObjects)/([^/?]+)")
_VIRTUAL: Final = re.compile(
    r"(?P<bucket>.+)\.s3[.-](?:[a-z0-9-]+\.)?(?:dualstack\.)?(?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?"
)
_BY_PATH: Final = re.compile(r"s3[.-](?:[a-z0-9-]+\.)?(?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?")
_ENDS_A_SENTENCE: Final = ".,;:"


@dataclass(frozen=True, slots=True)
class Mention:
    """What was named; empty where nothing was."""

    locations: tuple[str, ...] = ()  # as people write them, in the order of the text
    actions: frozenset[str] = frozenset()


def mentioned(text: str) -> Mention:
    """The S3 locations and actions that a text names."""
    read = text[:LONGEST]
    locations: dict[str, None] = {}
    for location in _locations(read):
        locations.setdefault(str(location))
        if len(locations) == _MOST:
            break
    return Mention(tuple(locations), frozenset(_actions(read)))


def _locations(text: str) -> Iterator[Location]:
    for match in _PLACE.finditer(text):
        spelled = match[0].rstrip(_ENDS_A_SENTENCE)
        yield from _of_web(spelled) if spelled.startswith("http") else _read(spelled)


def _read(spelled: str) -> Iterator[Location]:
    try:
        yield parse_location(spelled)
    except Invalid:
        return


def _of_web(address: str) -> Iterator[Location]:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return
    if "console" in host:
        console = _CONSOLE_PATH.search(parts.path)
        if console:
            prefix = dict(parse_qsl(parts.query)).get("prefix", "")
            yield from _read(f"s3://{unquote(console[1])}/{prefix}")
    elif virtual := _VIRTUAL.fullmatch(host):
        yield from _read(f"s3://{virtual['bucket']}{unquote(parts.path)}")
    elif _BY_PATH.fullmatch(host):
        yield from _read(f"s3://{unquote(parts.path.lstrip('/'))}")


def _actions(text: str) -> Iterator[str]:
    yield from (match[0] for match in _ACTION.finditer(text) if match[0] in ACTIONS)
    for match in _OPERATION.finditer(text):
        needs = NEEDS.get(match[1] or match[2], ())
        yield from (need.action for need in needs if need.on in {On.OBJECT, On.BUCKET} and not need.when)
