"""Download as … in a real browser: by keyboard, without script, a mistake told at its field, narrow, both themes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from downloads.models import Download, DownloadRequest
from tests.browser.conftest import SIZES, Open
from tests.browser.test_access import violations
from tests.fixtures_pages import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(owner):
    return owner


def test_fold_is_opened_filled_and_sent_by_keyboard(open_page: Open, house: House) -> None:
    page = open_page(house.urls["track"])

    page.locator("#as summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Format").select_option("flac")
    page.get_by_label("Lossless by force").check()
    page.locator("#as").get_by_role("button", name="Download", exact=True).press("Enter")

    expect(page.locator(".toast")).to_contain_text("as FLAC, lossless by force")
    assert Download.objects.filter(output_format="flac", options__force_lossless=True).count() == 1


def test_mistake_is_told_at_its_field_and_what_was_chosen_stays(open_page: Open, house: House) -> None:
    page = open_page(house.urls["album"], but="400")

    page.locator("#as summary").click()
    page.get_by_label("Format").select_option("m4a")
    page.get_by_label("Bitrate").select_option("320")
    page.locator("#as").get_by_role("button", name="Download", exact=True).click()

    expect(page.locator("#as .field-error")).to_contain_text("M4A (AAC) is made with")
    expect(page.get_by_label("Format")).to_have_value("m4a")
    assert not DownloadRequest.objects.filter(output_format="m4a").exists()


def test_without_script_it_is_a_plain_form_and_a_mistake_a_page(open_page: Open, house: House) -> None:
    page = open_page(house.urls["album"], java_script_enabled=False, but="400")

    page.locator("#as summary").click()
    page.get_by_label("Bitrate").select_option("320")
    page.locator("#as").get_by_role("button", name="Download", exact=True).click()
    expect(page.locator(".field-error")).to_contain_text("choose a format as well")
    page.get_by_label("Format").select_option("mp3")
    page.get_by_role("button", name="Download", exact=True).click()

    expect(page.locator(".message")).to_contain_text("as MP3 320")
    expect(page.locator("h1")).to_have_text("Tidal Memory")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", ["phone", "wide"])
def test_open_fold_passes_axe_and_fits(open_page: Open, house: House, theme: str, size: str) -> None:
    links = "https://www.deezer.com/album/1%20https://www.deezer.com/track/2"
    for address in (house.urls["album"], f"/open/?url={links}", f"/queue/as/?what=track:{house.track.key}"):
        page = open_page(address, size=SIZES[size], theme=theme, reduced_motion="reduce")
        if page.locator(".as-fold summary").count():
            page.locator(".as-fold summary").click()

        assert violations(page) == [], address
        page.set_viewport_size({"width": 320, "height": 700})
        page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
