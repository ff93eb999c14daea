"""The queue beside every page: docked where there is room, a sheet elsewhere, live, by keyboard, and a plain link."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from downloads.models import Download
from ops.services import live
from tests.browser.conftest import SIZES, Open
from tests.browser.test_access import violations
from tests.fixtures_pages import House

pytestmark = pytest.mark.django_db(transaction=True)
NARROW = (1000, 800)


@pytest.fixture
def person(owner):
    return owner


def is_asking(page: Page) -> bool:
    return page.locator("#drawer-view").is_enabled()


def test_drawer_docks_is_remembered_and_is_closed_again(open_page: Open, house: House) -> None:
    page = open_page("/")
    control = page.locator("#drawer-link")
    expect(control).to_have_attribute("aria-expanded", "false")
    assert not is_asking(page)

    control.click()
    expect(page.locator("#drawer")).to_contain_text("Fetching · 5 s left")
    expect(page.locator("#drawer-title")).to_be_focused()
    expect(control).to_have_attribute("aria-expanded", "true")
    assert page.url.endswith("/")
    page.goto(house.urls["album"])
    expect(page.locator("#drawer")).to_contain_text("Fetching · 5 s left")
    assert is_asking(page)

    page.locator("#drawer-close").click()
    expect(page.locator("#drawer")).to_be_hidden()
    expect(control).to_be_focused()
    page.reload()
    expect(page.locator("#drawer")).to_be_hidden()


def test_drawer_outlives_navigation_and_moves_with_the_poller(open_page: Open, house: House) -> None:
    page = open_page("/")
    page.keyboard.press("q")
    expect(page.locator("#drawer-body progress")).to_have_attribute("value", "42")

    page.locator(".nav-link", has_text="History").click()
    expect(page).to_have_title("History · Spotizer")
    Download.objects.filter(pk=house.working.pk).update(percent=57, live=live.bump())
    page.evaluate("document.dispatchEvent(new Event('live:soon'))")

    expect(page.locator("#drawer-body progress")).to_have_attribute("value", "57")


def test_drawer_pauses_the_whole_queue(open_page: Open, house: House) -> None:
    page = open_page("/")
    page.keyboard.press("q")

    page.locator("#drawer").get_by_role("button", name="Pause all").click()
    expect(page.locator("#drawer").get_by_role("button", name="Resume all")).to_be_visible()

    expect(page.locator("#meter")).to_have_text("Paused")


def test_drawer_is_a_sheet_where_there_is_no_room(open_page: Open, house: House) -> None:
    page = open_page("/", size=NARROW)

    page.locator("#drawer-link").click()
    expect(page.locator("#drawer")).to_be_visible()
    assert is_asking(page)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator("#drawer-view")).to_be_disabled()

    page.keyboard.press("q")
    page.locator("#drawer").get_by_role("link", name="Open the queue").click()
    expect(page).to_have_title("Queue · Spotizer")
    expect(page.locator("#drawer")).to_be_hidden()


def test_control_is_a_link_without_script(open_page: Open, house: House) -> None:
    page = open_page("/", java_script_enabled=False)

    page.locator("#drawer-link").click()

    expect(page).to_have_title("Queue · Spotizer")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_drawer_passes_axe_docked_and_as_a_sheet(open_page: Open, house: House, theme: str) -> None:
    page = open_page("/", theme=theme, reduced_motion="reduce")
    page.keyboard.press("q")
    expect(page.locator("#drawer-body progress")).to_be_visible()
    assert violations(page) == []

    for size in (SIZES["phone"], (320, 700)):
        other = open_page("/", size=size, theme=theme, reduced_motion="reduce")
        other.keyboard.press("q")
        expect(other.locator("#drawer-body progress")).to_be_visible()
        assert violations(other) == []
        assert not other.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
