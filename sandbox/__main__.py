"""``python -m sandbox serve``: the stand-ins as a process of their own."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from sandbox.server import Server
from sandbox.world import World


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    server = Server(World(seed=options.seed, cache=options.cache), options.port)
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    server.run_in_thread()
    if options.port_file:
        part = options.port_file.with_suffix(".part")
        part.write_text(f"{server.server_address[1]}\n")
        part.replace(options.port_file)
    print(f"sandbox at {server.url}", flush=True)
    stop.wait()
    server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description="Stand-ins of the outside services on the loopback.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve until SIGTERM")
    serve.add_argument("--port", type=int, default=0, help="0 takes a free one")
    serve.add_argument("--port-file", type=Path, help="where to write the port once it listens")
    serve.add_argument("--cache", type=Path, help="where made audio and pictures are kept")
    serve.add_argument("--seed", default="spotizer")
    return parser


if __name__ == "__main__":
    sys.exit(main())
