"""By which names this server may be called."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

WILDCARDS = {"", "0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to


def own_names(listens_on: str, origins: Iterable[str]) -> list[str]:
    """The names that need no setting: loopback, the machine's own, what it listens on, and the trusted origins'."""
    machine = socket.gethostname().lower()
    short = machine.partition(".")[0]
    names = ["localhost", machine, short, f"{short}.local"]
    names += [listens_on.lower()] if listens_on not in WILDCARDS else []
    names += [urlsplit(origin).hostname or "" for origin in origins]
    return [name for name in dict.fromkeys(names) if name]


def is_known(host: str, names: Collection[str]) -> bool:
    """Whether ``host``, without its port, is one of ``names`` or an address inside the household.

    A name can be pointed at this machine by a stranger's DNS (rebinding), an address cannot: so addresses of private
    networks pass, and names are listed.
    """
    name = host.strip("[]").lower().rstrip(".")
    if name in names or any(known.startswith(".") and name.endswith(known) for known in names):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return not (address.is_global or address.is_multicast or address.is_unspecified)
