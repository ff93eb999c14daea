"""Signing in to Spotify in a browser, the straight way and the carried one, and what is then there to look at."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from accounts.models import SpotifyAccount
from tests.accounts.signing import use_app
from tests.browser.conftest import SIZES, Open
from tests.browser.test_access import violations

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = "/account/spotify/?for=playlists&for=liked&for=artists"


@pytest.fixture
def app(sandbox, settings) -> None:
    use_app(settings)


@pytest.fixture
def at_loopback(open_page: Open, live_server, app) -> Open:
    """Opens a page under the address that Spotify takes, signed in there."""
    base = f"http://127.0.0.1:{urlsplit(live_server.url).port}"

    def open_at(path: str, **more: object) -> Page:
        page = open_page("/account/", **more)
        cookie = next(one for one in page.context.cookies() if one["name"] == django_settings.SESSION_COOKIE_NAME)
        page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": base}])
        page.goto(f"{base}{path}")
        return page

    return open_at


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Go on to Spotify").click()
    page.get_by_role("link", name="Agree").click()
    expect(page.locator("h1")).to_be_visible(timeout=30_000)


def test_person_signs_in_and_downloads_an_own_list(at_loopback: Open, owner) -> None:
    page = at_loopback("/spotify/")

    page.get_by_role("link", name="Sign in to Spotify").click()
    sign_in(page)
    expect(page).to_have_title("Your Spotify · Spotizer")
    expect(page.locator("#toasts, .messages").first).to_contain_text("You are signed in to Spotify as Ida")
    card = page.locator(".card", has_text="My Mixtape")
    card.locator(".state-button").click()
    expect(card.locator(".state-button")).to_have_attribute("data-state", "queued")
    closed = page.locator(".card", has_text="Vera Holm Essentials")
    expect(closed.locator(".badge")).to_have_text("Closed")
    expect(closed.locator(".state-button")).to_have_count(0)


def test_person_who_cancels_at_spotify_is_told_kindly(at_loopback: Open) -> None:
    page = at_loopback("/account/spotify/")

    page.get_by_role("link", name="Go on to Spotify").click()
    page.get_by_role("link", name="Cancel").click()

    expect(page.locator(".messages, #toasts").first).to_contain_text("You did not agree at Spotify")
    expect(page.locator("#spotify .badge")).to_have_text("Not signed in")


@pytest.mark.parametrize("has_script", [True, False])
def test_dead_end_is_carried_over_by_hand(open_page: Open, app, owner, has_script: bool) -> None:
    """The live server is called localhost, to which Spotify sends nobody."""
    page = open_page("/account/spotify/", java_script_enabled=has_script)

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open Spotify").click()
    there = opened.value
    there.get_by_role("link", name="Agree").click()
    expect(there.locator("h1")).to_have_text("Almost there", timeout=30_000)
    page.locator("#pasted").fill(there.url)
    page.get_by_role("button", name="Finish").click()

    expect(page.locator("#spotify .badge")).to_have_text("Signed in")
    assert SpotifyAccount.objects.get(person=owner).name == "Ida"


def test_pages_pass_axe_and_fit_a_narrow_screen(at_loopback: Open, sandbox) -> None:
    found: list[str] = []

    def look(page: Page, name: str) -> None:
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found.extend(f"{name}, {theme}: {one}" for one in violations(page))
        page.set_viewport_size({"width": 320, "height": 700})
        if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{name} scrolls sideways")
        page.set_viewport_size({"width": SIZES["phone"][0], "height": SIZES["phone"][1]})

    page = at_loopback("/account/", size=SIZES["phone"])
    base = page.url.removesuffix("/account/")
    look(page, "account before")
    for path in ("/spotify/", "/account/spotify/", "/account/spotify/?way=paste"):
        page.goto(f"{base}{path}")
        look(page, path)
    page.goto(f"{base}{EVERYTHING}")
    sign_in(page)
    for path in ("/account/", "/spotify/", "/spotify/liked/", "/spotify/artists/"):
        page.goto(f"{base}{path}")
        look(page, f"{path} signed in")
    sandbox.mood(spotify_person="tom.lind")
    page.goto(f"{base}/account/spotify/")
    sign_in(page)
    expect(page.locator("#spotify")).to_contain_text("another Spotify account than before")
    look(page, "another account")

    assert not found, "\n".join(found)


def test_pages_work_without_script(at_loopback: Open, owner) -> None:
    page = at_loopback(EVERYTHING, java_script_enabled=False)
    sign_in(page)
    expect(page.locator("#spotify .badge")).to_have_text("Signed in")

    page.locator(".nav-link", has_text="Your Spotify").click()
    page.locator(".tabs a", has_text="Liked songs").click()
    expect(page.locator("h1")).to_have_text("Liked songs")
    page.goto(page.url.partition("/playlists")[0] + "/account/")
    page.get_by_role("button", name="Sign out of Spotify").click()

    expect(page.locator("#spotify .badge")).to_have_text("Not signed in")
    assert not SpotifyAccount.objects.exists()
