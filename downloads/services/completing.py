"""What tags and names need and lists leave out, asked for before the fetch: place, ISRC, the album's artist."""

from __future__ import annotations

import logging

from catalog.selectors import track_info
from catalog.services.browse import complete_track
from core.errors import RateLimited, SpotizerError, TransientError
from downloads.models import Download
from downloads.services.backoff import asked_or
from downloads.services.closing import Parked, back_off, explained
from downloads.services.job import Job
from ops.settings import in_force

REST_SECONDS = 30.0
log = logging.getLogger(__name__)


def complete(job: Job) -> None:
    """The job knows all that the catalogue does. A catalogue that stays silent does not keep the sound from coming.

    Raises Parked where asking again later may help.
    """
    try:
        complete_track(job.download.track)
    except RateLimited as exc:
        raise Parked(asked_or(exc, REST_SECONDS), exc.reason, explained(exc)) from exc
    except TransientError as exc:
        if job.download.failures + 1 < in_force.MAX_FAILURES:
            raise back_off(job.download, exc) from exc
        job.remember(failures=0)
        log.warning("Download %s goes on with what is known of its track: %s", job.download.pk, exc)
    except SpotizerError as exc:
        log.warning("Download %s goes on with what is known of its track: %s", job.download.pk, exc)
    # Completing may have found that the recording is one that was known by another name.
    fresh = Download.objects.select_related("recording", "track__recording", "track__album__artwork").get(
        pk=job.download.pk
    )
    job.download.track, job.download.recording = fresh.track, fresh.recording
    job.wanted = track_info(fresh.track)
