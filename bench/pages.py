"""What *Mine* and *Review* cost the server, with years of grants in the store, against a page that shows nothing."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from tests.server.server_world import ADDRESS, World, open_world

from bench.effort import Effort
from bench.figure import Figure, compared, plain
from bench.history import Setting, write_history
from bench.in_process import CATALOGUE, ENTITLEMENT
from bench.measure import interleave, timed
from liftgate.server.app import create_app, served_routes
from liftgate.server.browser.looks import Looking
from liftgate.server.pages.render import page
from liftgate.store.engine import engines_for

_BAR: Final = 3.0
_PAST: Final = 100_000
_LIVE: Final = 10_000
_WAITING: Final = 60  # requests that wait for the reviewer: more than a page of them
_SETTING: Final = Setting(
    requester="ada",
    entitlement=ENTITLEMENT,
    account="111122223333",
    role_arn="arn:aws:iam::111122223333:role/LiftgateReportsWriter",
    bucket="lakeside-reports",
    every=2_000,  # people
)

_empty = APIRouter(include_in_schema=False)


@_empty.get("/empty")
def _empty_page(request: Request, look: Looking) -> Response:
    """The frame that all pages have, with nothing in it."""
    return page(request, "layout.html", look, now=look.call.parts.clock())


def run(effort: Effort) -> Figure:
    """In one process, by the application as it is served, without the network."""
    past, live = effort.rounds(_PAST), effort.rounds(_LIVE)
    with tempfile.TemporaryDirectory() as folder, open_world(Path(folder), catalogue=_catalogue()) as world:
        engines = engines_for(f"sqlite:///{folder}/liftgate.db")
        with engines.writing.begin() as connection:
            write_history(connection, _SETTING, past=past, live=live, now=world.clock())
        engines.dispose()
        for _ in range(_WAITING):
            world.pending("linus", actions=["delete"])
        served_routes().include_router(_empty)  # a page that no server has
        loop = asyncio.new_event_loop()
        look = {who: _browser(world, who, loop) for who in ("ada", "grace")}
        samples = interleave(
            {
                "empty": timed(lambda: look["ada"]("/empty")),
                "mine": timed(lambda: look["ada"]("/mine")),
                "review": timed(lambda: look["grace"]("/review")),
            },
            rounds=effort.rounds(200),
            warm_up=10,
        )
        loop.close()
    reference = plain("a signed-in page that shows nothing", samples["empty"])
    return Figure(
        title="Pages over years of grants",
        how=(
            f"{live:,} live grants and {past:,} past ones on SQLite, of {_SETTING.every:,} people; one of them, who holds "
            f"{live // _SETTING.every} now and held {past // _SETTING.every} before, looks at *Mine*; {_WAITING} requests wait for the one who looks at *Review*. A call goes through the whole application: session, "
            "rights, queries, Jinja, headers, uncompressed; not through a socket. The reference is the frame of all pages, with nothing in it."
        ),
        rows=(
            reference,
            compared("*Mine*", samples["mine"], reference, bar=_BAR),
            compared("*Review*", samples["review"], reference, bar=_BAR),
        ),
    )


def _catalogue() -> str:
    return CATALOGUE.read_text(encoding="utf-8")


def _browser(world: World, person: str, loop: asyncio.AbstractEventLoop) -> Callable[[str], None]:
    """A signed-in browser of somebody: what looks at a path by one call of the application."""
    app = create_app(world.parts)
    world.http.cookies.clear()  # who was signed in before stays so
    signed_in = world.http.post(
        "/sign-in/local", data={"person": person}, headers={"Origin": ADDRESS}, follow_redirects=False
    )
    cookie = signed_in.headers["set-cookie"].partition(";")[0]
    headers = [(b"host", ADDRESS.removeprefix("http://").encode()), (b"cookie", cookie.encode())]

    async def look(path: str) -> None:
        status = 0

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "server": ("127.0.0.1", 8484),
            "client": ("127.0.0.1", 1),
        }
        await app(scope, receive, send)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")

    return lambda path: loop.run_until_complete(look(path))
