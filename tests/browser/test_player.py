"""The mini-player in a real browser: it plays on while pages change, by keyboard and by parts, and never by itself."""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from library.models import AudioFile
from tests.browser.conftest import SIZES, Open
from tests.browser.test_access import violations
from tests.downloads.make import make_file
from tests.fixtures_pages import House

pytestmark = pytest.mark.django_db(transaction=True)
A_WHILE = 60_000
SECONDS = 40  # 3.5 MB: more than one answer holds

# Every <audio>, also one that stands on no page, tells the test what becomes of it.
WATCH = """
window.heard = [];
window.Audio = new Proxy(window.Audio, { construct(target, args) {
  window.heard.push(new target(...args));
  return window.heard.at(-1);
} });
"""


@pytest.fixture
def person(owner):
    return owner


def make_sound(path: Path, seconds: int = SECONDS) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(44_100)
        second = struct.pack("<44100h", *(int(900 * math.sin(at / 16)) for at in range(44_100)))
        for _ in range(seconds):
            sound.writeframes(second)


@pytest.fixture
def two(house: House, settings, tmp_path) -> list[AudioFile]:
    """The album's first and last track, on disk."""
    settings.LIBRARY = tmp_path / "library"
    (settings.LIBRARY / ".spotizer").mkdir(parents=True)
    AudioFile.objects.all().delete()
    files = []
    tracks = list(house.album.tracks.all())
    for track in (tracks[0], tracks[-1]):  # nothing else is known of the last one
        file = make_file(track, f"{track.pk}.wav", container="wav", codec="pcm_s16le", duration_ms=SECONDS * 1000)
        make_sound(settings.LIBRARY / file.path)
        files.append(file)
    return files


def open_album(open_page: Open, house: House, **more: object) -> Page:
    page = open_page("/history/", **more)
    page.add_init_script(WATCH)
    page.goto(house.urls["album"])
    return page


def plays(page: Page, seconds: float = 0) -> None:
    page.wait_for_function(
        f"() => window.heard?.[0] && !heard[0].paused && heard[0].currentTime > {seconds}", timeout=A_WHILE
    )


def controls(page: Page):
    return page.locator("#main a.hear[data-play]")


def test_file_plays_on_through_pages_back_and_forward(open_page: Open, house: House, two) -> None:
    asked: list[tuple[str, int]] = []
    page = open_album(open_page, house)
    page.on("response", lambda answer: asked.append((urlsplit(answer.url).path, answer.status)))
    expect(page.locator("#player")).to_be_hidden()
    expect(controls(page)).to_have_count(2)

    controls(page).first.focus()
    page.keyboard.press("Enter")
    plays(page)
    expect(page.locator("#player-title")).to_have_text(str(two[0].track))
    assert urlsplit(page.url).path == house.urls["album"], "the page stays"
    page.get_by_role("link", name="History").first.click()
    expect(page.locator("#main h1")).to_have_text("History")
    page.go_back()
    expect(controls(page)).to_have_count(2, timeout=A_WHILE)
    expect(controls(page).first).to_have_attribute("data-playing", "")
    page.go_forward()
    expect(page.locator("#main h1")).to_have_text("History")
    at = page.evaluate("heard[0].currentTime")
    plays(page, at)

    page.locator("#player-title").click()
    expect(page.locator("#main h1")).to_have_text(str(two[0].track))
    plays(page, at)
    assert page.evaluate("heard.length") == 1
    assert {status for path, status in asked if path.startswith("/media/")} == {206}


def test_place_beyond_the_first_part_is_reached_and_the_next_track_follows(open_page: Open, house: House, two) -> None:
    page = open_album(open_page, house)
    page.locator("#main [data-play-all]").click()
    plays(page)

    page.locator("#player-seek").fill(str(SECONDS - 3))
    plays(page, SECONDS - 3)
    expect(page.locator("#player-title")).to_have_text(str(two[1].track), timeout=A_WHILE)
    plays(page)
    expect(page.locator("#player-next")).to_be_disabled()
    page.locator("#player-back").click()
    page.wait_for_function("() => heard[0].currentTime < 3")


