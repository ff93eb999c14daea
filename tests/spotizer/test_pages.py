"""Every page: whole and as a part, under the policy, within the budgets of interface.md."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import Person

KILOBYTE = 1024
HTMX = {"HX-Request": "true", "HX-Target": "main"}


class Page(HTMLParser):
    """What a page holds that matters here: elements, inline code, addresses."""

    VOID = {"meta", "link", "input", "img", "br", "hr", "use"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.addresses: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.texts = html
        self._open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._open = tag if tag in {"script", "style"} else ""
        if "style" in values or any(name.startswith(("on", "hx-on")) for name in values):
            self.inline.append(f"<{tag} {values}>")
        for name in ("src", "href", "action", "srcset", "hx-get", "hx-post", "poster", "data"):
            if values.get(name):
                self.addresses.append((tag, values[name]))
        if values.get("id"):
            self.ids.append(values["id"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.inline.append(data)


PAGES = [
    "home",
    "search",
    "album",
    "artist",
    "track",
    "playlist",
    "queue",
    "queue_failed",
    "queue_done",
    "download",
    "history",
    "history_filtered",
]


@pytest.mark.parametrize("name", PAGES)
def test_page_asked_plainly_is_whole_and_keeps_to_the_policy(visitor: Client, house, name: str) -> None:
    response = visitor.get(house.urls[name], headers={"Accept": "text/html"})
    page = Page(response.content.decode())

    assert response.status_code == 200
    assert page.inline == []
    foreign = [(tag, url) for tag, url in page.addresses if not url.startswith(("/", "#")) and tag != "a"]
    assert foreign == []
    assert len(page.ids) == len(set(page.ids)), "an id stands twice"
    assert page.headings.count(1) == 1
    assert "HX-Request" in response["Vary"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", PAGES)
def test_page_asked_for_main_gives_its_content_with_title_and_navigation(visitor: Client, house, name: str) -> None:
    response = visitor.get(house.urls[name], headers=HTMX)
    html = response.content.decode()

    assert response.status_code == 200
    assert "<html" not in html
    assert "<title>" in html
    assert 'id="nav"' in html
    assert 'hx-swap-oob="true"' in html
    assert Page(html).inline == []


def test_page_restored_by_history_is_whole(visitor: Client, house) -> None:
    html = visitor.get("/queue/", headers={**HTMX, "HX-History-Restore-Request": "true"}).content.decode()

    assert "<html" in html


def test_part_asked_alone_has_no_shell(visitor: Client, house) -> None:
    html = visitor.get("/queue/", headers={"HX-Request": "true", "HX-Target": "queue"}).content.decode()

    assert html.lstrip().startswith('<div id="queue"')
    assert 'id="nav"' not in html


def test_htmx_is_configured_without_eval_or_injected_styles(visitor: Client) -> None:
    html = visitor.get("/").content.decode()
    config = re.search(r"name=\"htmx-config\" content='([^']+)'", html)

    assert config is not None
    for wish in ('"includeIndicatorStyles":false', '"allowEval":false', '"selfRequestsOnly":true'):
        assert wish in config[1]


def test_home_on_the_first_day_offers_examples(visitor: Client) -> None:
    html = visitor.get("/").content.decode()

    assert html.count('class="panel"') == 3
    assert "What do you want to hear?" in html


def test_theme_chosen_is_kept_on_the_account_and_in_the_page(visitor: Client, person: Person) -> None:
    response = visitor.post(reverse("theme"), {"theme": "light", "next": "/queue/"})

    assert response.status_code == 302
    assert response["Location"] == "/queue/"
    assert 'data-theme="light"' in visitor.get("/").content.decode()


def test_theme_that_does_not_exist_is_refused(visitor: Client, person: Person) -> None:
    assert visitor.post(reverse("theme"), {"theme": "plaid"}).status_code == 400


def test_next_of_another_site_is_not_followed(visitor: Client) -> None:
    response = visitor.post(reverse("theme"), {"theme": "dark", "next": "https://evil.example/"})

    assert response["Location"] == "/"


@override_settings(DEBUG=True)
def test_style_guide_shows_every_component(visitor: Client) -> None:
    response = visitor.get("/styleguide/")

    assert response.status_code == 200
    assert Page(response.content.decode()).inline == []


def test_style_guide_outside_debug_is_not_there(visitor: Client) -> None:
    assert visitor.get("/styleguide/").status_code == 404


@pytest.mark.parametrize(
    ("address", "code"),
    [("/nothing/", 404), ("/albums/zzzzz9-x/", 404), ("/queue/99999/", 404), ("/art/aa/5.webp", 404)],
)
def test_address_without_a_page_says_so_with_its_code(visitor: Client, address: str, code: int) -> None:
    response = visitor.get(address)

    assert response.status_code == 404
    assert "Nothing is here" in response.content.decode()


def test_fault_of_our_own_has_a_page_that_needs_no_database(visitor: Client) -> None:
    from django.test import RequestFactory

    from spotizer.pages import server_error

    response = server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert b"Something broke" in response.content


def test_form_without_token_is_refused_with_a_way_on(person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    response = client.post(reverse("theme"), {"theme": "dark"})

    assert response.status_code == 403
    assert "reload the page" in response.content.decode()


# --- budgets ---------------------------------------------------------------------------------------------------------


def zipped(*names: str) -> int:
    return sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes(), 9)) for name in names)


@pytest.mark.parametrize(
    ("names", "most"),
    [
        (["css/app.css"], 16),
        (["js/app.js"], 8),
        (["js/player.js"], 5),
        (["django_htmx/htmx-2.min.js", "vendor/idiomorph/idiomorph-ext.min.js"], 21),
        (["icons.svg"], 8),
    ],
)
def test_static_files_stay_within_their_budget(names: list[str], most: int) -> None:
    assert zipped(*names) <= most * KILOBYTE


@pytest.mark.parametrize("name", ["home", "search", "album", "queue", "history"])
def test_first_page_stays_within_its_budget(visitor: Client, house, name: str) -> None:
    body = visitor.get(house.urls[name]).content

    assert len(gzip.compress(body, 6)) <= 20 * KILOBYTE


def test_first_view_asks_for_six_files_at_most(visitor: Client, house) -> None:
    page = Page(visitor.get(house.urls["queue"]).content.decode())
    files = {url.split("#")[0] for tag, url in page.addresses if tag in {"link", "script", "use"}}

    assert len(files - {"/static/logo.svg"}) <= 5  # and the page itself


def test_vendored_files_are_what_their_checksum_says() -> None:
    from hashlib import sha256

    for folder in (settings.BASE_DIR / "static/vendor/idiomorph", settings.BASE_DIR / "tests/vendor/axe-core"):
        assert (folder / "LICENSE").is_file()
        for line in (folder / "SHA256SUMS").read_text().splitlines():
            digest, name = line.split()
            assert sha256((folder / name).read_bytes()).hexdigest() == digest


# --- colours ---------------------------------------------------------------------------------------------------------

COLOUR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
SURFACES = ("bg-0", "bg-1", "bg-2", "bg-3")
TEXTS = ("text-1", "text-2", "text-3", "accent-text", "ok", "work", "warn", "bad")
GRAPHICS = ("accent-g", "line-strong", "focus")
PAIRS = [
    *((text, surface, 4.5) for text in TEXTS for surface in SURFACES),
    *((graphic, surface, 3.0) for graphic in GRAPHICS for surface in SURFACES),
    *((tone, f"{tone}-soft", 4.5) for tone in ("ok", "work", "warn", "bad")),
    *(("text-1", f"{tone}-soft", 4.5) for tone in ("ok", "work", "warn", "bad")),
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-hover", 4.5),
]


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2, definition of contrast ratio."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_of_the_css_file_have_enough_contrast(theme: str) -> None:
    css = Path(str(finders.find("css/app.css"))).read_text()
    colours = {name: light if theme == "light" else dark for name, light, dark in COLOUR.findall(css)}

    weak = [
        f"{front} on {back}: {contrast(colours[front], colours[back]):.2f}"
        for front, back, least in PAIRS
        if contrast(colours[front], colours[back]) < least
    ]

    assert weak == []
