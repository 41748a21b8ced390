"""A terminal that waits on 127.0.0.1, and a real browser that is to come there from a page whose forms may lead nowhere else."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import pytest
from playwright.sync_api import Browser
from tests.pages.page_world import served, sign_in

from liftgate.cli.login import log_in_here
from liftgate.cli.server_url import parse_server_url
from liftgate.cli.wire import HttpWire
from liftgate.clock import system_clock

pytestmark = pytest.mark.slow


def test_a_browser_brings_the_terminal_its_code(browser: Browser, tmp_path: Path) -> None:
    addresses: SimpleQueue[str] = SimpleQueue()
    with (
        served(tmp_path) as (_, address),
        browser.new_context(java_script_enabled=False) as context,
        ThreadPoolExecutor(1) as terminal,
    ):
        page = sign_in(context, address, "ada")
        wire = HttpWire(parse_server_url(address), system_clock)
        waiting = terminal.submit(
            log_in_here, wire, address, "ada-laptop", show=addresses.put, random=secrets.token_bytes
        )
        page.goto(addresses.get(timeout=10))
        page.get_by_role("button", name="Sign it in").click()
        page.wait_for_url("http://127.0.0.1:*/?code=*")
        assert "go back to the terminal" in page.inner_text("body")
        assert waiting.result(timeout=10)["person"]["id"] == "ada"
        wire.close()
