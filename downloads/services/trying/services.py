"""Trying out what is no source: the catalogues, and who gives lyrics, covers and names of sounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from accounts.models import Credential
from accounts.services.credentials import active_credential
from catalog.services.artwork import fetch_picture
from catalog.services.catalogues import get_catalogue
from core.errors import AuthRequired, NotFound, PermanentError, UserError
from core.http import fresh_answers
from core.text import plural
from core.units import file_size
from downloads.services.trying.sources import usual_track
from downloads.services.trying.steps import Step, take
from library.audio.watch import never
from library.convert.ffmpeg import run_ffmpeg
from library.convert.fingerprint import can_fingerprint, fingerprint
from ops.selectors.settings import standing
from ops.selectors.tabs import TABS, tab_of
from ops.services.sessions import session_for
from ops.settings import Settings, in_force
from ops.settings.kinds import Secret
from providers.acoustid.client import AcoustidClient
from providers.base import AlbumInfo, Kind
from providers.cover_art_archive.addresses import front_pictures
from providers.lastfm.client import LastfmClient
from providers.lrclib.client import LrclibClient
from providers.spotify import words

Act = tuple[str, Callable[[], str]]
TONE_SECONDS = 12
TONE_LIMIT = 30.0


def try_service(name: str) -> Iterator[Step]:
    """The steps of a catalogue or helper, up to the first that fails; what was answered before is asked again.

    Raises UserError for a name that there is not.
    """
    if name not in SERVICES:
        raise UserError(f"There is no service “{name}”.", remedy=f"Name one of {', '.join(SERVICES)}.")
    for what, do in SERVICES[name]():
        with fresh_answers():
            step = take(what, do)
        yield step
        if not step.is_ok:
            return


def _catalogue(name: str) -> list[Act]:
    return [("Search", partial(_search, name))]


def _spotify() -> list[Act]:
    return [("Keys", _spotify_keys), *_catalogue("spotify")]


def _lrclib() -> list[Act]:
    return [("Lyrics", _lyrics)]


def _cover_art_archive() -> list[Act]:
    return [("Cover", _cover)]


def _acoustid() -> list[Act]:
    return [("Key", partial(_key, Settings.ACOUSTID_KEY, "AcoustID", "acoustid.org")), ("Sound", _sound)]


def _lastfm() -> list[Act]:
    return [("Key", partial(_key, Settings.LASTFM_KEY, "Last.fm", "last.fm/api")), ("Tags", _tags)]


SERVICES: dict[str, Callable[[], list[Act]]] = {
    "deezer": partial(_catalogue, "deezer"),
    "spotify": _spotify,
    "musicbrainz": partial(_catalogue, "musicbrainz"),
    "lrclib": _lrclib,
    "cover_art_archive": _cover_art_archive,
    "acoustid": _acoustid,
    "lastfm": _lastfm,
}


def _search(name: str) -> str:
    wanted = usual_track()
    what = f"{wanted.artists[0]} {wanted.title}"
    hits = get_catalogue(name).search(what, kinds=(Kind.TRACK,), limit=5).tracks
    if not hits:
        raise NotFound(f"It answered, and found nothing for “{what}”.", remedy="Try again later; it should know that.")
    return f"{plural(len(hits), 'hit')}; the first is “{hits[0].title}” by {', '.join(hits[0].artists)}"


def _spotify_keys() -> str:
    active = active_credential(Credential.Service.SPOTIFY_APP)
    if active is None:
        raise AuthRequired(words.NO_KEYS, remedy=words.NO_KEYS_REMEDY)
    return "stored, encrypted" if active.pk is not None else "from the environment"


def _lyrics() -> str:
    wanted = usual_track()
    what = f"“{wanted.title}” by {wanted.artists[0]}"
    try:
        found = LrclibClient(session_for("lrclib"), base_url=settings.SERVICE_URLS["lrclib"]).find(wanted)
    except NotFound:
        return f"It answered; it has none of {what}."
    if found.is_instrumental:
        return f"It answered: {what} is without words."
    return f"It has those of {what}{', timed' if found.synced else ''}."


def _cover() -> str:
    """Found as Spotizer finds covers: MusicBrainz names the release, the archive has its picture."""
    wanted = usual_track()
    query = wanted.artists[0] if settings.DEMO else f"{wanted.artists[0]} {wanted.title}"
    albums = get_catalogue("musicbrainz").search(query, kinds=(Kind.ALBUM,), limit=3).albums
    for album in albums:
        try:
            return f"the cover of “{album.title}” came, {file_size(len(_front(album)))}"
        except NotFound:
            continue
    return f"It answered; none of {plural(len(albums), 'release')} of {wanted.artists[0]} has a cover there."


def _front(album: AlbumInfo) -> bytes:
    pictures = front_pictures("release", album.mbid or album.id)
    return fetch_picture(pictures[-1].url)


def _key(kind: Secret, label: str, where: str) -> str:
    """Where the key comes from. Raises AuthRequired where there is none."""
    stands = standing(kind)
    if not stands.has_value:
        raise AuthRequired(
            f"There is no key, so {label} is not asked.",
            remedy=f"Register an application at {where} and enter its key under Settings, {TABS[tab_of(kind)]} "
            f"({kind.variable}), or leave it so.",
        )
    return f"from {kind.variable}" if stands.is_locked else "stored, encrypted"


def _tags() -> str:
    wanted = usual_track()
    client = LastfmClient(session_for("lastfm"), key=in_force.LASTFM_KEY, base_url=settings.SERVICE_URLS["lastfm"])
    artist = wanted.artists[0]
    try:
        tags = client.artist_tags(artist)
    except NotFound:
        return f"It answered; it does not know {artist}."
    named = ", ".join(tag.name for tag in tags[:3])
    return f"{plural(len(tags), 'tag')} for {artist}{f', {named} first' if named else ''}"


def _sound() -> str:
    """A plain tone: nobody need know it, the answer alone shows that key and way are good."""
    if not can_fingerprint():
        raise PermanentError(
            "This ffmpeg makes no fingerprints.", remedy="Use one that was built with Chromaprint (SPOTIZER_FFMPEG)."
        )
    Path(settings.WORK).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.WORK, prefix="trial-") as folder:
        tone = Path(folder) / "tone.wav"
        tune = f"sine=frequency=440:duration={TONE_SECONDS}"
        run_ffmpeg(["-f", "lavfi", "-i", tune, f"file:{tone}"], cancelled=never, time_limit=TONE_LIMIT)
        made = fingerprint(tone, Path(folder))
    client = AcoustidClient(
        session_for("acoustid"), key=in_force.ACOUSTID_KEY, base_url=settings.SERVICE_URLS["acoustid"]
    )
    heard = client.lookup(made, duration_ms=TONE_SECONDS * 1000)
    return f"It took a tone's fingerprint and named {plural(len(heard), 'recording')} for it."
