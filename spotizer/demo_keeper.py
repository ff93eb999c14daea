"""Keeps the demo's sandbox running while anybody uses it, and ends it with the last user. A program of its own.

demo_keeper.py BASE_FOLDER DEMO_FOLDER
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

LOOK_SECONDS = 0.5
STOP_SECONDS = 3.0


def main() -> None:
    base, folder = Path(sys.argv[1]), Path(sys.argv[2])
    note = folder / "sandbox.json"
    port = port_of_last_time(note) or free_port()
    sandbox = start(base, folder, port)
    note.write_text(json.dumps({"url": f"http://127.0.0.1:{port}", "keeper": os.getpid()}), "utf-8")
    with (folder / "sandbox.users").open("w") as users:
        while not nobody_is_left(users):
            time.sleep(LOOK_SECONDS)
            if sandbox.poll() is not None:
                sandbox = start(base, folder, port)
        # The lock is ours now: whoever comes waits for it, and then starts a sandbox anew.
        note.write_text(json.dumps({"port": port}), "utf-8")
        stop(sandbox)


def nobody_is_left(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def port_of_last_time(note: Path) -> int | None:
    """Addresses of the sandbox that a browser remembers go on working."""
    try:
        content = json.loads(note.read_text("utf-8"))
        port = int(content.get("port") or content["url"].rpartition(":")[2])
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except (OSError, ValueError, KeyError):
        return None
    return port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(base: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "sandbox", "serve", "--port", str(port), "--cache", str(folder / "sandbox")]
    return subprocess.Popen(command, cwd=base, preexec_fn=end_with_parent)


def end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def stop(sandbox: subprocess.Popen[bytes]) -> None:
    sandbox.terminate()
    try:
        sandbox.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        sandbox.kill()
        sandbox.wait()


if __name__ == "__main__":
    main()
