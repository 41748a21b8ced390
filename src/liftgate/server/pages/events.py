"""Pages that keep themselves up to date: a browser is told that something changed, and asks again for what it shows.

What changed is not said, so that nobody learns of what they may not see.
"""

from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from liftgate.server.browser.looks import Looking
from liftgate.server.head import Head, head_of

router = APIRouter(include_in_schema=False)

_COMMENT_EVERY: Final = 60  # ticks: keeps proxies from closing a stream on which nothing happens
_LONGEST: Final = 1_500  # ticks: then the browser comes back by itself, and is asked again who it is


@router.get("/events")
async def events(request: Request, look: Looking) -> StreamingResponse:
    """A stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
    del look
    return StreamingResponse(
        _told(head_of(request)), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _told(head: Head) -> AsyncIterator[str]:
    seen, version = await head.seq(), head.catalogue_version
    yield "retry: 2000\n\n"
    for number in range(_LONGEST):
        if not await head.tick():
            return
        seq, newer = await head.seq(), head.catalogue_version
        if newer != version:
            version = newer
            yield "event: catalogue\ndata: \n\n"
        if seq != seen:
            seen = seq
            yield "event: changed\ndata: \n\n"
        elif number % _COMMENT_EVERY == 0:
            yield ": still here\n\n"
