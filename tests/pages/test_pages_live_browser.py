"""Pages for those who look bring themselves up to date in a browser, and leave open what somebody opened."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.pages.lively import enliven
from tests.pages.page_world import served, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_the_ledger_grows_before_ones_eyes_and_what_is_open_stays_open(
    browser: Browser, tmp_path: Path
) -> None:
    with served(tmp_path) as (world, address):
        enliven(world)
        page = sign_in(browser.new_context(), address, "rosa", "/ledger")
        first = page.locator("ol.entries > li").first
        number = first.get_attribute("id")
        first.locator("summary").click()
        world.post("ada", "/requests", None)  # refused: nothing is on record
        request_id = world.pending()
        expect(page.locator("ol.entries > li").first).to_contain_text(request_id)
        assert page.locator(f"#{number} details").evaluate("one => one.open")
        assert page.locator("ol.entries > li").first.locator("details").evaluate("one => !one.open")


def test_the_overview_counts_on(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as (world, address):
        page = sign_in(browser.new_context(), address, "rosa", "/overview")
        grants = page.locator("ul.figures li strong").first
        expect(grants).to_have_text("0")
        enliven(world)
        expect(grants).to_have_text("2")


def test_the_catalogue_changes_with_its_files_and_with_nothing_else(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as (world, address):
        page = sign_in(browser.new_context(), address, "ada", "/catalogue")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        world.pending()
        text = world.catalogue_file.read_text()
        assert "description: " in text
        world.catalogue_file.write_text(text.replace("description: ", "description: Anew. ", 1))
        world.clock.pass_by(seconds=5)
        expect(page.locator("#live")).to_contain_text("Anew.")
        assert len([url for url in asked if url.endswith("/catalogue")]) == 1
