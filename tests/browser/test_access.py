"""Everybody can use the pages: axe finds nothing, nothing scrolls sideways, the keyboard reaches everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZES, Open
from tests.fixtures_pages import House

AXE = (Path(__file__).parent.parent / "vendor/axe-core/axe.min.js").read_text()
RUN = """async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {runOnly: rules});
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 200)}`));
}"""
NAMES = ["home", "search", "album", "artist", "track", "playlist", "queue", "download", "history", "journal", "sources"]
NAMES += ["metadata", "metadata_ruled"]
NAMES += ["settings", "quality", "names", "matching", "backup", "about", "changes", "settings search"]
NAMES += ["account", "password", "people", "my_spotify"]
NAMES += ["imports", "import"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(owner):
    return owner


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    return page.evaluate(RUN)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", ["phone", "wide"])
def test_every_page_passes_axe(open_page: Open, house: House, theme: str, size: str) -> None:
    page = open_page("/", size=SIZES[size], theme=theme, reduced_motion="reduce")

    found = []
    for name in NAMES:
        page.goto(house.urls[name])
        found += [f"{name}: {violation}" for violation in violations(page)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_style_guide_passes_axe(open_page: Open, house: House, settings, theme: str) -> None:
    settings.DEBUG = True
    page = open_page("/styleguide/", theme=theme, reduced_motion="reduce")

    found = violations(page)

    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [320, 390, 800, 1440])
def test_no_page_scrolls_sideways(open_page: Open, house: House, width: int) -> None:
    page = open_page("/", size=(width, 800))

    wide = []
    for name in NAMES:
        page.goto(house.urls[name])
        if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(name)

    assert wide == []


def test_keyboard_alone_reaches_search_queue_and_a_row(open_page: Open, house: House) -> None:
    page = open_page("/history/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page.locator("#queue h1")).to_be_visible()
    expect(page).to_have_title("Queue · Spotizer")
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator('.nav-link[aria-current="page"]')).to_contain_text("1 need you")
    page.keyboard.press("j")
    focused = page.evaluate("() => document.activeElement.closest('[data-row]').id")
    assert focused == f"download-{house.needy.pk}"
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()


def test_press_on_a_state_button_changes_it_at_once_and_says_so(open_page: Open, house: House) -> None:
    page = open_page(house.urls["album"])
    button = page.locator('.state-button[data-state="absent"]').first
    ident = button.get_attribute("id")

    button.click()

    expect(page.locator(f"#{ident}")).to_have_attribute("data-state", "queued")
    expect(page.locator(".toast")).to_contain_text("is in the queue")


def test_back_returns_to_the_link_that_was_pressed(open_page: Open, house: House) -> None:
    page = open_page(house.urls["artist"])
    link = page.locator(".card h3 a", has_text="Tidal Memory")

    link.click()
    expect(page.locator("ol.tracks")).to_be_visible()
    page.go_back()

    expect(page).to_have_title("Glass Harbour · Spotizer")
    expect(page.locator(".card h3 a", has_text="Tidal Memory")).to_be_focused()


def test_theme_is_switched_without_a_reload_and_kept(open_page: Open, house: House) -> None:
    page = open_page("/")

    page.locator(".avatar").click()
    page.get_by_role("button", name="Light theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.goto("/queue/")

    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_link_pasted_anywhere_opens_a_card(open_page: Open, house: House, sandbox) -> None:
    page = open_page("/queue/")

    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text", "https://www.deezer.com/album/302001");
          document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }"""
    )

    expect(page.locator("#link-card .button-main").first).to_be_visible(timeout=15_000)
    expect(page.locator("#link-card")).to_contain_text("Album")


def test_pages_work_without_script(open_page: Open, house: House) -> None:
    page = open_page(house.urls["album"], java_script_enabled=False)

    page.locator('.state-button[data-state="absent"]').first.click()

    expect(page.locator(".message")).to_contain_text("is in the queue")
    expect(page).to_have_url(page.url)
    page.locator(".nav-link", has_text="Queue").click()
    expect(page.locator("#queue h1")).to_be_visible()
    page.locator("#waiting .button-icon[aria-label^=Cancel]").first.click()
    expect(page.locator(".message")).to_contain_text("Removed from the queue")


@pytest.mark.parametrize("width", [320, 390, 800])
def test_button_of_a_trouble_lies_beside_its_words_or_below_them(open_page: Open, house: House, width: int) -> None:
    page = open_page(house.urls["download"], size=(width, 844))

    button = page.locator(".part-error").get_by_role("button", name="Try again").bounding_box()
    words = page.locator(".part-error p").first.evaluate(
        "(p) => { const range = document.createRange(); range.selectNodeContents(p); const box = "
        "range.getBoundingClientRect(); return {right: box.right, bottom: box.bottom}; }"
    )

    assert button
    assert button["x"] >= words["right"] or button["y"] >= words["bottom"]
    assert button["x"] + button["width"] <= width


def test_hits_without_a_best_match_have_the_whole_width(open_page: Open, sandbox) -> None:
    page = open_page("/search/?q=home")

    hits = page.get_by_role("region", name="Tracks")
    expect(hits).to_be_visible()
    assert page.locator(".best").count() == 0

    box, whole = hits.bounding_box(), page.locator("#search-results").bounding_box()
    assert box
    assert whole
    assert box["width"] > 0.95 * whole["width"]
    notes = hits.locator(".row-note").evaluate_all("(all) => all.map((one) => getComputedStyle(one).textAlign)")
    assert set(notes) == {"left"}  # also names that are written from the right
