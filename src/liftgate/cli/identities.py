"""Identities as the server answers them, parsed; how they are told; and how an AWS identity is proved with a code."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liftgate.cli.answers import Named, named
from liftgate.cli.api import PREFIX
from liftgate.cli.errors import BadValue
from liftgate.cli.fields import (
    JsonObject,
    as_object,
    flag,
    items,
    moment,
    optional,
    own_id,
    text,
    texts,
)
from liftgate.cli.moments import shown
from liftgate.cli.ports import Api, Call, Wire
from liftgate.cli.table import Column, say_table
from liftgate.cli.terminal import say, say_next
from liftgate.clock import system_clock

_LINK: Final = re.compile("li-[0-9a-z-]{1,60}")
_COLUMNS: Final = (Column(title="IDENTITY"), Column(title="BY"), Column(title="LINK"), Column(title="SINCE"))
_OF_ALL: Final = (
    Column(title="IDENTITY"),
    Column(title="WHO"),
    Column(title="LINK"),
    Column(title="SINCE"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityAnswer:
    """An identity of one's own."""

    identity: str
    named_by: str
    link_id: str | None
    linked_at: datetime | None
    is_good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAnswer:
    """A linked identity, and whose it is."""

    id: str
    identity: str
    person: Named
    linked_at: datetime
    is_good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitiesAnswer:
    """All of one's own, and the kinds that may be linked."""

    items: tuple[IdentityAnswer, ...]
    may_link: tuple[str, ...]


def link_id(name: str) -> str:
    """An id that names a link. Raises ``BadValue``; so no id leads out of its URL."""
    if not _LINK.fullmatch(name):
        raise BadValue(
            f"`{name[:60]}` is not the id of a link",
            advice="an id looks like li-0123456789abcdef; find yours with: liftgate identities",
            value=name[:60],
        )
    return name


def ask_for_code(api: Api, kind: str) -> JsonObject:
    """A code for an identity of that kind."""
    return api.post("/me/identities/codes", {"kind": kind})


def prove_with_code(wire: Wire, origin: str, code: str, profile: str) -> JsonObject:
    """What the server says of the AWS identity of a profile, once that signed for the server and the code.

    Raises ``Unauthenticated`` where there is no such identity, and what the server says.
    """
    # botocore takes a while to import, and few commands need it.
    from liftgate.cli.aws_identity import find_aws_identity  # noqa: PLC0415

    found = find_aws_identity(profile)
    from liftgate.identity.aws_proof import proof_fields, sign_proof  # noqa: PLC0415
    from liftgate.identity.link_model import audience_of_link  # noqa: PLC0415

    audience = audience_of_link(origin, code)
    proof = sign_proof(found.credentials, found.region, audience, system_clock())
    body: JsonObject = {"code": code, "proof": {"method": "aws", **proof_fields(proof)}}
    return as_object(wire.send(Call(method="POST", path=f"{PREFIX}/identities", body=body)))


def read_identities(source: JsonObject) -> IdentitiesAnswer:
    """One's own from JSON. Raises ``AnswerUnreadable``."""
    found = (as_object(item, "items") for item in items(source, "items"))
    return IdentitiesAnswer(
        items=tuple(
            IdentityAnswer(
                identity=text(one, "identity"),
                named_by=text(one, "named_by"),
                link_id=optional(text, one, "link_id"),
                linked_at=optional(moment, one, "linked_at"),
                is_good=flag(one, "is_good"),
            )
            for one in found
        ),
        may_link=texts(source, "may_link"),
    )


def read_link(source: JsonObject) -> LinkAnswer:
    """A link from JSON. Raises ``AnswerUnreadable``."""
    return LinkAnswer(
        id=own_id(source, link_id),
        identity=text(source, "identity"),
        person=named(source, "person"),
        linked_at=moment(source, "linked_at"),
        is_good=flag(source, "is_good"),
    )


def read_links(source: JsonObject) -> tuple[LinkAnswer, ...]:
    """Everybody's from JSON."""
    return tuple(read_link(as_object(item, "items")) for item in items(source, "items"))


def say_identities(found: IdentitiesAnswer) -> None:
    """One's own as a table, and what can be done."""
    say_table(
        _COLUMNS,
        [
            (
                one.identity,
                _by(one.named_by, is_good=one.is_good),
                one.link_id or "",
                shown(one.linked_at) if one.linked_at else "",
            )
            for one in found.items
        ],
    )
    ways = {"aws": "--aws PROFILE", "oidc": "--browser", "slack": "--slack"}
    may = [f"liftgate identities link {ways[kind]}" for kind in found.may_link if kind in ways]
    if may:
        say_next(may[0])


def say_links(found: tuple[LinkAnswer, ...]) -> None:
    """Everybody's as a table."""
    if not found:
        say("Nobody has linked an identity.")
        return
    say_table(
        _OF_ALL,
        [
            (
                one.identity if one.is_good else f"{one.identity} (counts no more)",
                f"{one.person.name} ({one.person.id})",
                one.id,
                shown(one.linked_at),
            )
            for one in found
        ],
    )
    say_next(f"liftgate identities unlink {found[0].id}")


def _by(named_by: str, *, is_good: bool) -> str:
    return named_by if is_good else f"{named_by}, counts no more"
