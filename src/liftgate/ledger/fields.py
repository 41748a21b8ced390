"""The nine fields of an entry as they are hashed, stored and exported: text, a number, and a body.

Reading is strict. A field that was written in another way than ours is unreadable even where it would mean the same,
so that no byte of a record can change unseen.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from liftgate.clock import rfc3339
from liftgate.ledger.canonical import Plain, plain_body, plain_text
from liftgate.ledger.errors import UnreadableEntry, Unrecordable
from liftgate.ledger.model import Draft, Entry, EventKind

NAMES: Final = ("seq", "at", "kind", "actor", "request_id", "grant_id", "body", "previous", "hash")


def plain_draft(draft: Draft) -> Draft:
    """The same draft, rebuilt from plain values. Raises where it cannot be on record."""
    if draft.at.utcoffset() is None:
        raise Unrecordable("a time without a zone has no place in a record", advice="use UTC", where="at")
    return Draft(
        at=draft.at.astimezone(UTC),
        kind=draft.kind,
        actor=plain_text(draft.actor, "actor"),
        request_id=_text_or_none(draft.request_id, "request_id"),
        grant_id=_text_or_none(draft.grant_id, "grant_id"),
        body=plain_body(draft.body),
    )


def hashed_fields(seq: int, draft: Draft, previous: str) -> dict[str, Plain]:
    """What an entry's hash is made of: everything but the hash itself. The draft is a plain one."""
    return {
        "seq": seq,
        "at": rfc3339(draft.at),
        "kind": draft.kind.value,
        "actor": draft.actor,
        "request_id": draft.request_id,
        "grant_id": draft.grant_id,
        "body": cast("Plain", draft.body),
        "previous": previous,
    }


def entry_fields(entry: Entry) -> dict[str, Plain]:
    """All nine fields."""
    return {**hashed_fields(entry.seq, entry.draft, entry.previous), "hash": entry.hash}


def read_fields(fields: Mapping[str, object], *, seq: int) -> Entry:
    """The entry that nine fields say. ``seq`` is where it was found, for naming it where it cannot be read."""
    if set(fields) != set(NAMES):
        raise UnreadableEntry(seq, "it does not have the nine fields of an entry")
    number, body = fields["seq"], fields["body"]
    if type(number) is not int:
        raise UnreadableEntry(seq, "its `seq` is not a whole number")
    if not isinstance(body, Mapping):
        raise UnreadableEntry(seq, "its `body` is not an object")
    return Entry(
        seq=number,
        draft=Draft(
            at=_read_moment(fields["at"], seq),
            kind=_read_kind(fields["kind"], seq),
            actor=_read_text(fields, "actor", seq),
            request_id=_read_text_or_none(fields, "request_id", seq),
            grant_id=_read_text_or_none(fields, "grant_id", seq),
            body=body,
        ),
        previous=_read_text(fields, "previous", seq),
        hash=_read_text(fields, "hash", seq),
    )


def _text_or_none(value: str | None, where: str) -> str | None:
    return None if value is None else plain_text(value, where)


def _read_moment(value: object, seq: int) -> datetime:
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            if moment.utcoffset() == timedelta(0) and rfc3339(moment) == value:
                return moment
    raise UnreadableEntry(seq, "its `at` is not a time as Liftgate writes it")


def _read_kind(value: object, seq: int) -> EventKind:
    for kind in EventKind:
        if kind.value == value:
            return kind
    raise UnreadableEntry(seq, "its `kind` is none that this version knows")


def _read_text(fields: Mapping[str, object], name: str, seq: int) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise UnreadableEntry(seq, f"its `{name}` is not text")
    return value


def _read_text_or_none(fields: Mapping[str, object], name: str, seq: int) -> str | None:
    return None if fields[name] is None else _read_text(fields, name, seq)
