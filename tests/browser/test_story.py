"""The main job in a real browser: search, open an album, download it, watch it happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from downloads.models import Download, Status
from library.audio.check import check_sound
from library.models import AudioFile
from library.tags import read_tags
from tests.browser.conftest import Open

SOON = 20_000
A_WHILE = 240_000

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_album_searched_opened_and_downloaded_is_seen_to_the_last_track(
    open_page: Open, sandbox, workers, settings, tmp_path: Path
) -> None:
    settings.LIBRARY, settings.WORK, settings.ART = tmp_path / "library", tmp_path / "work", tmp_path / "art"
    page = open_page("/")

    page.keyboard.press("/")
    page.keyboard.type("short circuit trio")
    page.keyboard.press("Enter")
    expect(page.locator(".best")).to_be_visible(timeout=SOON)
    page.locator(".card h3 a", has_text="Harbour").first.click()
    expect(page.locator(".hero h1")).to_be_visible(timeout=SOON)
    rows = page.locator(".track-row[data-state]")
    count = rows.count()
    assert count > 0
    page.locator("#acts .button-main").click()
    expect(page.locator("#toasts")).to_contain_text("in the queue")
    expect(page.locator('.track-row[data-state="working"]').first).to_be_visible(timeout=SOON)
    expect(page.locator('.state-button[data-state="working"] small').first).to_be_visible(timeout=SOON)
    expect(page.locator('.track-row[data-state="have"]')).to_have_count(count, timeout=A_WHILE)

    expect(page.locator("#acts")).to_contain_text("In your library")
    expect(page.locator("#standing")).to_contain_text(f"{count} in library")
    assert Download.objects.filter(status=Status.DONE).count() == count
    for file in AudioFile.objects.select_related("track__recording", "track__album"):
        path = settings.LIBRARY / file.path
        tags = read_tags(path)
        assert (tags.title, tags.album) == (file.track.title, file.track.album.title)
        assert tags.track_number == file.track.track_number
        facts = check_sound(path, expected_ms=file.track.recording.duration_ms, promised_ms=None)  # decodes all of it
        assert abs(facts.duration_ms - file.track.recording.duration_ms) <= 1000
