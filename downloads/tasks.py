"""What workers run. A task is a token without a payload: the tables say what there is to do."""

from __future__ import annotations

from downloads.services import draining
from downloads.services.worker import Worker, stopped_by_signal


def drain_downloads() -> None:
    """Work on downloads until none is due or the token's time is up."""
    worker = Worker.here()
    with stopped_by_signal(worker):
        draining.drain_downloads(worker)


def drain_requests() -> None:
    """Expand requests until none is left or the worker's time is up. No token: the expander looks by itself."""
    worker = Worker.here()
    with stopped_by_signal(worker):
        draining.drain_requests(worker)
