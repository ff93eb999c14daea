"""Selection, order and undo in a real browser, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from downloads.models import Download, Status
from tests.browser.conftest import SIZES, Open
from tests.browser.test_access import violations
from tests.downloads.make import make_download, make_request, make_track, make_wish

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Ebb", "Flow", "Tide", "Swell", "Calm")


@pytest.fixture
def rows(owner) -> list[Download]:
    return [make_download(make_track(name), position=place * 1000) for place, name in enumerate(NAMES)]


def titles(page: Page) -> list[str]:
    return page.locator("#waiting .row-title a").all_inner_texts()


def ticked(page: Page) -> int:
    return page.locator('#queue .check[name="ids"]:checked').count()


def test_ticks_extend_outlive_a_swap_and_are_undone(open_page: Open, rows: list[Download]) -> None:
    page = open_page("/queue/")
    expect(page.locator("#bulk")).to_be_hidden()

    page.get_by_label("Select Ebb").click()
    page.get_by_label("Select Tide").click(modifiers=["Shift"])
    expect(page.locator("#ticked")).to_have_text("3 selected")
    with page.expect_response("**/queue/"):
        page.evaluate("htmx.trigger(document.body, 'live:reload')")
    expect(page.locator("#ticked")).to_have_text("3 selected")
    assert ticked(page) == 3

    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("3 removed from the queue.")
    expect(page.locator("#bulk")).to_be_hidden()
    expect(page.locator("#waiting .job")).to_have_count(2)
    expect(page.locator("#queue h1")).to_be_focused()

    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#waiting .job")).to_have_count(5)
    assert titles(page) == list(NAMES)


def test_keyboard_selects_everything_and_escape_lets_go(open_page: Open, rows: list[Download]) -> None:
    for _ in range(60):
        make_download(position=10_000)
    page = open_page("/queue/?show=waiting")

    page.locator("#main").focus()
    page.keyboard.press("Control+a")
    expect(page.locator("#ticked")).to_have_text("65 selected")
    expect(page.locator("#spoken")).to_have_text("65 selected")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert ticked(page) == 1
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Pause", exact=True).click()

    expect(page.locator(".toast")).to_contain_text("65 paused.")
    assert Download.objects.filter(status=Status.PAUSED).count() == 65


def test_row_is_moved_by_keys_and_it_is_spoken(open_page: Open, rows: list[Download]) -> None:
    page = open_page("/queue/")
    grip = page.get_by_role("button", name="Move Tide")
    grip.focus()

    page.keyboard.press("ArrowUp")
    expect(page.locator("#spoken")).to_have_text("Tide is now before Flow.")
    expect(grip).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#spoken")).to_have_text("Tide is now after Calm.")
    page.keyboard.press("Home")
    expect(page.locator("#spoken")).to_have_text("Tide is now before Ebb.")
    expect(grip).to_be_focused()

    page.reload()
    assert titles(page) == ["Tide", "Ebb", "Flow", "Swell", "Calm"]


def test_row_is_dragged_to_its_place(open_page: Open, rows: list[Download]) -> None:
    page = open_page("/queue/")

    with page.expect_response("**/queue/act/"):
        page.get_by_role("button", name="Move Calm").drag_to(
            page.locator(f"#download-{rows[1].pk}"), target_position={"x": 200, "y": 4}
        )

    page.reload()
    assert titles(page) == ["Ebb", "Calm", "Flow", "Tide", "Swell"]


def test_album_opens_in_place_and_keeps_the_focus(open_page: Open, rows: list[Download]) -> None:
    request = make_wish(rows[0], request=make_request(kind="album", title="Perigee", stage="running", total=0))
    page = open_page("/queue/")

    page.get_by_label("Tracks of Perigee").click()
    expect(page.locator(f"#part-{rows[0].pk}")).to_be_visible()
    expect(page.locator(f"#open-{request.pk}")).to_be_focused()
    page.locator(f"#open-{request.pk}").click()
    expect(page.locator("#parts")).to_have_count(0)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", ["phone", "wide"])
def test_bar_and_open_album_pass_axe_and_fit(open_page: Open, rows: list[Download], theme: str, size: str) -> None:
    request = make_wish(rows[0], request=make_request(kind="album", title="Perigee", stage="running", total=0))
    page = open_page(f"/queue/?open={request.pk}", size=SIZES[size], theme=theme, reduced_motion="reduce")
    page.get_by_label("Select Ebb").click()

    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # what lies half under the floating bar is no finding
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert not page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")


def test_bulk_works_without_script(open_page: Open, rows: list[Download]) -> None:
    page = open_page("/queue/", java_script_enabled=False)

    page.get_by_label("Select Ebb").check()
    page.get_by_label("Select Flow").check()
    page.get_by_role("button", name="Pause", exact=True).click()

    expect(page.locator(".message")).to_contain_text("2 paused.")


def test_open_album_stays_open_when_rows_come_and_go(open_page: Open, rows: list[Download]) -> None:
    request = make_wish(rows[0], request=make_request(kind="album", title="Perigee", stage="running", total=0))
    page = open_page("/queue/")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url.partition("/queue/")[2]) if "/queue/" in one.url else None)

    page.get_by_label("Tracks of Perigee").click()
    expect(page.locator(f"#part-{rows[0].pk}")).to_be_visible()
    assert asked == [f"requests/{request.pk}/?open={request.pk}"]
    expect(page).to_have_url(f"{page.url.partition('/queue/')[0]}/queue/?open={request.pk}")
    with page.expect_response(f"**/queue/?open={request.pk}"):
        page.evaluate("htmx.trigger(document.body, 'live:reload')")
    expect(page.locator(f"#part-{rows[0].pk}")).to_be_visible()


def test_phone_orders_by_one_place_from_the_row_s_menu(open_page: Open, rows: list[Download]) -> None:
    page = open_page("/queue/", size=SIZES["phone"])

    page.get_by_role("button", name="More for Tide").click()
    menu = page.locator("#row-menu")
    expect(menu.get_by_role("button", name="Move up")).to_be_focused()
    assert violations(page) == []
    with page.expect_response("**/queue/act/"):
        menu.get_by_role("button", name="Move up").click()
    expect(menu).to_be_hidden()
    expect(page.locator("#waiting .row-title a").nth(1)).to_have_text("Tide")

    assert titles(page) == ["Ebb", "Tide", "Flow", "Swell", "Calm"]


def test_focus_goes_to_the_next_row_when_its_own_is_gone(open_page: Open, rows: list[Download]) -> None:
    page = open_page("/queue/")

    page.get_by_role("button", name="Cancel Flow").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#waiting .job")).to_have_count(4)

    expect(page.locator("#waiting .job").nth(1).locator("button, a").first).to_be_focused()
    assert page.locator("#waiting .job").nth(1).inner_text().startswith("Tide")
