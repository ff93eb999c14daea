"""A warm process that forks a child per line of its input: the child does one act on files and is killed on its way.

A line is JSON: ``library``, ``act`` (a name of ``ACTS``), ``path``, ``new``; ``at`` kills the child at that step,
counted from 0, ``after`` so many seconds after it began; ``disk`` is what its disk cannot do. The answer is JSON: the
steps that it took, how long it took, whether it was killed.
"""

# ruff: noqa: T201, BLE001

import errno
import json
import logging
import os
import signal
import sys
import time
from pathlib import Path

import django


def retag(title):
    from library.tags import Tags, write_tags

    return lambda copy: write_tags(copy, Tags(title=title, artist="Vera Holm", album="Tidal Rooms" * 100))


def undo(order):
    from library.models import FileAct
    from library.services import journal

    journal.undo_act(FileAct.objects.filter(state="done").latest("id"), by="test")


def batch(order):
    from library.services import journal

    plan = journal.Plan("Much", "test")
    plan.move("a.opus", "there/a.opus")
    plan.bin("b.opus")
    plan.tag("c.opus", retag("Red"))
    plan.replace("d.opus", Path(order["new"]))
    plan.move("b2.opus", "b.opus")
    journal.carry_out(plan)


def one(name):
    def act(order):
        from library.services import journal

        path, new = order["path"], Path(order["new"])
        {
            "move": lambda: journal.move_file(path, "there/Moved.opus", by="test"),
            "case": lambda: journal.move_file(path, path.upper(), by="test"),
            "bin": lambda: journal.bin_file(path, by="test"),
            "tags": lambda: journal.tag_file(path, retag("Red"), by="test"),
            "replace": lambda: journal.replace_file(path, new, by="test"),
            "rename": lambda: journal.replace_file(path, new, to="there/New.flac", by="test"),
        }[name]()

    return act


ACTS = {name: one(name) for name in ("move", "case", "bin", "tags", "replace", "rename")}
ACTS |= {"undo": undo, "batch": batch}


def cannot(what):
    """``links``: no second names, as on FAT. ``cross``: every folder is on a disk of its own."""
    link = os.link

    def refuse(source, target, **more):
        if what == "links":
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        link(source, target, **more)

    os.link = refuse


class Teller(logging.Handler):
    """Tells each step through a pipe, and dies at the one that it is asked to die at."""

    def __init__(self, pipe, at):
        super().__init__()
        self.pipe, self.at, self.count = pipe, at, 0

    def emit(self, record):
        os.write(self.pipe, f"{record.getMessage().split()[0]}\n".encode())
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1


def child(order, pipe):
    from django.conf import settings

    settings.LIBRARY = Path(order["library"])
    if order.get("disk"):
        cannot(order["disk"])
    logger = logging.getLogger("library.journal")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(Teller(pipe, order.get("at")))
    ACTS[order["act"]](order)


def run(order):
    reader, writer = os.pipe()
    started = time.monotonic()
    pid = os.fork()
    if not pid:
        code = 1
        try:
            os.close(reader)
            child(order, writer)
            code = 0
        except BaseException as exc:
            print(repr(exc), file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    os.close(writer)
    if order.get("after") is not None:
        time.sleep(order["after"])
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(reader) as steps:
        taken = steps.read().split()
    status = os.waitpid(pid, 0)[1]
    return {"steps": taken, "seconds": time.monotonic() - started, "killed": os.WIFSIGNALED(status), "status": status}


def main():
    django.setup()
    import library.services.journal  # noqa: F401

    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
