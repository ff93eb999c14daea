"""A person at a browser who signs in to Spotify: our pages through Django's client, Spotify's over real HTTP."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import requests
from django.test import Client

SECRET = "5ec2e700000000000000000000000000"
HOST = "127.0.0.1:7171"


def use_app(settings, number: str = "1") -> None:
    """The app of the sandbox with this number: 1 new, 2 old, 3 extended, 4 without Premium, 5 without the person."""
    settings.SPOTIFY_CLIENT_ID = f"5a0d0b0c0000000000000000000000a{number}"
    settings.SPOTIFY_CLIENT_SECRET = SECRET[:-1] + number


def question(client: Client, *, host: str = HOST, query: str = "", **more) -> str:
    """The address at Spotify that our page leads to."""
    page = client.get(f"/account/spotify/{query}", headers={"host": host}, **more).content.decode()
    found = re.search(r'href="([^"]*/authorize\?[^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def consent(address: str, *, agree: bool = True) -> str:
    """The address to which Spotify sends the browser after its question."""
    asked = requests.get(address, timeout=60)
    assert asked.status_code == 200, asked.text
    link = html.unescape(re.findall(r'<a href="([^"]+)"', asked.text)[0 if agree else 1])
    back = requests.get(address.partition("?")[0] + link, allow_redirects=False, timeout=60)
    assert back.status_code == 302, back.text
    return back.headers["Location"]


def come_back(client: Client, location: str, **more):
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}", headers={"host": parts.netloc}, **more)


def sign_in(client: Client, *, what: str = "", agree: bool = True, **more):
    """The whole way; what our page says at its end."""
    return come_back(client, consent(question(client, query=what), agree=agree), follow=True, **more)
