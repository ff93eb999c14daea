"""Asking for something. Instant: what is not stored yet is read from the catalogue by a worker."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from accounts.models import Person
from catalog.models import Album, Artist, Playlist, Track
from core.errors import UserError
from core.formats import settled_kbps
from downloads.models import DownloadRequest, Format
from downloads.services import tokens
from downloads.services.adding import add_tracks
from downloads.services.expanding import FINISHED
from downloads.services.quota import check_quota
from downloads.services.sources import asked_names
from downloads.services.states import LostLease
from history.models import Event
from history.services import record
from library.naming import check_template
from library.steps import check_steps
from ops.services import live
from ops.settings import in_force
from providers.base import ReleaseKind

Kind, Stage = DownloadRequest.Kind, DownloadRequest.Stage
FORMATS = {choice.value for choice in Format}
PRIVATE = "A private playlist"  # its title, wherever others look


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for, as the request stores it."""

    kind: DownloadRequest.Kind
    title: str
    subtitle: str = ""
    provider: str = ""
    provider_id: str = ""
    link: str = ""
    artwork_key: str = ""
    rows: tuple[tuple[str, Any], ...] = ()


def request_download(
    *,
    track: Track | None = None,
    album: Album | None = None,
    playlist: Playlist | None = None,
    artist: Artist | None = None,
    link: str = "",
    provider: str = "",
    by: Person | None = None,
    output_format: str | None = None,
    quality_kbps: int | None = None,
    priority: int = 3,
    options: dict[str, object] | None = None,
) -> DownloadRequest:
    """Ask for one of these (``link`` is audio to be identified); returns at once with the request.

    Asking again for the same while it is under way and nothing of it failed gives the request that stands already.
    ``options``: ``get_again`` fetches what is owned too; ``groups`` keeps a discography to these kinds of release;
    ``albums`` takes of a playlist the whole albums that its tracks are from; ``template`` names the files; ``sources``
    are the only ones that are asked; the names of ``library.steps.Steps`` say what is done to them, where it is not
    what the settings say (a download that is under way stays as it is).
    ``quality_kbps`` is settled by ``core.formats``: one that the format does not have falls back to its default, which
    the request's history notes.
    Raises UserError for a format, step, placeholder, priority, source or kind of release that there is not, and for a
    narrowing of something else than it is meant for; Forbidden for a member who asked for enough today.
    """
    wanted = _wanted(track, album, playlist, artist, link, provider)
    groups = (options or {}).get("groups", [])
    _check_groups(groups)
    check_steps(options or {})
    check_sources((options or {}).get("sources", []))
    check_narrowing(
        groups=bool(groups),
        albums=bool((options or {}).get("albums")),
        artist=wanted.kind == Kind.ARTIST,
        playlist=wanted.kind == Kind.PLAYLIST,
    )
    if playlist and (options or {}).get("albums"):
        wanted = replace(wanted, title=f"Albums of {wanted.title}")
    if template := (options or {}).get("template"):
        check_template(str(template))
    form, note = _checked(output_format, quality_kbps, priority)
    with transaction.atomic():
        if standing := _standing(wanted, form, by, options or {}):
            return standing
        check_quota(by)
        request = _create(wanted, form, note, by, options or {})
        transaction.on_commit(tokens.top_up)
    _add_what_is_stored(request)
    request.refresh_from_db()
    return request


def _add_what_is_stored(request: DownloadRequest) -> None:
    """Where the tracks are known already no worker is needed to read them, and the page shows them at once."""
    tracks: list[Track] = []
    if request.track:
        tracks = [request.track]
    elif request.album and request.album.tracks_fetched_at:
        tracks = list(request.album.tracks.all())
    if tracks:
        with suppress(LostLease):  # a worker was quicker
            add_tracks(request, tracks, first_position=1, **FINISHED)
            tokens.top_up()


def _wanted(
    track: Track | None, album: Album | None, playlist: Playlist | None, artist: Artist | None, link: str, provider: str
) -> _Wanted:
    if track:
        art = track.album.artwork_id if track.album else None
        return _Wanted(
            Kind.TRACK, track.title, track.recording.artist_text, artwork_key=art or "", rows=(("track", track),)
        )
    if album:
        names = ", ".join(album.artists.order_by("albumcredit__position").values_list("name", flat=True))
        return _Wanted(Kind.ALBUM, album.title, names, artwork_key=album.artwork_id or "", rows=(("album", album),))
    if playlist and playlist.is_private:
        return _Wanted(
            Kind.PLAYLIST,
            PRIVATE,
            provider=playlist.provider,
            provider_id=playlist.provider_id,
            rows=(("playlist", playlist), ("is_private", True)),
        )
    if playlist:
        return _Wanted(
            Kind.PLAYLIST,
            playlist.title,
            playlist.owner,
            playlist.provider,
            playlist.provider_id,
            playlist.link,
            playlist.artwork_id or "",
            (("playlist", playlist),),
        )
    if artist:
        return _Wanted(Kind.ARTIST, artist.name, provider_id=str(artist.pk), artwork_key=artist.artwork_id or "")
    if link:
        return _Wanted(Kind.LINK, link, provider=provider, link=link)
    raise UserError("Nothing was asked for.", remedy="Paste a link, or choose a track, album, artist or playlist.")


