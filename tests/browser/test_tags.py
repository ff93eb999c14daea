"""The pages of tags can be used by everybody: axe, narrow screens, the keyboard, no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from library.models import AudioFile
from library.tags import read_tags
from tests.browser.conftest import SIZES, Open
from tests.browser.test_access import violations
from tests.library.audio_files import make_audio
from tests.library.collection import make_album, make_artist, own
from tests.library.shelf import Shelf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shelf(settings, tmp_path) -> Shelf:
    settings.LIBRARY = tmp_path / "library"
    (settings.LIBRARY / ".spotizer").mkdir(parents=True)
    return Shelf(settings.LIBRARY, {"opus": make_audio(tmp_path / "sound.opus", seconds=1.0)})


@pytest.fixture
def addresses(shelf: Shelf) -> list[str]:
    album = make_album(make_artist(), count=3)
    for track in album.tracks.all():
        own(shelf, track)
    (shelf.root / AudioFile.objects.last().path).unlink()
    return [f"/library/tags/?album={album.key}", f"/library/tags/edit/?album={album.key}"]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", ["phone", "wide"])
def test_pages_of_tags_pass_axe(open_page: Open, addresses: list[str], theme: str, size: str) -> None:
    page = open_page("/", size=SIZES[size], theme=theme, reduced_motion="reduce")

    found = []
    for address in addresses:
        page.goto(address)
        found += [f"{address}: {violation}" for violation in violations(page)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [320, 390, 800, 1440])
def test_no_page_of_tags_scrolls_sideways(open_page: Open, addresses: list[str], width: int) -> None:
    page = open_page("/", size=(width, 800))

    for address in addresses:
        page.goto(address)
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), address


@pytest.mark.parametrize("has_script", [True, False])
def test_tags_are_set_by_hand_looked_at_and_written(
    open_page: Open, addresses: list[str], shelf: Shelf, has_script: bool
) -> None:
    page = open_page(addresses[0], java_script_enabled=has_script)

    page.get_by_role("link", name="Edit by hand").click()
    page.get_by_label("Label", exact=True).fill("By Hand & Sons")
    page.get_by_role("button", name="Look at the differences").click()
    expect(page.locator("ins", has_text="By Hand & Sons")).to_be_visible()
    page.get_by_role("button", name="Write 2 files").click()

    expect(page.locator(".message").first).to_contain_text("Tags of 2 files written.")
    said = {read_tags(path).label for path in shelf.root.rglob("*.opus") if ".spotizer" not in path.parts}
    assert said == {"By Hand & Sons"}
    page.locator(".message a", has_text="Undo").click()
    expect(page.get_by_role("button", name="Undo all 2")).to_be_visible()
