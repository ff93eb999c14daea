"""The settings in a browser: what is not saved is counted and guarded, names are shown while they are typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from ops.services.changes import Way, change
from ops.settings import in_force
from tests.browser.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(owner):
    return owner


def test_changes_are_counted_saved_and_then_none(open_page: Open) -> None:
    page = open_page("/settings/quality/")
    expect(page.locator("#unsaved")).to_have_text("Nothing is changed")
    expect(page.locator("#setting-verify .by-hand")).to_be_hidden()

    page.get_by_label("Trim silence").check()
    page.get_by_label("FLAC").uncheck()
    page.get_by_label("Bitrate", exact=True).fill("320")
    expect(page.locator("#unsaved")).to_have_text("3 unsaved changes")
    page.get_by_label("Bitrate", exact=True).fill("0")
    expect(page.locator("#unsaved")).to_have_text("2 unsaved changes")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".message")).to_contain_text("Saved: “Formats”, “Trim silence”.")
    expect(page.locator("#unsaved")).to_have_text("Nothing is changed")
    assert (in_force.TRIM, "flac" in in_force.ALLOWED_FORMATS) == (True, False)


def test_leaving_with_unsaved_changes_asks_and_stays(open_page: Open) -> None:
    page = open_page("/settings/quality/")
    asked = []

    def stay(dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_label("Trim silence").check()
    page.locator(".tabs").get_by_text("Matching").click()
    expect(page.locator("#unsaved")).to_have_text("1 unsaved change")
    assert asked == ["Leave this page? 1 change is not saved."]

    page.get_by_role("link", name="Discard").click()
    expect(page.locator("#unsaved")).to_have_text("Nothing is changed")
    page.locator(".tabs").get_by_text("Matching").click()
    expect(page).to_have_title("Matching · Settings · Spotizer")
    assert len(asked) == 1


def test_field_is_checked_by_the_server_when_it_is_left(open_page: Open) -> None:
    page = open_page("/settings/matching/")
    field = page.get_by_label("Sure from")

    field.fill("850")
    page.keyboard.press("Tab")
    expect(page.locator("#said-match_threshold")).to_have_text("“850” cannot be. Write a whole number from 0 to 100.")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("70")
    page.keyboard.press("Tab")

    expect(page.locator("#said-match_threshold")).to_contain_text("fewer questions and more wrong recordings")
    expect(field).to_have_attribute("aria-invalid", "false")


def test_names_follow_the_template_while_it_is_typed_and_placeholders_go_where_the_cursor_is(open_page: Open) -> None:
    page = open_page("/settings/files/")
    field = page.get_by_role("textbox", name="Names", exact=True)

    field.fill("{Title}")
    field.press("Home")
    page.locator("#placeholders-name_template summary").click()
    page.locator('#placeholders-name_template [data-insert="{Year}"]').click()

    expect(field).to_have_value("{Year}{Title}")
    expect(page.locator("#said-name_template")).to_contain_text("2025Blue Door.opus")
    field.press_sequentially("{Nonsense}")
    expect(page.locator("#said-name_template .field-error")).to_contain_text("unknown placeholder")


def save_without_script(page: Page) -> None:
    page.locator("#settings-form .save-bar button").click()


def test_settings_work_without_script_with_enter_and_restore(open_page: Open) -> None:
    change({"COVER_PX": "700"}, way=Way.COMMAND)
    page = open_page("/settings/files/", java_script_enabled=False, but="400 (Bad Request)")

    expect(page.locator("#setting-stop_files .by-hand")).to_contain_text("With 0 nothing stops a job")
    page.get_by_label("Cover in the folder").uncheck()
    page.get_by_label("Stop at", exact=True).fill("9")
    page.get_by_label("Stop at", exact=True).press("Enter")
    expect(page.locator(".message")).to_contain_text("Saved: “Cover in the folder”, “Stop at”.")
    assert (in_force.SAVE_COVER, in_force.STOP_FILES, in_force.COVER_PX) == (False, 9, 700)

    page.get_by_role("button", name="Restore the default of Size of covers").click()
    expect(page.locator(".message")).to_contain_text("Saved: “Size of covers”.")
    page.get_by_label("Size of covers").fill("9")
    save_without_script(page)
    expect(page.locator(".field-error")).to_have_text("“9” cannot be. Write a whole number from 300 to 3000.")
    expect(page.get_by_label("Size of covers")).to_be_focused()


def test_sources_are_ordered_by_buttons_without_script(open_page: Open) -> None:
    page = open_page("/settings/sources/", java_script_enabled=False)

    page.get_by_role("button", name="Earlier YouTube", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("YouTube is asked as number 1.")
    page.get_by_role("button", name="I have read this: switch it on (SoundCloud)").click()

    expect(page.locator("#source-soundcloud .badge")).to_have_text("on")
    assert in_force.SOURCES[0] == "youtube"
    assert "soundcloud" in in_force.SOURCES
