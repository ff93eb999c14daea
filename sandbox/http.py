"""Requests, answers and routes of the stand-ins: plain values, so a service's module is functions and tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, object] | list[object]


@dataclass(slots=True)
class Request:
    """One request as a service sees it; ``path`` begins behind the host."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: bytes
    origin: str  # the sandbox's own address, for what a plain client must reach without rewriting
    scale: float = 1.0  # a fault asks for media of another length

    def json(self) -> dict[str, object]:
        """The body as an object; empty where it is none."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    def integer(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        """A number of the query; raises BadParameter where it is none or out of range."""
        text = self.query.get(name)
        if text is None:
            return default
        if not re.fullmatch(r"-?\d{1,12}", text):
            raise BadParameter(name, text)
        number = int(text)
        if number < least or (most is not None and number > most):
            raise BadParameter(name, text)
        return number


@dataclass(slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    accepts_ranges: bool = False
    # What happens on the wire; faults set these.
    cut_percent: float | None = None  # close the connection after this much of the body
    stall_percent: float | None = None  # after this much say nothing for stall_seconds, then close
    stall_seconds: float = 30.0
    bytes_per_second: int | None = None
    is_reset: bool = False  # no answer at all: the connection is reset
    is_broken: bool = False  # where it is cut the connection is reset, not closed


class BadParameter(Exception):
    """A parameter that the real service would refuse, or does not have."""

    def __init__(self, name: str, value: str = "") -> None:
        super().__init__(f"{name}={value}")
        self.name = name
        self.value = value


class Answer(Exception):
    """Raised by helpers deep in a handler: this is the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def as_json(value: object, status: int = 200, **headers: str) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, body, headers={name.replace("_", "-"): text for name, text in headers.items()})


def as_text(text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8", **headers: str) -> Response:
    return Response(status, text.encode(), content_type, {n.replace("_", "-"): t for n, t in headers.items()})


def as_html(text: str, status: int = 200, **headers: str) -> Response:
    return as_text(f"<!doctype html>\n{text}", status, "text/html; charset=utf-8", **headers)


def redirect(location: str, status: int = 302) -> Response:
    return Response(status, b"", "text/html; charset=utf-8", {"Location": location})


Handler = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    parameters: frozenset[str] | None  # None: any
    handler: Handler


class Service:
    """The routes of one host and what it does with a request that none of them fits."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts
        self.routes: list[Route] = []
        self.guard: Callable[[World, Request], Response | None] = lambda world, request: None
        self.not_found: Callable[[Request], Response] = lambda request: as_json({"error": "no such path"}, 404)
        self.bad_parameter: Callable[[BadParameter], Response] = lambda error: as_json(
            {"error": f"bad parameter {error}"}, 400
        )

    def route(
        self, pattern: str, *, parameters: Iterable[str] | None = (), methods: str = "GET"
    ) -> Callable[[Handler], Handler]:
        """Register a handler for a path. ``parameters`` are the names that the service knows; others are refused."""

        def register(handler: Handler) -> Handler:
            known = None if parameters is None else frozenset(parameters)
            for method in methods.split():
                self.routes.append(Route(method, re.compile(pattern), known, handler))
            return handler

        return register

    def answer(self, world: World, request: Request) -> Response:
        refusal = self.guard(world, request)
        if refusal is not None:
            return refusal
        wrong_method = False
        for route in self.routes:
            match = route.pattern.fullmatch(request.path)
            if match is None:
                continue
            if route.method != request.method and not (request.method == "HEAD" and route.method == "GET"):
                wrong_method = True
                continue
            try:
                self._check(route, request)
                return route.handler(world, request, *match.groups())
            except BadParameter as error:
                return self.bad_parameter(error)
            except Answer as answer:
                return answer.response
        return as_json({"error": "method not allowed"}, 405) if wrong_method else self.not_found(request)

    @staticmethod
    def _check(route: Route, request: Request) -> None:
        for name in request.query if route.parameters is not None else ():
            if name not in route.parameters:  # type: ignore[operator]
                raise BadParameter(name, request.query[name])