def test_space_belongs_to_whatever_has_the_focus_and_else_to_the_player(open_page: Open, house: House, two) -> None:
    page = open_album(open_page, house)
    controls(page).first.click()
    plays(page)
    page.locator("#q").focus()
    page.keyboard.press("Space")
    assert page.locator("#q").input_value() == " "
    assert not page.evaluate("heard[0].paused")

    page.locator("#main").focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => heard[0].paused")
    expect(page.locator("#player-toggle")).to_have_attribute("aria-label", "Play")
    page.keyboard.press("Space")
    plays(page)


def test_what_was_heard_is_there_after_a_reload_and_waits(open_page: Open, house: House, two) -> None:
    asked: list[str] = []
    page = open_album(open_page, house)
    controls(page).first.click()
    plays(page, 1)
    page.locator("#player-toggle").click()
    page.wait_for_function("() => heard[0].paused")
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))

    page.goto("/history/")
    expect(page.locator("#player-title")).to_have_text(str(two[0].track))
    expect(page.locator("#player-now")).not_to_have_text("0:00")
    assert page.evaluate("heard[0].paused && heard[0].getAttribute('src') === null")
    assert not [path for path in asked if path.startswith("/media/")]

    page.get_by_role("button", name="Up next").click()
    expect(page.locator("#up-next li")).to_have_count(1)
    page.get_by_role("button", name="Close the player").focus()
    page.keyboard.press("Escape")
    page.locator("#player-toggle").click()
    plays(page, 1)
    assert page.evaluate("navigator.mediaSession.metadata.title") == str(two[0].track)


def test_up_next_is_jumped_to_cleared_and_closed_by_keyboard(open_page: Open, house: House, two) -> None:
    page = open_album(open_page, house)
    controls(page).first.click()
    plays(page)

    page.get_by_role("button", name="Up next").press("Enter")
    page.locator("#up-next li button").press("Enter")
    expect(page.locator("#player-title")).to_have_text(str(two[1].track))
    expect(page.locator("#up-next-none")).to_be_visible()
    plays(page)
    page.get_by_role("button", name="Close the player").press("Enter")
    expect(page.locator("#player")).to_be_hidden()
    assert page.evaluate("heard[0].paused")


def test_file_that_is_gone_is_said_in_words(open_page: Open, house: House, two, settings) -> None:
    page = open_album(open_page, house, but="Failed to load resource")
    (settings.LIBRARY / two[0].path).unlink()

    controls(page).first.click()

    expect(page.locator("#player-words")).to_contain_text("not in the library folder any more", timeout=A_WHILE)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", ["phone", "wide"])
def test_player_passes_axe_and_fits(open_page: Open, house: House, two, theme: str, size: str) -> None:
    page = open_album(open_page, house, size=SIZES[size], theme=theme, reduced_motion="reduce")
    controls(page).first.click()
    plays(page)

    assert [one for one in violations(page) if "player" in one] == []
    page.get_by_role("button", name="Up next").click()
    assert [one for one in violations(page) if "up-next" in one] == []
    menu, bar = page.locator("#up-next").bounding_box(), page.locator("#player").bounding_box()
    assert menu
    assert bar
    assert bar["y"] - 20 <= menu["y"] + menu["height"] <= bar["y"], "it opens just above the bar"
    expect(page.locator("#player-close")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 320, "height": 700})
    page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
    box = page.locator("#player").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    for name in ("#player-toggle", "#player-next", "#player-seek", "[popovertarget=up-next]"):
        part = page.locator(name).bounding_box()
        assert part, name
        assert 0 <= part["x"] <= part["x"] + part["width"] <= 320, name


def test_control_without_script_is_a_plain_link_to_the_sound(open_page: Open, house: House, two) -> None:
    page = open_page(house.urls["album"], java_script_enabled=False)

    answer = page.request.get(controls(page).first.get_attribute("href") or "", timeout=A_WHILE)

    assert (answer.status, answer.headers["content-type"]) == (200, "audio/wav")
    expect(page.locator("#player")).to_be_hidden()
