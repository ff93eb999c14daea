"""What runs in each part, in the child that was forked for it.

All that the parts need is imported here and below, in the supervisor: its memory is shared by all of them.
"""

from __future__ import annotations

import logging.config
import os
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext
from django_q.cluster import Cluster
from django_q.conf import Conf
from django_q.models import OrmQ
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.workers import gthread  # type: ignore[import-untyped]  # noqa: F401 - looked up by name

import downloads.tasks  # noqa: F401 - what the tokens call
import spotizer.urls  # noqa: F401 - with all views
from downloads.services import expanding, sweep, tokens
from ops.services import heartbeats
from ops.settings import in_force
from spotizer import logs
from spotizer.supervisor.sweeper import Sweeper

WEB = {
    "worker_class": "gthread",
    "workers": 1,
    "threads": 8,
    "timeout": 120,
    "graceful_timeout": 5,
    "keepalive": 15,
    "loglevel": "warning",
    "control_socket_disable": True,
}


def warm_up() -> None:
    """What is made at the first line of the log, text, entry of the cache and query is made here, once for all parts.

    The queries are a first look at the queue, as the sweeper has it. Leaves no connection open.
    """
    level = settings.LOGGING["root"]["level"]
    logging.config.dictConfig(logs.configuration(settings.LOGS, level=level, is_served=True))
    sweep.tend()
    tokens.top_up()
    expanding.claimable_count(1)
    heartbeats.forget("nobody")
    cache.set("warm", gettext("Yes"), 1)
    OrmQ.objects.filter(key=tokens.CLUSTER, lock__lte=timezone.now()).first()
    connection.close()


def web(listener: int) -> None:
    """The web server, on the socket with this number, until SIGTERM."""
    _Web(listener).run()


class _Web(BaseApplication):  # type: ignore[misc]
    def __init__(self, listener: int) -> None:
        self._listener = listener
        super().__init__()

    def load_config(self) -> None:
        for name, value in (WEB | {"bind": f"fd://{self._listener}"}).items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., object]:
        from spotizer.wsgi import application

        return application


def cluster() -> None:
    """The django-q2 cluster that downloads, until SIGTERM; ``SPOTIZER_WORKERS`` says how many at once."""
    # django-q2 reads its settings when it is imported, which was once for all parts.
    Conf.WORKERS = int(os.environ.get("SPOTIZER_WORKERS") or in_force.WORKERS)
    started = Cluster()
    started.start()
    started.sentinel.join()


def sweeper() -> None:
    """The sweeper and, in a thread of it, the expander, until SIGTERM."""
    Sweeper().run()


def demo_seed() -> None:
    """Asks for a little music, once."""
    call_command("seed_demo")
