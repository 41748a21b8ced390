"""The ledger, for guards and auditors: to read, to verify, to take away."""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from liftgate.ledger.chain import Broken, verify
from liftgate.ledger.export import export_lines
from liftgate.ledger.fields import entry_fields
from liftgate.server.api.doc import problems
from liftgate.server.api.shapes import EXACT, EXAMPLE_HASH, answer
from liftgate.server.calls import SeesAll
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


class EntriesShape(BaseModel):
    """Entries, oldest first."""

    model_config = EXACT

    items: list[dict[str, Any]] = Field(examples=[[_EXAMPLE]])
    next_after: int | None = Field(
        examples=[None], description="Pass it as `after` for the next page; null: that was all."
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
def entries(
    call: SeesAll,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    about: Annotated[str | None, Query(pattern=r"^(rq|gr)-[0-9a-hjkmnp-tv-z]{16}$")] = None,
) -> Response:
    """Entries from `after` on; `about` keeps those of one request or grant."""
    with call.parts.store.read() as view:
        found = list(view.entries(after=after, limit=limit, about=about))
    shape = EntriesShape(
        items=[dict(entry_fields(entry)) for entry in found],
        next_after=found[-1].seq if len(found) == limit else None,
    )
    return answer(shape)


@router.get(
    "/verification",
    response_model=VerificationShape,
    operation_id="verify_ledger",
    responses=problems(401, 403),
)
def verification(call: SeesAll) -> Response:
    """Check the whole chain, now."""
    with call.parts.store.read() as view:
        verdict = verify(view.entries())
    if isinstance(verdict, Broken):
        return answer(VerificationShape(intact=False, broken_at=verdict.seq, because=verdict.because))
    head = HeadShape(seq=verdict.head.seq, hash=verdict.head.hash) if verdict.head else None
    return answer(VerificationShape(intact=True, count=verdict.count, head=head))


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
