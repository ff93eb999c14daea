"""The HTTP server: one thread per connection, HTTP/1.1 with keep-alive, ranges, and faults on the wire."""

from __future__ import annotations

import re
import socket
import struct
import sys
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox import control, faults
from sandbox.http import Request, Response, Service, as_json
from sandbox.log import Line
from sandbox.services import SERVICES
from sandbox.world import World

BLOCK = 65_536
LARGEST_BODY = 4_000_000


class Server(ThreadingHTTPServer):
    """A sandbox that listens on the loopback. Port 0 takes a free one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, world: World, port: int = 0) -> None:
        self.world = world
        self.stopping = threading.Event()
        self.services: dict[str, Service] = {host: service for service in SERVICES for host in service.hosts}
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def server_bind(self) -> None:
        """Bind without asking a name server for our own name, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a bug and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def run_in_thread(self) -> threading.Thread:
        thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="sandbox", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    wbufsize = 0
    disable_nagle_algorithm = True
    timeout = 120

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the console: the sandbox has its own log."""

    def _serve(self) -> None:
        began = time.time()
        parts = urlsplit(self.path)
        host, _, path = parts.path.lstrip("/").partition("/")
        request = self._request(host, f"/{path}", parts.query)
        if request is None:
            return
        if host == "_control":
            self._send(control.answer(self.server.world, request), began, "", is_logged=False)
            return
        place = f"{host}{request.path}"
        fault = self.server.world.faults.take(self.command, f"{place}?{parts.query}" if parts.query else place)
        if fault is not None and fault.kind == "wrong_duration":
            request.scale = fault.percent / 100
        if fault is None or fault.kind == "wrong_duration":
            response = self._answer(request)
        else:
            response = faults.spoil(fault, partial(self._answer, request))
        self._send(response, began, fault.kind if fault else "")

    def _request(self, host: str, path: str, query: str) -> Request | None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.send_error(413)
            self.close_connection = True
            return None
        return Request(
            method=self.command,
            host=host,
            path=unquote(path),
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
            origin=self.server.url,
        )

    def _answer(self, request: Request) -> Response:
        services = self.server.services
        # A host may stand for all that are right below it.
        service = services.get(request.host) or services.get(f"*.{request.host.partition('.')[2]}")
        if service is None:
            return as_json({"error": f"the sandbox does not play {request.host}"}, 404)
        return service.answer(self.server.world, request)

    def _send(self, response: Response, began: float, fault: str, *, is_logged: bool = True) -> None:
        answer = response if response.is_reset else _ranged(response, self.headers.get("Range"))
        line = self._log(answer, began, fault) if is_logged else None
        try:
            if answer.is_reset:
                self._reset()
            else:
                sent = self._write(answer)
                if line is not None:
                    line.bytes_sent = sent
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _log(self, response: Response, began: float, fault: str) -> Line:
        parts = urlsplit(self.path)
        return self.server.world.log.add(
            method=self.command,
            path=unquote(parts.path.lstrip("/")),
            query=parts.query,
            status=0 if response.is_reset else response.status,
            began=began,
            fault=fault,
            agent=self.headers.get("User-Agent", ""),
        )

    def _write(self, response: Response) -> int:
        body = response.body
        head = [f"HTTP/1.1 {response.status} {self.responses.get(response.status, ('',))[0]}"]
        headers = {"Content-Type": response.content_type, "Content-Length": str(len(body)), **response.headers}
        if response.accepts_ranges:
            headers["Accept-Ranges"] = "bytes"
        head.extend(f"{name}: {value}" for name, value in headers.items())
        start = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1", "replace")
        if self.command == "HEAD":
            self.wfile.write(start)
            return 0
        stop = min(_place(response.cut_percent, len(body)), _place(response.stall_percent, len(body)))
        if stop == len(body) and response.bytes_per_second is None and len(body) <= BLOCK:
            self.wfile.write(start + body)
            return len(body)
        self.wfile.write(start)
        self._write_slowly(memoryview(body)[:stop], response.bytes_per_second)
        if response.stall_percent is not None:
            self.server.stopping.wait(response.stall_seconds)
        if stop < len(body) and response.is_broken:
            self.wfile.flush()
            self._reset()
        elif stop < len(body) or response.stall_percent is not None:
            self.close_connection = True
        return stop

    def _write_slowly(self, body: memoryview, pace: int | None) -> None:
        """All of ``body``, at most ``pace`` bytes a second where one is given."""
        block = BLOCK if pace is None else max(1, pace // 20)
        for start in range(0, len(body), block):
            self.wfile.write(body[start : start + block])
            if pace is not None and self.server.stopping.wait(block / pace):
                return

    def _reset(self) -> None:
        """Close so that the other side sees a reset connection, not an empty answer."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _place(percent: float | None, size: int) -> int:
    return size if percent is None else int(size * percent / 100)


def _ranged(response: Response, asked: str | None) -> Response:
    """The part that a Range header asks for: 206, or 416 where there is no such part."""
    if not response.accepts_ranges or response.status != 200 or not asked:
        return response
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.strip())
    if match is None or not any(match.groups()):
        return response
    size = len(response.body)
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    if start >= size or start > end:
        response.status, response.body = 416, b""
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    response.status = 206
    response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    response.body = response.body[start : end + 1]
    return response
