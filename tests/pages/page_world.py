"""The world of the server's tests behind a real socket, and a real browser before it: Debian's chromium."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from tests.server.server_world import CATALOGUE, World, open_world

from liftgate.server.app import create_app
from liftgate.server.parts import Parts

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
CHROMIUM = shutil.which("chromium")
_WITHOUT = (
    # The list below the address bar: for each window two more pages, which nobody sees, with a process of their own.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # What Playwright switches off itself, as it counts no more where the switch is given again.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)


@contextmanager
def served(folder: Path, *, catalogue: str = CATALOGUE, **settings: Any) -> Iterator[tuple[World, str]]:
    """A world, and the address at which it is served."""
    with open_world(folder, catalogue=catalogue, **settings) as world, served_world(world) as address:
        yield world, address


@contextmanager
def served_world(
    world: World, change: Callable[[Parts, str], Parts] = lambda parts, _: parts
) -> Iterator[str]:
    """The address at which a world is served, of parts that may depend on it."""
    with socket.create_server(("127.0.0.1", 0)) as at:
        address = f"http://127.0.0.1:{at.getsockname()[1]}"
        parts = change(replace(world.parts, audience=address), address)
        config = uvicorn.Config(
            create_app(parts), log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [at]}, daemon=True)
        thread.start()
        try:
            yield address
        finally:
            parts.closing.set()
            server.should_exit = True
            thread.join()


def launch(playwright: Playwright) -> Browser:
    """A browser without a screen, that asks nobody outside for anything."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--disable-features={','.join(_WITHOUT)}",
        ],
    )


def sign_in(context: BrowserContext, address: str, person: str, then: str = "/mine") -> Page:
    """A page of somebody who signed in by the page that is for it."""
    page = context.new_page()
    page.goto(f"{address}/sign-in?{urlencode({'next': then})}")
    page.locator(f"button[name=person][value={person}]").click()
    page.wait_for_url(f"{address}{then}")
    return page
