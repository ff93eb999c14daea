"""How a client that knows only real addresses reaches the sandbox: an adapter that puts its address in front."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter


class Rewrite(HTTPAdapter):
    def __init__(self, base: str) -> None:
        self.base = base
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        real = request.url or ""
        request.url = f"{self.base}/{real.removeprefix('https://')}"
        response = super().send(request, *args, **more)
        response.url = real  # so that relative redirects and links stay in the real world
        return response


def session(base: str) -> requests.Session:
    """A session whose every https request goes to the sandbox."""
    made = requests.Session()
    made.mount("https://", Rewrite(base))
    return made
