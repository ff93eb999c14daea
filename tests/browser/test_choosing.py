"""A doubtful track settled in a real browser: by its link, fetched to the file; what is typed outlives the swaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from downloads.models import DownloadCandidate, Status
from library.models import AudioFile
from tests.browser.conftest import SIZES, Open
from tests.browser.test_access import violations
from tests.downloads.make import make_download, make_track, make_wish
from tests.fixtures_pages import House

pytestmark = pytest.mark.django_db(transaction=True)
A_WHILE = 120_000


@dataclass(frozen=True)
class Sound:
    """An upload of the sandbox."""

    video_id: str
    title: str
    duration_ms: int


@pytest.fixture
def sound(sandbox_server) -> Sound:
    upload = sandbox_server.world.catalogue.uploads_of["quick-sketches/1.1"][0]
    return Sound(upload.video_id, upload.title, upload.duration_ms)


@pytest.fixture
def person(owner):
    return owner


def test_what_is_typed_outlives_a_swap(open_page: Open, house: House) -> None:
    page = open_page("/queue/")
    card = page.locator(f"#download-{house.needy.pk}")

    card.get_by_text("Paste a link to the right one").click()
    field = card.get_by_label("Link to the right recording")
    field.fill("no link at all")
    with page.expect_response("**/queue/"):
        page.evaluate("htmx.trigger(document.body, 'live:reload')")
    expect(field).to_have_value("no link at all")


def test_card_is_ticked_into_the_bulk_bar(open_page: Open, house: House) -> None:
    page = open_page("/queue/?show=needs_you")

    page.locator(f"#download-{house.needy.pk} .check").check()
    expect(page.locator("#ticked")).to_have_text("1 selected")
    page.locator("#bulk").get_by_role("button", name="Remove", exact=True).click()

    expect(page.locator(".toast")).to_contain_text("1 removed from the queue.")


def test_ignored_card_goes_and_comes_back_by_undo(open_page: Open, house: House) -> None:
    page = open_page("/queue/")
    card = page.locator(f"#download-{house.needy.pk}")

    card.get_by_role("button", name="Ignore this track").click()
    expect(page.locator(".needs")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()

    expect(page.locator(".toast").last).to_contain_text("is wanted again")


def test_waiting_row_counts_down(open_page: Open, house: House) -> None:
    at = timezone.now() + timedelta(hours=2)
    make_download(make_track("Ebb"), status=Status.WAITING, reason="network", not_before_at=at)
    page = open_page("/queue/")
    left = page.locator("time[data-until]")
    expect(left).to_have_text("2 h")

    left.evaluate("(time) => (time.dateTime = new Date(Date.now() + 600_000).toISOString())")

    expect(left).to_have_text("10 min")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", ["phone", "wide"])
def test_needs_you_opened_everywhere_passes_axe_and_fits(open_page: Open, house: House, theme: str, size: str) -> None:
    rules = {name: {"points": -3, "says": "it differs a little"} for name in ("title", "version", "artist", "duration")}
    DownloadCandidate.objects.update(breakdown=rules)
    make_download(make_track("Ebb"), status=Status.FAILED, reason="region_locked")
    page = open_page("/queue/", size=SIZES[size], theme=theme, reduced_motion="reduce")

    for summary in page.locator("#queue summary").all():
        summary.click()

    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert not page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")


def test_link_works_without_script(open_page: Open, house: House, settings) -> None:
    settings.SOURCES = ["youtube"]
    page = open_page("/queue/", java_script_enabled=False)
    card = page.locator(f"#download-{house.needy.pk}")

    card.get_by_text("Paste a link to the right one").click()
    card.get_by_label("Link to the right recording").fill("https://youtu.be/bbbbbbbbbbb")
    card.get_by_role("button", name="Fetch it").click()

    expect(page.locator(".message")).to_contain_text("is fetched from your link")


@pytest.mark.slow
def test_pasted_link_is_read_fetched_and_filed(
    open_page: Open, sandbox, sound: Sound, workers, settings, tmp_path: Path
) -> None:
    settings.LIBRARY, settings.WORK, settings.ART = tmp_path / "library", tmp_path / "work", tmp_path / "art"
    # Nothing about it agrees: only a person can know.
    download = make_download(make_track("Undertow", duration_ms=600_000), status=Status.NEEDS_YOU)
    make_wish(download)
    page = open_page("/queue/")
    card = page.locator(f"#download-{download.pk}")

    card.get_by_text("Paste a link to the right one").click()
    card.get_by_label("Link to the right recording").fill(f"https://www.youtube.com/watch?v={sound.video_id}")
    card.get_by_label("Link to the right recording").press("Enter")
    expect(page.locator(".toast").first).to_contain_text("Undertow is fetched from your link.")
    expect(page.locator("#done .row-title")).to_have_text("Undertow", timeout=A_WHILE)

    candidate = download.candidates.get()
    assert (candidate.state, candidate.title) == ("chosen", sound.title)
    assert abs(candidate.duration_ms - sound.duration_ms) <= 1000  # the page of a video says whole seconds
    assert (settings.LIBRARY / AudioFile.objects.get().path).is_file()


@pytest.mark.slow
def test_other_words_find_it_and_fetch_it(
    open_page: Open, sandbox, sound: Sound, workers, settings, tmp_path: Path
) -> None:
    settings.LIBRARY, settings.WORK, settings.ART = tmp_path / "library", tmp_path / "work", tmp_path / "art"
    download = make_download(make_track("Undertow", duration_ms=600_000), status=Status.NEEDS_YOU)
    make_wish(download)
    page = open_page("/queue/")
    card = page.locator(f"#download-{download.pk}")

    card.get_by_text("Search with other words").click()
    card.get_by_label("Words to search for instead").fill(sound.title)
    card.get_by_role("button", name="Search", exact=True).click()
    use = card.get_by_role("button", name="Use this").first
    expect(use).to_be_visible(timeout=A_WHILE)
    use.click()

    expect(page.locator("#done .row-title")).to_have_text("Undertow", timeout=A_WHILE)
