"""The session for one outside service, as settings and the shared gate want it."""

from ops.services.sessions import session_for

__all__ = ["session_for"]
