"""What stands at a link that a person pasted: read by the worker that fetches it, within the pace of its source."""

from __future__ import annotations

from dataclasses import asdict

from catalog.matching import rank
from downloads.models import DownloadCandidate
from downloads.services.job import Job
from downloads.services.sources import enabled_sources
from ops.settings import in_force
from providers.base import Describes, Source

FIELDS = ("title", "artist_text", "album", "duration_ms", "kind", "score", "breakdown", "message", "info")


def describe_given(job: Job, row: DownloadCandidate, source: Source) -> None:
    """``row`` says what stands at its link, with its score; one that says so already stays as it is.

    Raises the source's errors.
    """
    if not row.breakdown.get("given") or row.duration_ms is not None:
        return
    able = [one for one in (source, *enabled_sources()) if one.lane == source.lane and isinstance(one, Describes)]
    if not able:
        return
    job.say("Reading the link")
    found = able[0].describe(row.url)
    scored = rank(job.wanted, [found], threshold=in_force.MATCH_THRESHOLD)[0]
    row.title = found.title[:1000]
    row.artist_text = ", ".join(found.artists)[:1000] or found.uploader[:1000]
    row.album, row.duration_ms, row.kind = found.album[:1000], found.duration_ms, found.kind
    row.score = max(0, min(100, scored.score))
    row.breakdown = scored.breakdown | {"given": True}
    row.message = f"Given by link. {scored.why}"
    # Its own source fetches it, by its own id and address.
    row.info = asdict(found) | {"source": row.source, "source_id": row.source_id, "url": row.url}
    row.save(update_fields=FIELDS)
