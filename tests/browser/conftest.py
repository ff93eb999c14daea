"""A real browser over the real server: Debian's chromium, signed in as the owner."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from accounts.models import Person
from downloads.services import draining
from downloads.services.worker import Worker

# Playwright's own loop runs in this thread; Django would take it for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = os.environ.get("SPOTIZER_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
SIZES = {"phone": (390, 844), "wide": (1440, 900)}
Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is here drives a browser: marked so, and skipped with its remedy where there is none."""
    here = str(Path(__file__).parent)
    missing = not Path(CHROMIUM).exists()
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason="no chromium: install it, or name it in SPOTIZER_CHROMIUM"))


@pytest.fixture(scope="session")
def playwright_here() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright_here: Playwright) -> Iterator[Browser]:
    browser = playwright_here.chromium.launch(executable_path=CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture
def owner(transactional_db) -> Person:
    return Person.objects.create_user("mara", password="harbour-lights", role=Person.Role.OWNER, is_staff=True)


@pytest.fixture
def open_page(chromium: Browser, live_server, owner: Person) -> Iterator[Open]:
    """Opens an address signed in; what the console calls an error fails the test at its end."""
    client = Client()
    client.force_login(owner)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_at(
        path: str, *, size: tuple[int, int] = SIZES["wide"], theme: str = "dark", but: str = "\0", **more: object
    ) -> Page:
        """``but``: what the console may say."""
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, base_url=live_server.url, **more
        )
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda said: errors.append(said.text) if said.type == "error" and but not in said.text else None
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_at
    seen = list(errors)  # closing a page breaks off what it asks just then
    for context in contexts:
        context.close()
    assert seen == []


@pytest.fixture
def workers(transactional_db) -> Iterator[None]:
    """Two workers in threads, as ``serve`` runs them in processes: they take what the pages ask for."""
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.wait(0.1):
                worker = Worker.here()
                draining.drain_requests(worker)
                draining.drain_downloads(worker)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join(60)
