"""A candidate heard in a real browser: by keyboard, from our own server alone, and the words where it cannot be."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from downloads.models import DownloadCandidate
from providers.base import Candidate
from tests.browser.conftest import SIZES, Open
from tests.browser.test_access import violations
from tests.fixtures_pages import House

pytestmark = pytest.mark.django_db(transaction=True)
A_WHILE = 60_000


@pytest.fixture
def person(owner):
    return owner


@pytest.fixture
def heard(house: House, sandbox, sandbox_server, settings, tmp_path) -> DownloadCandidate:
    """The needy row's best candidate, which the sandbox's YouTube really has."""
    settings.PREVIEWS, settings.SOURCES = tmp_path / "previews", ["youtube"]
    settings.YOUTUBE_AT_ONCE = settings.YOUTUBE_PACE_SECONDS = settings.YOUTUBE_PER_HOUR = 0
    upload = sandbox_server.world.catalogue.uploads_of["tidal-rooms/1.1"][0]
    candidate = house.needy.candidates.order_by("-score").first()
    address = f"https://www.youtube.com/watch?v={upload.video_id}"
    found = Candidate("youtube", upload.video_id, address, candidate.title, duration_ms=upload.duration_ms)
    candidate.source_id, candidate.url, candidate.info = upload.video_id, address, asdict(found)
    candidate.save()
    return candidate


def control(page: Page):
    return page.locator(".candidate a[data-preview]").first


def test_candidate_is_heard_by_keyboard_and_nobody_else_is_asked(open_page: Open, house: House, heard) -> None:
    asked: list[str] = []
    page = open_page("/queue/")
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    expect(page.locator("#preview")).to_be_hidden()
    assert page.locator("audio").count() == 1

    control(page).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#preview-audio').currentTime > 0", timeout=A_WHILE)

    assert page.evaluate("document.querySelector('#preview-audio').duration") == pytest.approx(30, abs=0.5)
    expect(page.locator("#preview-title")).to_have_text(heard.title)
    assert page.url.endswith("/queue/"), "the page stays"
    control(page).press("Enter")
    page.wait_for_function("() => document.querySelector('#preview-audio').paused")
    page.get_by_role("button", name="Close the preview").press("Enter")
    expect(page.locator("#preview")).to_be_hidden()
    assert set(asked) == {urlsplit(page.url).netloc}


def test_preview_plays_on_while_the_page_changes(open_page: Open, house: House, heard) -> None:
    page = open_page("/queue/")
    control(page).click()
    page.wait_for_function("() => document.querySelector('#preview-audio').currentTime > 0", timeout=A_WHILE)

    page.get_by_role("link", name="History").first.click()
    expect(page.locator("#main h1")).to_have_text("History")

    expect(page.locator("#preview")).to_be_visible()
    assert not page.evaluate("document.querySelector('#preview-audio').paused")


def test_preview_that_cannot_be_had_says_why(open_page: Open, house: House, heard, sandbox) -> None:
    sandbox.youtube("private")
    page = open_page("/queue/", but="Failed to load resource")

    control(page).click()

    words = page.locator("#preview-words")
    expect(words).to_contain_text("private", timeout=A_WHILE, ignore_case=True)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", ["phone", "wide"])
def test_open_player_passes_axe_and_fits(open_page: Open, house: House, heard, theme: str, size: str) -> None:
    page = open_page("/queue/", size=SIZES[size], theme=theme, reduced_motion="reduce")
    control(page).click()
    page.wait_for_function("() => document.querySelector('#preview-audio').readyState > 1", timeout=A_WHILE)

    assert [one for one in violations(page) if "preview" in one] == []
    page.set_viewport_size({"width": 320, "height": 700})
    page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
    box = page.locator("#preview").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320


def test_preview_without_script_is_a_plain_link_to_audio(open_page: Open, house: House, heard) -> None:
    page = open_page("/queue/", java_script_enabled=False)

    answer = page.request.get(control(page).get_attribute("href") or "", timeout=A_WHILE)

    assert answer.status == 200
    assert answer.headers["content-type"] == "audio/mpeg"
