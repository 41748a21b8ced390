"""The ledger: narrowed, each entry as a sentence; verified; and taken away as a file."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from fastapi import APIRouter, Request, Response

from liftgate.clock import rfc3339
from liftgate.ledger.fields import entry_fields
from liftgate.ledger.model import Entry, EventKind
from liftgate.ledger.words import LIFTGATE, did, quoted
from liftgate.plain_text import plain_json
from liftgate.server.api.ledger import EntriesQuery, exported, ledger_page, verification_shape
from liftgate.server.api.shapes import person_shape
from liftgate.server.browser.looks import LookingAtAll
from liftgate.server.calls import Call
from liftgate.server.pages.asked import address, asked, here
from liftgate.server.pages.render import page

router = APIRouter(include_in_schema=False)

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FIELDS: Final = ("kind", "actor", "about", "since", "until", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry, to be read."""

    entry: Entry
    who: str
    did: str
    quoted: str
    whole: str  # JSON


@router.get("/ledger")
def ledger(request: Request, look: LookingAtAll) -> Response:
    """Entries, the newest first."""
    call, said = look.call, request.query_params
    query = asked(
        request,
        EntriesQuery,
        order="newest",
        since=_day(said.get("since"), timedelta()),
        until=_day(said.get("until"), timedelta(days=1)),
    )
    found = ledger_page(call, query)
    kept = {name: said.get(name, "") for name in _FIELDS}
    more = len(found) == query.limit and found[-1].seq > 1
    return page(
        request,
        "ledger.html",
        look,
        now=call.parts.clock(),
        entries=[_told(entry, call) for entry in found],
        kept=kept,
        here=here(request),
        is_narrowed=any(value for name, value in kept.items() if name != "limit"),
        is_first=query.before is None,
        following=address("/ledger", {**kept, "before": found[-1].seq}) if more else None,
        kinds=list(EventKind),
        people=[*sorted(call.catalogue.people), LIFTGATE],
    )


@router.get("/ledger/verification")
def verification(request: Request, look: LookingAtAll) -> Response:
    """Check the whole chain, and say what came of it."""
    return page(
        request,
        "verification.html",
        look,
        now=look.call.parts.clock(),
        verdict=verification_shape(look.call),
    )


@router.get("/ledger/export")
def export(look: LookingAtAll) -> Response:
    """The whole ledger as a file."""
    answer = exported(look.call)
    name = f"liftgate-ledger-{look.call.parts.clock():%Y-%m-%dT%H%MZ}.jsonl"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _told(entry: Entry, call: Call) -> Told:
    draft = entry.draft
    by_itself = draft.actor == LIFTGATE and LIFTGATE not in call.catalogue.people
    return Told(
        entry=entry,
        who="Liftgate" if by_itself else person_shape(draft.actor, call.catalogue).name,
        did=did(draft),
        quoted=quoted(draft),
        whole=plain_json(json.dumps(entry_fields(entry), indent=2)),
    )


def _day(said: str | None, later: timedelta) -> str | None:
    """A day, as a browser's calendar says it, as a moment in UTC; whatever else was said, as it is."""
    if not said or not _DAY.fullmatch(said):
        return said or None
    try:
        return rfc3339(datetime.combine(date.fromisoformat(said), time(), UTC) + later)
    except (ValueError, OverflowError):
        return said
