"""After the fetch: what the sound turns out to be, where a key for AcoustID is set."""

from __future__ import annotations

import logging

from django.conf import settings

from catalog.matching.heard import Named, Verdict, judge
from core.errors import Cancelled, PermanentError, SpotizerError
from downloads.services.job import Job
from library.audio import probe
from library.convert.fingerprint import can_fingerprint, fingerprint
from ops.services.sessions import session_for
from ops.settings import in_force
from providers.acoustid.client import AcoustidClient
from providers.base import FetchedFile

log = logging.getLogger(__name__)


def listen(job: Job, fetched: FetchedFile, *, is_picked: bool) -> str:
    """What the sound turned out to be, in words for the receipt; empty where nobody is to be asked.

    Raises PermanentError (wrong_recording) where it surely is another recording and no person picked it. An answer that
    does not come keeps no file from coming.
    """
    if not in_force.ACOUSTID_KEY:
        return ""
    if not can_fingerprint():
        return "not heard: this ffmpeg makes no fingerprints"
    job.say("Listening to it")
    try:
        verdict, words = judge(job.wanted, _named(job, fetched))
    except Cancelled:
        raise
    except SpotizerError as exc:
        log.warning("Download %s was not heard: %s", job.download.pk, exc)
        return f"not heard: {exc.message}"
    if verdict is Verdict.ANOTHER and not is_picked:
        raise PermanentError(f"{words[:1].upper()}{words[1:]}, by its fingerprint.", reason="wrong_recording")
    return words


def _named(job: Job, fetched: FetchedFile) -> list[Named]:
    client = AcoustidClient(
        session_for("acoustid"), key=in_force.ACOUSTID_KEY, base_url=settings.SERVICE_URLS["acoustid"]
    )
    sound = fingerprint(fetched.path, job.folder, cancelled=job.pulse.cancelled)
    length_ms = probe(fetched.path).duration_ms or fetched.duration_ms or job.wanted.duration_ms or 0
    heard = client.lookup(sound, duration_ms=length_ms)
    return [Named(one.score, one.mbid, one.title, one.artists) for one in heard]
