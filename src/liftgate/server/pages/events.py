"""Pages that keep themselves up to date: a browser is told that something changed, and asks again for what it shows.

What changed is not said, so that nobody learns of what they may not see. Of all browsers that wait, one question a quarter of a
second is put to the database.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from liftgate.errors import LiftgateError
from liftgate.server.browser.looks import Looking
from liftgate.server.parts import Parts

router = APIRouter(include_in_schema=False)

_TICK_SECONDS: Final = 0.25
_COMMENT_EVERY: Final = 60  # ticks: keeps proxies from closing a stream on which nothing happens
_LONGEST: Final = 1_200  # ticks: then the browser comes back by itself, and is asked again who it is


class Head:
    """Where the ledger ends: asked once, however many want to know."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._asked_at: float | None = None
        self._seq = 0
        self._turn = asyncio.Lock()

    async def seq(self) -> int:
        """The number of the newest entry, a moment ago."""
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if self._asked_at is None or now - self._asked_at >= _TICK_SECONDS:
                self._seq = await run_in_threadpool(self._read)
                self._asked_at = now
        return self._seq

    def _read(self) -> int:
        try:
            with self._parts.store.read() as view:
                newest = view.head()
        except LiftgateError:  # the database is away: nothing changes that could be told
            return self._seq
        return newest.seq if newest else 0


@router.get("/events")
async def events(request: Request, look: Looking) -> StreamingResponse:
    """A stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""
    told = _told(request.app.state.head, look.call.parts)
    return StreamingResponse(told, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _told(head: Head, parts: Parts) -> AsyncIterator[str]:
    seen = await head.seq()
    yield "retry: 2000\n\n"
    for tick in range(_LONGEST):
        await asyncio.sleep(_TICK_SECONDS)
        if parts.closing.is_set():
            return
        seq = await head.seq()
        if seq != seen:
            seen = seq
            yield "event: changed\ndata: \n\n"
        elif tick % _COMMENT_EVERY == 0:
            yield ": still here\n\n"
