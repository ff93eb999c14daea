"""Refuses inner addresses: a pasted link must not make Spotizer ask the household's own machines (SSRF).

The name is resolved by us, every address it has is checked, and the connection is made to a checked address: a name
that resolves differently a moment later gains nothing. The check runs once per connection, so on redirects too.
"""

from __future__ import annotations

import ipaddress
import socket

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError

from core.errors import UserError

NAT64 = ipaddress.ip_network("64:ff9b::/96")


class InnerAddress(UserError):
    """The address belongs to this machine or its network, which outside links may not reach."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} is an address inside your own network, so Spotizer does not open it.",
            remedy="Use a public link of the service.",
        )


def is_outer(address: str) -> bool:
    """Whether ``address`` (an IP literal) is one of the public internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_outer(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def check_host(host: str) -> None:
    """Raise InnerAddress for what is inner by its spelling alone: an inner IP literal, ``localhost``, a bare name."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        last_label = name.rpartition(".")[2]
        # No public name is a single word, and none ends in a number: 127.1 and 2130706433 are spellings of loopback.
        is_numeric = last_label.isdigit() or last_label.startswith("0x")
        if "." not in name or is_numeric or last_label in {"localhost", "local", "internal", "lan", "home"}:
            raise InnerAddress(host) from None
    else:
        if not is_outer(name):
            raise InnerAddress(host)


def outer_addresses(host: str, port: int) -> list[str]:
    """The addresses of ``host``, all public. Raises InnerAddress where one of them is not, socket.gaierror for none."""
    check_host(host)
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(is_outer(address) for address in addresses):
        raise InnerAddress(host)
    return addresses


class _OuterOnly(HTTPConnection):
    """Connects to a checked address; the name stays what TLS and the Host header see."""

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            addresses = outer_addresses(name, self.port)
        except socket.gaierror as exc:
            raise NameResolutionError(self.host, self, exc) from exc
        error: NewConnectionError | None = None
        for address in addresses:
            self._dns_host = address
            try:
                return super()._new_conn()
            except NewConnectionError as exc:
                error = exc
            finally:
                self._dns_host = name
        raise error or NewConnectionError(self, f"{name} has no address")


class _OuterOnlyTls(_OuterOnly, HTTPSConnection):
    pass


class OuterHTTPPool(HTTPConnectionPool):
    ConnectionCls = _OuterOnly


class OuterHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _OuterOnlyTls
