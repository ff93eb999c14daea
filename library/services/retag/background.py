"""Tags of more files than a person waits for."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import Person
from library.models import FileAct, FileJob
from library.services import jobs
from library.services.journal import Outcome
from library.services.retag.looking import TagOptions, looks
from library.services.retag.writing import write

KIND = "retag"


def leave(
    ids: Sequence[int],
    *,
    by: Person | None,
    why: str = "",
    options: TagOptions | None = None,
    even_if_much: bool = False,
) -> FileJob:
    """The tags of these files are written in the background, one batch of the journal; looked at again before."""
    options = options or TagOptions()
    return jobs.leave(KIND, ids, by=by, why=why, options=options.as_json(), even_if_much=even_if_much)


@jobs.kind(KIND, "Writing the tags of")
def _retag(job: FileJob, report: jobs.Report) -> Outcome | None:
    options = TagOptions.from_json(job.arguments.get("options", {}))
    found = [one for one in looks(job.ids, options, on_chunk=lambda count: report(0)) if one.differs]
    if not found:
        return None
    done = len(job.ids) - len(found)  # those that say what they should already

    def count(act: FileAct) -> None:
        nonlocal done
        done += 1
        report(done)

    return write(
        found,
        by=job.person or "retag",
        why=str(job.arguments.get("why", "")),
        even_if_much=bool(job.arguments.get("even_if_much")),
        on_act=count,
    )
