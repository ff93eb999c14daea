"""The socket that the web server gets: bound here, so that a taken port is said at once and in words."""

from __future__ import annotations

import errno
import http.client
import socket

from core.errors import UserError
from spotizer.hosts import WILDCARDS


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises UserError that says what is in the way and what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise UserError(
            f"SPOTIZER_HOST is {host!r}, which is no address of this machine.",
            remedy="127.0.0.1 is this machine alone, 0.0.0.0 is everybody in its networks.",
        ) from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        # Connections wait here until the web server is up, also while it starts anew.
        listener.listen(512)
    except OSError as exc:
        listener.close()
        raise _explained(exc, host, port) from None
    return listener


def _explained(exc: OSError, host: str, port: int) -> UserError:
    another = "Choose another port, for example SPOTIZER_PORT=7172 make run."
    if exc.errno == errno.EADDRINUSE:
        if _is_spotizer(host, port):
            return UserError(f"Spotizer already runs on port {port}.", remedy=f"Stop it first. {another}")
        return UserError(f"Port {port} is taken by another program.", remedy=another)
    if exc.errno == errno.EACCES:
        return UserError(f"Port {port} needs rights that this user has not.", remedy=another)
    if exc.errno == errno.EADDRNOTAVAIL:
        return UserError(
            f"SPOTIZER_HOST is {host!r}, which is no address of this machine.",
            remedy="127.0.0.1 is this machine alone, 0.0.0.0 is everybody in its networks.",
        )
    return UserError(f"Spotizer cannot listen on {host} port {port}: {exc.strerror}.", remedy=another)


def _is_spotizer(host: str, port: int) -> bool:
    try:
        return answers(host, port, seconds=1.0)
    except (OSError, http.client.HTTPException):
        return False


def answers(host: str, port: int, *, seconds: float) -> bool:
    """Whether the health check at this address says that pages can be served."""
    connection = http.client.HTTPConnection("127.0.0.1" if host in WILDCARDS else host, port, timeout=seconds)
    try:
        connection.request("GET", "/healthz/")
        response = connection.getresponse()
        return response.status == 200 and response.read() == b"ok\n"
    finally:
        connection.close()


def addresses(host: str, port: int) -> list[str]:
    """Where a browser finds the server."""
    if host in WILDCARDS:
        return [f"http://127.0.0.1:{port}", f"http://{socket.gethostname()}:{port}"]
    return [f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"]
