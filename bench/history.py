"""A store with a past: grants by the thousand, with their requests, sessions and a ledger that verifies.

Rows go in through the store's own tables, in batches. Entries are sealed with a faster writer of JSON than the ledger's own,
which writes the same bytes for plain text like this; the last entry of each batch is compared with the ledger's own.
"""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert

from liftgate.access import drafts
from liftgate.access.ids import new_grant_id, new_request_id
from liftgate.access.model import Grant, Request
from liftgate.clock import rfc3339
from liftgate.elevation.model import Session
from liftgate.elevation.session_name import session_name
from liftgate.iam.scope import Location, Scope, Window
from liftgate.ledger.chain import FIRST_PREVIOUS, Head, seal
from liftgate.ledger.model import Draft, EventKind
from liftgate.store import tables
from liftgate.store.rows import grant_row, request_row, session_row

_BATCH: Final = 5000
_PREFIXES: Final = 200
_PEOPLE: Final = 99
_HOUR: Final = timedelta(hours=1)
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and by whom the past was made: every tenth grant, or what ``every`` says, is the measured requester's own."""

    requester: str
    entitlement: str
    account: str
    role_arn: str
    bucket: str
    every: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One request that was approved at once, its grant and its one session."""

    request: Request
    grant: Grant
    session: Session


def write_history(
    connection: Connection, setting: Setting, *, past: int, live: int, now: datetime
) -> Head | None:
    """Fill an empty store in the transaction of ``connection``; the head of the chain that it wrote."""
    seconds = 3 * 365 * 24 * 3600  # three years
    begins = [now - _HOUR - timedelta(seconds=seconds * (past - i) // past) for i in range(past)]
    begins += [now - timedelta(minutes=10) + timedelta(seconds=600 * i // live) for i in range(live)]
    scopes = [_scope(setting, i) for i in range(_PREFIXES)]
    chance = random.Random(4)  # a fixed seed: the same past each time
    head: Head | None = None
    for start in range(0, len(begins), _BATCH):
        numbers = range(start, min(start + _BATCH, len(begins)))
        batch = [_episode(setting, i, begins[i], scopes[i % _PREFIXES], chance) for i in numbers]
        head = _write(connection, batch, head)
    return head


def _scope(setting: Setting, number: int) -> Scope:
    place = Location(bucket=setting.bucket, key=f"2026/team-{number:03}/*")
    return Scope(
        actions=frozenset({"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}),
        locations=frozenset({place}),
    )


def _episode(setting: Setting, number: int, at: datetime, scope: Scope, chance: random.Random) -> Episode:
    begin = at.replace(microsecond=0)
    who = setting.requester if number % setting.every == 0 else f"person-{number % _PEOPLE:02}"
    request = _request(setting, new_request_id(at, chance.randbytes), who, scope, at)
    grant = Grant(
        id=new_grant_id(at, chance.randbytes),
        request_id=request.id,
        requester=who,
        entitlement=request.entitlement,
        catalogue_version=request.catalogue_version,
        account=request.account,
        role_arn=request.role_arn,
        external_id=None,
        max_session=request.max_session,
        scope=scope,
        window=Window(starts_at=begin, ends_at=begin + request.duration),
        granted_at=at,
    )
    session = Session(
        grant_id=grant.id,
        number=1,
        name=session_name(grant.id, 1),
        role_arn=grant.role_arn,
        intended_at=at,
        lent_at=at,
        access_key_id=f"ASIA{number:016}",
        expires_at=grant.window.ends_at,
    )
    return Episode(request=request, grant=grant, session=session)


def _request(setting: Setting, request_id: str, who: str, scope: Scope, at: datetime) -> Request:
    return Request(
        id=request_id,
        requester=who,
        identity=f"local:{who}",
        entitlement=setting.entitlement,
        catalogue_version="0" * 64,
        account=setting.account,
        role_arn=setting.role_arn,
        external_id=None,
        max_session=_HOUR,
        scope=scope,
        duration=_HOUR,
        starts_at=None,
        justification="Mend the figures of the third quarter",
        ticket=None,
        stages=(),
        asked_at=at,
        lapses_at=at + timedelta(days=1),
    )


def _write(connection: Connection, batch: Sequence[Episode], head: Head | None) -> Head | None:
    requests = [{**request_row(one.request), "outcome": "approved"} for one in batch]
    connection.execute(insert(tables.requests), requests)
    connection.execute(insert(tables.grants), [grant_row(one.grant) for one in batch])
    connection.execute(insert(tables.sessions), [session_row(one.session) for one in batch])
    entries, head = sealed([draft for one in batch for draft in _drafts(one)], head)
    connection.execute(insert(tables.ledger), entries)
    return head


def _drafts(episode: Episode) -> Iterator[Draft]:
    grant, session = episode.grant, episode.session
    yield drafts.requested(episode.request)
    yield drafts.granted(grant, episode.request, by="liftgate")
    for kind in (EventKind.SESSION_INTENDED, EventKind.SESSION_LENT):
        yield Draft(
            at=session.intended_at,
            kind=kind,
            actor=grant.requester,
            request_id=grant.request_id,
            grant_id=grant.id,
            body={"number": session.number, "name": session.name, "access_key_id": session.access_key_id},
        )


def sealed(new: Sequence[Draft], head: Head | None) -> tuple[list[dict[str, Any]], Head | None]:
    """Rows of the ledger for drafts of plain text, bound to ``head``, and the head after them."""
    before, rows = head, []
    for draft in new:
        before = head
        fields: dict[str, Any] = {
            "seq": head.seq + 1 if head else 1,
            "at": rfc3339(draft.at),
            "kind": draft.kind.value,
            "actor": draft.actor,
            "request_id": draft.request_id,
            "grant_id": draft.grant_id,
            "body": draft.body,
            "previous": head.hash if head else FIRST_PREVIOUS,
        }
        digest = hashlib.sha256(_json(fields).encode()).hexdigest()
        head = Head(seq=fields["seq"], hash=digest)
        rows.append({**fields, "body": _json(draft.body), "hash": digest})
    if head and seal(new[-1], before).hash != head.hash:
        raise RuntimeError("the fast writer and the ledger's own disagree")
    return rows, head


def _json(value: object) -> str:
    return _ENCODER.encode(value)
