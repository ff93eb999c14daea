"""An audio link is first identified in the catalogue; what is not surely there becomes a recording of its own."""

from __future__ import annotations

from dataclasses import asdict

from catalog.matching import rank
from catalog.models import Recording, Track
from catalog.services.catalogues import get_catalogue
from catalog.services.store import store_tracks
from core.errors import SpotizerError
from downloads.models import DownloadRequest
from downloads.services.listings import describe
from ops.settings import in_force
from providers.base import ArtistInfo, Candidate, Credit, Kind, TrackInfo
from providers.links import recognise


def identify_link(url: str, request: DownloadRequest) -> Track:
    """The track that ``url`` is; the request keeps the candidate itself, so that exactly this audio is fetched."""
    candidate = _described(url)
    info, score = in_catalogue(candidate)
    track = store_tracks([info or own_info(candidate)])[0]
    if info is None:
        Recording.objects.filter(pk=track.recording_id).update(is_identified=False)
    options = request.options | {"candidate": asdict(candidate), "candidate_score": score}
    title, subtitle = track.title[:1000], ", ".join(candidate.artists)[:1000]
    request.options = options
    DownloadRequest.objects.filter(pk=request.pk).update(options=options, title=title, subtitle=subtitle)
    return track


def _described(url: str) -> Candidate:
    link = recognise(url)
    return describe(link.provider if link else "", url)


def in_catalogue(candidate: Candidate) -> tuple[TrackInfo | None, int]:
    """The catalogue's track that this surely is and the score, or None and the best score there was."""
    query = " ".join([*candidate.artists[:1], candidate.title])
    try:
        hits = get_catalogue().search(query, kinds=(Kind.TRACK,), limit=10).tracks
    except SpotizerError:
        return None, 0  # a catalogue that is down does not keep the audio from being fetched
    scored = [(rank(info, [candidate], threshold=in_force.MATCH_THRESHOLD)[0], info) for info in hits]
    best = max(scored, key=lambda pair: (pair[0].is_accepted, pair[0].score), default=None)
    if best is None or not best[0].is_accepted:
        return None, best[0].score if best else 0
    return best[1], best[0].score


def own_info(candidate: Candidate) -> TrackInfo:
    """The audio as its source names it."""
    names = candidate.artists or (candidate.uploader or "Unknown artist",)
    credits = tuple(Credit(ArtistInfo(candidate.source, "", name)) for name in names)
    return TrackInfo(
        provider=candidate.source,
        id=candidate.source_id,
        title=candidate.title,
        credits=credits,
        duration_ms=candidate.duration_ms,
        explicit=candidate.explicit,
        link=candidate.url,
    )
