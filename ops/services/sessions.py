"""Builds the one way out from settings: sandbox, name, gate and cache. Providers know no settings."""

from __future__ import annotations

import os
import threading

from django.conf import settings

from core.http import OpenGate, ServiceSession, make_session, user_agent
from ops.services.cache import DatabaseCache
from ops.services.gate import DatabaseGate
from ops.services.limits import limits_in_force

_kept = threading.local()


def session_for(service: str, *, inner: str = "") -> ServiceSession:
    """This thread's session for ``service``; its connections are kept and reused. ``inner``: see ``make_session``."""
    sessions: dict[tuple[int, str, str, str], ServiceSession] | None = getattr(_kept, "sessions", None)
    if sessions is None:
        sessions = _kept.sessions = {}
    key = (os.getpid(), service, settings.SANDBOX_URL, inner)  # a forked worker must not share its parent's sockets
    if key not in sessions:
        sessions[key] = make_session(
            service,
            # The sandbox has no limits of its own, and a demo or a benchmark should not wait for anybody's.
            gate=DatabaseGate(limits=limits_in_force),
            cache=DatabaseCache(),
            sandbox_url=settings.SANDBOX_URL,
            agent=user_agent(settings.VERSION, settings.CONTACT),
            inner=inner,
        )
    return sessions[key]


def media_session(service: str) -> ServiceSession:
    """A fresh session for whoever passes the gate of ``service`` by himself: for files that another thread fetches."""
    return make_session(
        service,
        gate=OpenGate(),
        sandbox_url=settings.SANDBOX_URL,
        agent=user_agent(settings.VERSION, settings.CONTACT),
    )
