"""The pages of spellings can be used by everybody: axe, narrow screens, no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from library.models import AudioFile
from library.services import renaming
from library.tags import Tags
from tests.browser.conftest import SIZES, Open
from tests.browser.test_access import violations
from tests.browser.test_tags import shelf  # noqa: F401 - a fixture
from tests.library.collection import make_album, make_artist, own
from tests.library.shelf import Shelf

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/library/artists/"


@pytest.fixture
def addresses(shelf: Shelf) -> list[str]:  # noqa: F811
    for names in (("Bjork", "Björk"), ("Sigur Ros", "Sigur Rós")):
        for name, service in zip(names, ("deezer", "spotify"), strict=True):
            artist = make_artist(name, provider=service)
            for track in make_album(artist, f"{name} Rooms").tracks.all():
                place = f"{name}/{name} Rooms (2025)/{track.track_number:02} {track.title}.opus"
                own(shelf, track, path=place, tags=Tags(title=track.title, artist=name))
    make_artist("Nirvana", value="1"), make_artist("Nirvana", value="2")
    make_artist("Ｙｅｌｌｏ")
    sigur = list(AudioFile.objects.filter(path__startswith="Sigur").values_list("recording__artists", flat=True))
    naming = renaming.name_artist(set(sigur), "Sigur Rós", by_name="test")
    return [LIST, f"{LIST}{naming.pk}/"]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", ["phone", "wide"])
def test_pages_of_spellings_pass_axe(open_page: Open, addresses: list[str], theme: str, size: str) -> None:
    page = open_page("/", size=SIZES[size], theme=theme, reduced_motion="reduce")

    found = []
    for address in addresses:
        page.goto(address)
        found += [f"{address}: {violation}" for violation in violations(page)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [320, 390, 800, 1440])
def test_no_page_of_spellings_scrolls_sideways(open_page: Open, addresses: list[str], width: int) -> None:
    page = open_page("/", size=(width, 800))

    for address in addresses:
        page.goto(address)
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), address


@pytest.mark.parametrize("has_script", [True, False])
def test_artist_is_named_and_its_files_follow(open_page: Open, addresses: list[str], has_script: bool) -> None:
    page = open_page(LIST, java_script_enabled=has_script)

    page.get_by_role("button", name="Give this name to Björk").click()
    expect(page.locator("ins", has_text="Björk/Bjork Rooms (2025)/01 Door 1.opus")).to_be_visible()
    assert AudioFile.objects.filter(path__startswith="Bjork/").count() == 2
    page.get_by_role("button", name="Name the files").click()

    expect(page.locator(".message").first).to_contain_text("named anew")
    assert AudioFile.objects.filter(path__startswith="Björk/").count() == 4
