"""The page of the sources in a browser: a test is pressed, and its steps come by themselves."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from playwright.sync_api import expect

from downloads.services import sources
from downloads.services.trying import trials
from tests.browser.conftest import Open

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chores(transactional_db, sandbox, settings, tmp_path):
    """A thread that runs trials, as the sweeper's does."""
    settings.DEMO, settings.WORK = True, tmp_path / "work"
    sources._kept.__dict__.clear()
    stop = threading.Event()

    def run():
        try:
            while not stop.wait(0.1):
                trials.run_next()
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(60)


def test_steps_of_a_test_come_by_themselves_and_the_focus_stays(open_page: Open, chores) -> None:
    page = open_page("/sources/")
    button = page.locator("#test-internet_archive")

    button.focus()
    page.keyboard.press("Enter")

    trial = page.locator("#trial-internet_archive")
    expect(trial.locator(".trial-steps li")).to_have_count(3, timeout=60_000)
    expect(trial).to_contain_text("all is well", timeout=60_000)
    expect(button).to_be_focused()


def test_test_works_without_script(open_page: Open, chores) -> None:
    page = open_page("/sources/", java_script_enabled=False)

    page.locator("#test-lrclib").click()

    expect(page.locator(".messages")).to_contain_text("under way")
    expect(page.locator("#trial-lrclib")).to_contain_text("all is well", timeout=60_000)  # it reloads by itself
