"""The ledger, for guards and auditors: to read, to verify, to take away."""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from liftgate.ledger.chain import Broken, verify
from liftgate.ledger.export import export_lines
from liftgate.ledger.fields import entry_fields
from liftgate.ledger.model import Entry, EventKind
from liftgate.ledger.ports import LedgerFilter
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, EXAMPLE_HASH, Moment, answer
from liftgate.server.calls import Call, SeesAll
from liftgate.server.parts import Parts

router = APIRouter(prefix="/ledger", tags=["ledger"])

_BATCH: Final = 500
_EXAMPLE: Final = {
    "seq": 42,
    "at": "2026-11-24T09:00:00Z",
    "kind": "grant.returned",
    "actor": "ada",
    "request_id": "rq-3xv7m0q4c2h5k8rs",
    "grant_id": "gr-3xv7m0q4c2h5k8rt",
    "body": {"reason": "done"},
    "previous": EXAMPLE_HASH[::-1],
    "hash": EXAMPLE_HASH,
}


class EntriesQuery(BaseModel):
    """Which entries to list."""

    model_config = {"extra": "forbid"}

    order: Literal["oldest", "newest"] = Field(default="oldest", description="Which come first.")
    after: int | None = Field(
        default=None, ge=0, le=2**53, description="Oldest first: begin after this entry."
    )
    before: int | None = Field(
        default=None, ge=0, le=2**53, description="Newest first: begin before this entry."
    )
    limit: int = Field(default=50, ge=1, le=200, description="How many, at most.")
    about: str | None = Field(
        default=None,
        pattern=r"^(rq|gr)-[0-9a-hjkmnp-tv-z]{16}$",
        description="Only those of one request or grant.",
    )
    kind: EventKind | None = Field(
        default=None, description="Only those of one kind.", examples=["grant.made"]
    )
    actor: str | None = Field(
        default=None,
        max_length=128,
        description="Only what this person did; `liftgate`: what nobody asked for.",
        examples=["ada"],
    )
    since: Moment | None = Field(default=None, description="Only those from that second on.")
    until: Moment | None = Field(default=None, description="Only those before that second.")


class EntriesShape(BaseModel):
    """Entries, in the order that was asked for."""

    model_config = EXACT

    items: list[dict[str, Any]] = Field(examples=[[_EXAMPLE]])
    next_after: int | None = Field(
        examples=[None], description="Oldest first: pass it as `after` for the next page; null: that was all."
    )
    next_before: int | None = Field(
        examples=[None],
        description="Newest first: pass it as `before` for the next page; null: that was all.",
    )


class HeadShape(BaseModel):
    """The end of the chain: keep it elsewhere, and a later verification can be held to it."""

    model_config = EXACT

    seq: int = Field(examples=[42])
    hash: str = Field(examples=[EXAMPLE_HASH])


class VerificationShape(BaseModel):
    """Whether the chain holds, and where it does not."""

    model_config = EXACT

    intact: bool = Field(examples=[True])
    count: int | None = Field(default=None, examples=[42])
    head: HeadShape | None = None
    broken_at: int | None = Field(
        default=None, examples=[None], description="The first entry that does not hold."
    )
    because: str | None = Field(default=None, examples=[None])


@router.get(
    "/entries", response_model=EntriesShape, operation_id="list_ledger_entries", responses=problems(401, 403)
)
def entries(call: SeesAll, query: Annotated[EntriesQuery, Query()]) -> Response:
    """List entries, the oldest first, or with `order=newest` the newest; `about` keeps those of one request or grant."""
    found = ledger_page(call, query)
    following = found[-1].seq if len(found) == query.limit else None
    is_newest = query.order == "newest"
    return answer(
        EntriesShape(
            items=[dict(entry_fields(entry)) for entry in found],
            next_after=None if is_newest else following,
            next_before=following if is_newest else None,
        )
    )


def ledger_page(call: Call, query: EntriesQuery) -> tuple[Entry, ...]:
    """The entries that were asked for. Raises ``UnreadableEntry`` at one that was damaged."""
    which = LedgerFilter(
        about=query.about, kind=query.kind, actor=query.actor, since=query.since, until=query.until
    )
    with call.parts.store.read() as view:
        if query.order == "newest":
            return view.ledger_pages.newest_first(which, before=query.before, limit=query.limit)
        return view.ledger_pages.oldest_first(which, after=query.after or 0, limit=query.limit)


@router.get(
    "/verification",
    response_model=VerificationShape,
    operation_id="verify_ledger",
    responses=problems(401, 403),
)
def verification(call: SeesAll) -> Response:
    """Check the whole chain, now."""
    return answer(verification_shape(call))


def verification_shape(call: Call) -> VerificationShape:
    """Whether the chain holds."""
    with call.parts.store.read() as view:
        verdict = verify(view.entries())
    if isinstance(verdict, Broken):
        return VerificationShape(intact=False, broken_at=verdict.seq, because=verdict.because)
    head = HeadShape(seq=verdict.head.seq, hash=verdict.head.hash) if verdict.head else None
    return VerificationShape(intact=True, count=verdict.count, head=head)


@router.get(
    "/export",
    operation_id="export_ledger",
    responses={
        200: {
            "description": "One entry a line, in canonical JSON.",
            "content": {"application/jsonl": {"schema": {"type": "string"}}},
        },
        **problems(401, 403),
    },
    response_class=StreamingResponse,
)
def export(call: SeesAll) -> StreamingResponse:
    """The whole ledger as JSON Lines, which anybody can verify without this server."""
    return exported(call)


def exported(call: Call) -> StreamingResponse:
    """The answer that hands the whole ledger out."""
    lines = _lines(call.parts)
    first = next(lines)  # a damaged entry here is answered as a problem, not with an answer that breaks off
    return StreamingResponse(chain([first], lines), media_type="application/jsonl")


def _lines(parts: Parts) -> Iterator[str]:
    """In batches, each with a view of its own: entries never change, so the batches fit together."""
    after = 0
    while True:
        with parts.store.read() as view:
            batch = list(view.entries(after=after, limit=_BATCH))
        yield "".join(export_lines(batch))
        if len(batch) < _BATCH:
            return
        after = batch[-1].seq
