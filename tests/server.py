"""A tiny web server for tests of the HTTP layer: each path answers as the test says. The services have the sandbox."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    drip_seconds: float = 0.0  # a pause between single bytes
    cut: bool = False  # break off in the middle


@dataclass
class Server:
    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    hang_up: int = 0  # so many requests get no answer at all

    def find(self, path: str) -> Answer:
        """The answer for this path: one that names some of its query goes before one that names none."""
        bare, _, query = path.partition("?")
        for key, answer in self.answers.items():
            wanted_path, _, wanted = key.partition("?")
            if wanted and wanted_path == bare and wanted in query.split("&"):
                return answer
        return self.answers.get(bare, Answer(404))

    def answer(self, path: str, body: Any = None, **more: Any) -> None:
        self.answers[path] = Answer(body={} if body is None else body, **more)


@contextmanager
def serve() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.do_GET()

        def do_GET(self) -> None:
            if server.hang_up > 0:
                server.hang_up -= 1
                self.close_connection = True
                return
            server.asked.append((self.path, dict(self.headers)))
            answer = server.find(self.path)
            raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw))}.items():
                self.send_header(name, answer.headers.get(name, value))
            for name, value in answer.headers.items():
                if name not in {"Content-Type", "Content-Length"}:
                    self.send_header(name, value)
            self.end_headers()
            if answer.cut:
                self.wfile.write(raw[: len(raw) // 2])
            elif answer.drip_seconds:
                self._drip(raw, answer.drip_seconds)
            else:
                self.wfile.write(raw)

        def _drip(self, raw: bytes, seconds: float) -> None:
            try:
                for byte in raw:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(seconds)
            except OSError:
                return

        def log_message(self, *args: object) -> None:
            """Quiet."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server = Server(f"http://127.0.0.1:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
