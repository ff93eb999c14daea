"""What was found, and what is wanted, to be heard before choosing: half a minute, through our own server.

A candidate's preview is a fetch like any other: it enters the source's lane, keeps its pace, counts against its hour
and stands in the ledger. Only its turn is the next one, as a person waits for it.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from django.utils import timezone

from catalog.models import Track
from catalog.services.sessions import session_for
from core.errors import Cancelled, NotFound, SpotizerError, TransientError, UserError
from core.http import interactive
from core.units import span
from downloads import reasons
from downloads.models import DownloadCandidate
from downloads.services.closing import close_for, closes_lane
from downloads.services.finding import candidate_of
from downloads.services.sources import leave, link_sources, try_enter
from library.convert import PREVIEW_SECONDS, make_preview
from ops.services import lanes
from ops.services.gate import count_calls
from ops.services.previews import kept_preview
from ops.services.sessions import media_session
from providers.base import Candidate, Previews, Source
from providers.deezer.client import DeezerCatalogue
from providers.deezer.previews import fetch_preview

ENTER_SECONDS = 15.0  # so long a person waits for the source's turn
MOST_SECONDS = 45.0  # for all of it
# The sources that give whole files or nothing, and why.
UNHEARD = {"slskd": "No preview: who shares it on Soulseek gives whole files only."}
CATALOGUE = "deezer_preview"  # in the ledger, apart from Deezer's own answers


def ledger_name(lane: str) -> str:
    """Under which name the ledger counts a lane's previews."""
    return f"preview:{lane}"


def candidate_preview(candidate_id: int) -> Path:
    """The candidate's first half minute as an MP3, fetched now where it is not kept.

    Raises NotFound, UserError for a source that cannot, and what its fetch raises, in words for who pressed.
    """
    row = DownloadCandidate.objects.filter(pk=candidate_id).first()
    if row is None:
        raise NotFound("This candidate is not here any more.", remedy="Reload the page.")
    if row.source in UNHEARD:
        raise UserError(UNHEARD[row.source], remedy="Use it, and listen to the file: Undo takes it back.")
    return kept_preview(f"{row.source}:{row.source_id}:{row.url}", lambda folder: _heard(row, folder))


def wanted_preview(track: Track) -> Path:
    """What the catalogue lets everybody hear of ``track``: Deezer's half minute, its address asked for anew each time.

    Raises NotFound where Deezer does not know it or gives none, and its errors.
    """
    number = track.external_ids.filter(provider="deezer").values_list("value", flat=True).first() or ""
    isrc = track.recording.isrc
    if not number and not isrc:
        raise NotFound("Deezer does not know this track, so there is no preview of it.")

    def make(folder: Path) -> Path:
        until = time.monotonic() + MOST_SECONDS
        with interactive(MOST_SECONDS, is_anew=True):
            address = DeezerCatalogue(session_for("deezer")).preview_address(track_id=number, isrc=isrc)
            came = fetch_preview(
                address,
                folder,
                session=media_session(CATALOGUE),
                gate=session_for(CATALOGUE).gate,
                service=CATALOGUE,
                cancelled=lambda: time.monotonic() > until,
            )
        return make_preview(came, folder / "heard.mp3")

    return kept_preview(f"deezer:{number or isrc}", make)


def _heard(row: DownloadCandidate, folder: Path) -> Path:
    source = next((one for one in link_sources() if one.name == row.source), None)
    if source is None:
        raise UserError(f"The source {row.source} is switched off.", remedy="Enable it, or choose another candidate.")
    if not isinstance(source, Previews):
        raise UserError(f"{source.label} gives no previews.", remedy="Use it, and listen to the file.")
    until = time.monotonic() + MOST_SECONDS
    permits = _entered(source, urlsplit(row.url).hostname or "")
    count_calls(ledger_name(source.lane), timezone.now(), calls=1)
    try:
        with interactive(max(1.0, until - time.monotonic()), is_anew=True):
            came = source.fetch_start(
                _described(row), folder, seconds=PREVIEW_SECONDS, cancelled=lambda: time.monotonic() > until
            )
        return make_preview(came, folder / "heard.mp3", cancelled=lambda: time.monotonic() > until)
    except Cancelled:
        raise TransientError(
            f"{source.label} did not send enough of it within {MOST_SECONDS:.0f} seconds.",
            remedy="Press again, or listen at the source itself.",
            reason="timeout",
        ) from None
    except SpotizerError as exc:
        if closes_lane(exc):
            close_for(source, exc)  # whoever comes next, person or worker, would meet the same
        exc.remedy = exc.remedy or reasons.reason_for(exc.reason).remedy
        raise
    finally:
        leave(permits)


def _described(row: DownloadCandidate) -> Candidate:
    """The candidate as its source described it; a row that keeps no description has its own columns."""
    if row.info:
        return candidate_of(row)
    return Candidate(row.source, row.source_id, row.url, row.title, duration_ms=row.duration_ms)


def _entered(source: Source, host: str) -> tuple[lanes.Permit, ...]:
    """The permits that it takes. Raises TransientError, with how long it still is, where the turn does not come."""
    owner = f"preview/{uuid.uuid4().hex[:12]}"
    until = time.monotonic() + ENTER_SECONDS
    while True:
        answer = try_enter(source, host, owner, is_person=True)
        if not isinstance(answer, lanes.Wait):
            return answer
        if answer.is_closed or time.monotonic() + answer.seconds > until:
            raise TransientError(
                answer.message or f"{source.label} rests just now.",
                retry_after=answer.seconds,
                remedy=f"Press again in {span(max(1.0, answer.seconds))}; a preview counts as one of its downloads.",
                reason=answer.reason,
            )
        time.sleep(min(answer.seconds, 0.5))
