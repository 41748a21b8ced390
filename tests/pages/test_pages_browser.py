"""Every page in a real browser: nothing that keeps people out (axe), nothing that a policy refused, little to fetch, and a picture."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.pages.lively import Lively, enliven
from tests.pages.page_world import DESK, PHONE, served, sign_in
from tests.server.server_world import World

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

AXE: Final = Path(__file__).parent / "npm/node_modules/axe-core/axe.min.js"
# By name, who looks, and where: each page, and each in its most usual state.
PAGES: Final = {
    "ask": ("ada", "/ask?text=s3://lakeside-reports/2026/q3/"),
    "mine": ("ada", "/mine"),
    "review": ("grace", "/review"),
    "request": ("grace", "/requests/{request_id}"),
    "grant": ("grace", "/grants/{grant_id}"),
    "findings": ("rosa", "/findings"),
    "finding": ("rosa", "/findings/{finding_id}"),
    "holds": ("rosa", "/holds"),
    "catalogue": ("ada", "/catalogue"),
    "ledger": ("rosa", "/ledger"),
    "overview": ("rosa", "/overview"),
    "terminal": (
        "ada",
        f"/sign-in/cli?port=50123&state={'s' * 43}&challenge={'c' * 43}&machine=ada-laptop",
    ),
    "terminal-elsewhere": ("ada", "/sign-in/device"),
    "identities": ("rosa", "/identities"),
    "identities-link": ("rosa", "/identities/link"),
    "ledger-verification": ("rosa", "/ledger/verification"),
    "not-there": ("ada", "/requests/rq-0000000000000000"),
}
LARGEST: Final = 100_000  # bytes, of a page and all that it fetches
# `make pictures` has them written into docs/pages.
PICTURES: Final = os.environ.get("LIFTGATE_PICTURES")


class Site:
    """A served world, and browsers of its people."""

    def __init__(self, world: World, address: str, browser: Browser) -> None:
        self.world, self.address, self._browser = world, address, browser
        self.lively: Lively = enliven(world)
        self.complaints: list[str] = []

    def context(self, size: dict[str, int], theme: str) -> BrowserContext:
        return self._browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # its types are literals

    def open(self, context: BrowserContext, person: str, path: str) -> Page:
        page = sign_in(context, self.address, person, self.lively.path(path))
        self.watch(page)
        return page

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("site"), linked_identities=["aws"]) as (world, address):
        yield Site(world, address, browser)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "sign-in"])
def test_nothing_on_a_page_keeps_anybody_out(site: Site, name: str, theme: str) -> None:
    size = DESK if theme == "light" else PHONE
    with site.context(size, theme) as context:
        if name == "sign-in":
            page = context.new_page()
            site.watch(page)
            page.goto(f"{site.address}/sign-in")
        else:
            page = site.open(context, *PAGES[name])
        for unfold in page.locator("details").all():
            unfold.evaluate("one => { one.open = true }")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert site.complaints == []
        keep_picture(page, f"{name}-{theme}")


def test_the_button_that_asks_is_seen_without_scrolling(site: Site) -> None:
    with site.context({"width": 1280, "height": 900}, "light") as context:
        for path in ("/ask", PAGES["ask"][1]):
            button = site.open(context, "ada", path).get_by_role("button", name="Ask", exact=True)
            box = button.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 900, path


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_little_to_fetch(site: Site, name: str) -> None:
    person, path = PAGES[name]
    with site.context(DESK, "light") as context:
        sign_in(context, site.address, person)
        cookies = context.cookies()
        with site.context(DESK, "light") as fresh:
            fresh.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave
            page, requests = fresh.new_page(), []
            page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - it asks a handler for its attributes
            page.goto(site.address + site.lively.path(path), wait_until="load")
            ended = [one.sizes() for one in requests if not one.url.endswith("/events")]
            total = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in ended)
            assert len(ended) >= 5
            assert 5_000 < total < LARGEST


def violations(page: Page) -> list[Any]:
    """What axe-core finds on a page."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in tests/pages/npm")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (
            one["id"],
            [node["html"][:200] + " " + str(node.get("failureSummary"))[:300] for node in one["nodes"]],
        )
        for one in found["violations"]
    ]


def keep_picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
