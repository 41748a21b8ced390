"""Where the ledger ends: what tells everybody who waits that something changed, asked for once however many they are."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Scope

from liftgate.errors import LiftgateError
from liftgate.server.parts import Parts

T = TypeVar("T")

TICK_SECONDS: Final = 0.2
_HEAD: Final = "liftgate.head"  # where the scope of a call holds it


class Head:
    """The newest entry's number, a moment ago."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._asked_at: float | None = None
        self._seq = 0
        self._version = ""
        self._turn = asyncio.Lock()

    def put_into(self, scope: Scope) -> None:
        """Let a call find this by ``head_of``."""
        scope[_HEAD] = self

    async def seq(self) -> int:
        """The number."""
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if self._asked_at is None or now - self._asked_at >= TICK_SECONDS:
                self._seq = await run_in_threadpool(self._read)
                self._asked_at = now
        return self._seq

    @property
    def catalogue_version(self) -> str:
        """That of the catalogue in force when the number was read."""
        return self._version

    async def tick(self) -> bool:
        """Wait a moment; False where the server is about to stop."""
        await asyncio.sleep(TICK_SECONDS)
        return not self._parts.closing.is_set()

    async def once(self, look: Callable[[], T], is_enough: Callable[[T], bool], *, seconds: float) -> T:
        """What ``look`` sees once it is enough; after ``seconds``, or when the server stops, what it saw last."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + seconds
        seq = await self.seq()  # before it looks: what changes meanwhile is seen
        found = await run_in_threadpool(look)
        while not is_enough(found) and loop.time() < give_up_at and await self.tick():
            newer = await self.seq()
            if newer != seq:
                seq = newer
                found = await run_in_threadpool(look)
        return found

    def _read(self) -> int:
        try:
            self._version = self._parts.catalogue.version()
            with self._parts.store.read() as view:
                newest = view.head()
        except LiftgateError:  # the database is away: nothing changes that could be told
            return self._seq
        return newest.seq if newest else 0


def head_of(request: Request) -> Head:
    """The one of the application that answers a call."""
    head: Head = request.scope[_HEAD]
    return head
