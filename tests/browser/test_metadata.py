"""The page of conflicts in a browser: taken by a press, many at once, undone, with and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from catalog.models import Conflict
from tests.browser.conftest import Open
from tests.catalog.metadata.said import disputed_albums
from tests.fixtures_pages import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(owner):
    return owner


def test_a_value_is_taken_the_row_goes_and_undo_brings_it_back(open_page: Open, house: House) -> None:
    page = open_page(house.urls["metadata"])
    conflict = house.album.conflicts.get(field="label")
    row = page.locator(f"#conflict-{conflict.pk}")

    row.get_by_role("button", name="Take what Deezer says").click()
    expect(page.locator(".toast")).to_contain_text("as Deezer says it")
    expect(row).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()

    expect(row).to_be_visible()
    conflict.refresh_from_db()
    assert conflict.state == "open"


def test_ticked_rows_are_settled_at_once_by_keyboard_too(open_page: Open, house: House) -> None:
    disputed_albums(3)
    page = open_page(house.urls["metadata"] + "?what=album.label")
    expect(page.locator(".bulk")).to_be_hidden()

    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#ticked")).to_have_text("1 selected")
    page.locator("#tick-all").check()
    expect(page.locator("#ticked")).to_have_text("4 selected")
    page.get_by_role("button", name="Prefer MusicBrainz").click()

    expect(page.locator("#conflict-list")).to_contain_text("Nothing like that")
    assert Conflict.objects.filter(field="label", state="by_hand").count() == 4


def test_an_own_value_is_written_without_script(open_page: Open, house: House) -> None:
    page = open_page(house.urls["metadata"], java_script_enabled=False)
    row = page.locator(f"#conflict-{house.album.conflicts.get(field='label').pk}")

    row.locator("summary").click()
    row.locator('input[name="value"]').fill("Mine")
    row.get_by_role("button", name="Use it").click()

    expect(page.locator(".message")).to_contain_text("Label is what you wrote.")
    house.album.refresh_from_db()
    assert house.album.label == "Mine"
    page.locator(".message").get_by_role("button", name="Undo").click()
    expect(page.locator(".message")).to_contain_text("1 field as before.")
