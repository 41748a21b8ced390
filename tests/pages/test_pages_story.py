"""The whole story by three people in three browsers, on the embedded AWS: asked with the keyboard alone, approved on a phone, taken back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.pages.page_world import DESK, PHONE, sign_in

from liftgate.demo.world import World, running_world

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

PLACE = "s3://lakeside-reports/2026/story/"
DENIED = (
    f"upload failed: ./totals.csv to {PLACE}totals.csv An error occurred (AccessDenied) when calling the PutObject operation: "
    "Access Denied"
)
MOST_TABS = 60


@pytest.fixture(scope="module")
def demo() -> Iterator[World]:
    with running_world() as world:
        yield world


def test_three_people_in_three_browsers(demo: World, browser: Browser) -> None:
    desk, phone, another = (
        browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # its types are literals
        for size, theme in ((DESK, "light"), (PHONE, "dark"), (DESK, "dark"))
    )
    refused = demo.upload("baseline", f"{PLACE}totals.csv")
    assert "AccessDenied" in refused.output

    # Ada asks, with the keyboard alone, from the very message that AWS gave her.
    ada = desk.new_page()
    ada.goto(f"{demo.address}/ask")
    press(ada, "button[name=person][value=ada]")
    fill(ada, "#text", DENIED)
    press(ada, "text=Fill in the form")
    expect(ada.locator("#locations")).to_have_value(f"{PLACE}totals.csv")
    fill(ada, "#locations", PLACE)
    fill(ada, "#duration", "20m")
    fill(ada, "#justification", "Correct the totals of the third quarter")
    ada.keyboard.press("Tab")
    expect(ada.locator("#outcome")).to_contain_text("It then waits for 1 approval of grace or linus")
    press(ada, "button.primary")
    ada.wait_for_url(re.compile(r"/requests/rq-"))
    expect(ada.locator("main")).to_contain_text("Waits for 1 approval of grace or linus")

    # Grace approves on her phone; the page tells her what it is about.
    grace = sign_in(phone, demo.address, "grace", "/review")
    grace.get_by_role("link", name="Review it").click()
    expect(grace.locator("h1")).to_have_text(f"Ada Lovelace asks to write under {PLACE}")
    expect(grace.locator("main")).to_contain_text("Correct the totals of the third quarter")
    grace.locator("#comment").fill("go ahead")
    grace.get_by_role("button", name="Approve", exact=True).click()
    expect(grace.locator("main")).to_contain_text("It became grant")

    # Ada's page tells her by itself; what it shows to copy works.
    expect(ada.locator("main")).to_contain_text("It became grant")
    ada.goto(f"{demo.address}/mine")
    command = str(ada.locator(".copyable code").first.text_content())
    assert command.startswith("liftgate exec --grant gr-")
    written = demo.shell("ada", command.replace("FILE", "corrected.csv"))
    assert written.exit_code == 0, written.output

    # Linus, who may review too, takes it back; AWS refuses what runs, and Ada's page says who and why.
    grant_id = command.split()[3]
    linus = sign_in(another, demo.address, "linus", f"/grants/{grant_id}")
    linus.locator("summary", has_text="Take it back").click()
    linus.locator("#reason").fill("the wrong quarter")
    linus.get_by_role("button", name="Take it back now").click()
    expect(linus.locator("main")).to_contain_text("Revoked by Linus Pauling")
    expect(ada.locator("main")).to_contain_text("revoked")
    again = demo.shell("ada", command.replace("FILE", "corrected.csv"))
    assert again.exit_code != 0
    ada.goto(f"{demo.address}/grants/{grant_id}")
    expect(ada.locator("main")).to_contain_text("the wrong quarter")
    for context in (desk, phone, another):
        context.close()


def press(page: Page, selector: str) -> None:
    """Come to something by the Tab key, and press it."""
    reach(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def fill(page: Page, selector: str, text: str) -> None:
    """Come to a field by the Tab key, and type in place of what it holds."""
    reach(page, selector)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def reach(page: Page, selector: str) -> None:
    wanted: Locator = page.locator(selector).first
    for _ in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            ring = wanted.evaluate("one => getComputedStyle(one).outlineStyle")
            assert ring != "none", f"{selector} does not show that it has the focus"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with the Tab key")