def _checked(output_format: str | None, quality_kbps: int | None, priority: int) -> tuple[dict[str, Any], str]:
    """The options in force from now on: what was asked for, else what the settings say now. And a note about them."""
    wish = output_format or in_force.OUTPUT_FORMAT
    if wish not in FORMATS:
        raise UserError(f"There is no format “{wish}”.", remedy=f"Choose one of {', '.join(sorted(FORMATS))}.")
    if quality_kbps is None:  # the bitrate of the settings is that of their format
        quality_kbps = in_force.OUTPUT_QUALITY_KBPS if wish == in_force.OUTPUT_FORMAT else 0
    if quality_kbps < 0:
        raise UserError(
            f"{quality_kbps} kbit/s is no quality.", remedy="Give kbit/s, or 0 for the format's own choice."
        )
    quality, note = settled_kbps(wish, quality_kbps)
    if not 1 <= priority <= 5:
        raise UserError(f"{priority} is no priority.", remedy="Give 1 (first) to 5 (last).")
    return {"output_format": wish, "quality_kbps": quality, "priority": priority}, note


def _check_groups(groups: object) -> None:
    known = [kind.value for kind in ReleaseKind]
    if not isinstance(groups, list) or not all(group in known for group in groups):
        raise UserError("There is no such kind of release.", remedy=f"Give some of {', '.join(known)}.")


def check_sources(names: object) -> None:
    """Raise UserError where one of ``names`` is no source that is asked for audio here."""
    known = asked_names()
    if not isinstance(names, list) or not all(name in known for name in names):
        listed = ", ".join(known)
        raise UserError(
            "There is no such source, or it is switched off.",
            remedy=f"Give some of {listed}." if known else "Switch one on under Settings, Sources.",
        )


def check_narrowing(*, groups: bool, albums: bool, artist: bool, playlist: bool) -> None:
    """Raise UserError where kinds of release are asked of what is no artist, or the albums of what is no playlist.

    Leaving the wish out would fetch more, or something else, than was asked for.
    """
    if groups and not artist:
        raise UserError(
            "Kinds of release can be chosen for an artist only; this link is none.",
            remedy="Ask for it without them (--group), or give the link of the artist.",
        )
    if albums and not playlist:
        raise UserError(
            "Albums are taken from a playlist only; this link is none.",
            remedy="Ask for it without them (--albums-of-playlist), or give the link of the playlist.",
        )


def _standing(
    wanted: _Wanted, form: dict[str, Any], by: Person | None, options: dict[str, object]
) -> DownloadRequest | None:
    """The same person's same request, where it is under way and whole."""
    rows = DownloadRequest.objects.filter(
        kind=wanted.kind,
        provider_id=wanted.provider_id,
        link=wanted.link,
        asked_by=by,
        output_format=form["output_format"],
        quality_kbps=form["quality_kbps"],
        options=options,
        stage__in=[Stage.EXPANDING, Stage.RUNNING],
        failed=0,
        cancelled=0,
        **dict(wanted.rows),
    )
    return rows.order_by("-pk").first()


def _create(
    wanted: _Wanted, form: dict[str, Any], note: str, by: Person | None, options: dict[str, object]
) -> DownloadRequest:
    request = DownloadRequest.objects.create(
        kind=wanted.kind,
        title=wanted.title[:1000],
        subtitle=wanted.subtitle[:1000],
        provider=wanted.provider,
        provider_id=wanted.provider_id,
        link=wanted.link,
        artwork_key=wanted.artwork_key,
        asked_by=by,
        options=options,
        **form,
        **dict(wanted.rows),
    )
    record(
        Event.Kind.REQUESTED,
        title=request.title,
        artist_text=request.subtitle,
        person=by,
        request_id=request.pk,
        message=note,
        detail={"kind": request.kind, **form},
    )
    request.live = live.bump()
    request.save(update_fields=["live"])
    return request
