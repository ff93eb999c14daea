"""Recognises the addresses that people paste. Pure: nothing is asked, nothing is resolved.

One table says which hosts and paths belong to which service. A host counts only when it is exactly one of the table's
(or a subdomain where the table says so), so ``open.spotify.com.evil.example`` is nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from core.errors import UserError
from providers.base import Kind, Link

SHORT = "short"  # the provider of a short link until it is resolved
LONGEST = 2000

BASE62 = r"[0-9A-Za-z]{22}"
NUMBER = r"[0-9]{1,19}"
UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
VIDEO = r"[0-9A-Za-z_-]{11}"
YOUTUBE_LIST = r"(?:PL|OLAK5uy_|FL|UU|EC)[0-9A-Za-z_-]{10,64}"

NAMES = {
    "spotify": "Spotify",
    "deezer": "Deezer",
    "musicbrainz": "MusicBrainz",
    "youtube": "YouTube",
    "youtube_music": "YouTube Music",
    "soundcloud": "SoundCloud",
    "bandcamp": "Bandcamp",
    "internet_archive": "Internet Archive",
}
KINDS = {kind.value: kind for kind in Kind} | {
    "recording": Kind.TRACK,
    "release": Kind.ALBUM,
    "release-group": Kind.ALBUM,
}
# What services name that Spotizer does not take.
OTHER_KINDS = {
    "show",
    "episode",
    "podcast",
    "audiobook",
    "user",
    "profile",
    "label",
    "concert",
    "radio",
    "work",
    "area",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """One kind of address: a path that is ours whatever its id, and what the id must look like."""

    provider: str
    path: re.Pattern[str]
    identifier: re.Pattern[str]
    address: str  # the canonical address


def _place(provider: str, path: str, identifier: str, address: str) -> _Place:
    return _Place(provider, re.compile(path), re.compile(identifier), address)


SPOTIFY = _place(
    "spotify",
    r"/(?:intl-[a-z-]{2,8}/)?(?:embed/)?(?:user/[^/]+/)?(?P<kind>track|album|artist|playlist)/(?P<id>[^/]+)",
    BASE62,
    "https://open.spotify.com/{kind}/{id}",
)
DEEZER = _place(
    "deezer",
    r"/(?:[a-z]{2}(?:-[a-z]{2})?/)?(?P<kind>track|album|artist|playlist)/(?P<id>[^/]+)",
    NUMBER,
    "https://www.deezer.com/{kind}/{id}",
)
MUSICBRAINZ = _place(
    "musicbrainz",
    r"/(?P<kind>recording|release-group|release|artist)/(?P<id>[^/]+)(?:/.*)?",
    UUID,
    "https://musicbrainz.org/{kind}/{id}",
)
CATALOGUES: dict[str, _Place] = {
    "open.spotify.com": SPOTIFY,
    "play.spotify.com": SPOTIFY,
    "www.deezer.com": DEEZER,
    "deezer.com": DEEZER,
    "musicbrainz.org": MUSICBRAINZ,
    "www.musicbrainz.org": MUSICBRAINZ,
    "beta.musicbrainz.org": MUSICBRAINZ,
}
SHORT_HOSTS = {
    "spotify.link": "spotify",
    "spotify.app.link": "spotify",
    "link.tospotify.com": "spotify",
    "link.deezer.com": "deezer",
    "deezer.page.link": "deezer",
    "dzr.page.link": "deezer",
    "on.soundcloud.com": "soundcloud",
}
YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"}
URI = re.compile(r"spotify:(?:user:[^:]+:)?(?P<kind>[a-z]+):(?P<id>[^:?#\s]+)", re.IGNORECASE)
BARE_SPOTIFY_ID = re.compile(rf"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z]){BASE62}")
ADDRESS = re.compile(r"(?:https?://|spotify:)[^\s<>\"'`|]+", re.IGNORECASE)
HOST_AND_PATH = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/\S+", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether ``text`` is meant as a link rather than as words to search for."""
    text = text.strip()
    if " " in text or not text:
        return False
    return bool(re.match(r"(https?://|spotify:)", text, re.IGNORECASE) or HOST_AND_PATH.fullmatch(text))


def recognise(text: str) -> Link | None:
    """The link that ``text`` is, or None where it is no address of a service that Spotizer knows.

    Raises UserError for an address of a known service that cannot be right: a malformed id, a podcast, a profile.
    """
    text = text.strip().strip("<>\u200b\u200e\u200f\ufeff")
    if not text or len(text) > LONGEST or re.search(r"\s", text):
        return None
    if text.lower().startswith("spotify:"):
        return _from_uri(text)
    if BARE_SPOTIFY_ID.fullmatch(text):
        return _link(SPOTIFY, "track", text)
    parts = _split(text)
    if parts is None:
        return None
    host = (parts.hostname or "").rstrip(".")
    if place := CATALOGUES.get(host):
        return _from_catalogue(place, parts)
    if (provider := SHORT_HOSTS.get(host)) and parts.path.strip("/"):
        return Link(SHORT, None, provider, f"https://{host}{parts.path}" + (f"?{parts.query}" if parts.query else ""))
    return _from_audio_host(host, parts)


def find_links(text: str) -> list[Link | str]:
    """Every line or word of ``text`` that is an address, in order: a Link, or the address as text where it is no use.

    An address that is wrong for a known service comes back as text too; ``recognise`` on it says why.
    """
    found: list[Link | str] = []
    for word in text.split():
        match = ADDRESS.search(word)
        address = match.group().rstrip(".,;:!?)]}") if match else word.strip(".,;:!?()[]{}")
        if not is_address(address):
            continue
        try:
            found.append(recognise(address) or address)
        except UserError:
            found.append(address)
    return found


def explain_unknown(text: str) -> UserError:
    """What to tell a person whose address is of no service that Spotizer knows."""
    parts = _split(text.strip())
    host = (parts.hostname or "") if parts else ""
    if place := CATALOGUES.get(host):
        return UserError(
            f"This address of {NAMES[place.provider]} is not one of a track, album, artist or playlist.",
            remedy="Copy the link from the item's share menu.",
        )
    what = f"Spotizer does not know the service behind {host}." if host else "This is not a link that Spotizer knows."
    *most, last = NAMES.values()
    return UserError(what, remedy=f"Paste a link of {', '.join(most)} or {last}.")


def _split(text: str) -> SplitResult | None:
    """The parts of an http(s) address; the scheme may be missing."""
    if not re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE):
        if not HOST_AND_PATH.fullmatch(text):
            return None
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or parts.username is not None or port not in {None, 80, 443}:
        return None
    return parts


def _from_uri(text: str) -> Link | None:
    match = URI.fullmatch(text)
    if match is None:
        raise UserError(
            "This Spotify address is not complete.", remedy="It looks like spotify:album:… with 22 letters."
        )
    kind = match["kind"].lower()
    if kind not in {k.value for k in Kind}:
        raise _other_kind("spotify", kind)
    return _link(SPOTIFY, kind, match["id"])


def _from_catalogue(place: _Place, parts: SplitResult) -> Link | None:
    path = parts.path.rstrip("/")
    if match := place.path.fullmatch(path):
        return _link(place, match["kind"], unquote(match["id"]))
    words = [word for word in path.lower().split("/") if word]
    if place is SPOTIFY and words and (uri := parse_qs(parts.query).get("uri")):
        return _from_uri(uri[0])
    for word in words[:2]:
        if word in OTHER_KINDS:
            raise _other_kind(place.provider, word)
    return None


def _link(place: _Place, kind: str, identifier: str) -> Link:
    if not place.identifier.fullmatch(identifier):
        raise UserError(
            f"{identifier[:40]!r} is not an id of {NAMES[place.provider]}, so this link cannot work.",
            remedy="Copy the whole link once more: a part of it seems to be missing.",
        )
    if place is MUSICBRAINZ:
        identifier = identifier.lower()
    value = f"rg-{identifier}" if kind == "release-group" else identifier
    return Link(place.provider, KINDS[kind], value, place.address.format(kind=kind, id=identifier))


def _other_kind(provider: str, word: str) -> UserError:
    return UserError(
        f"Spotizer cannot open a {word} of {NAMES[provider]}.",
        remedy="Tracks, albums, artists and playlists can be opened.",
    )


# --- places that have audio ------------------------------------------------------------------------------------------


def _from_audio_host(host: str, parts: SplitResult) -> Link | None:
    for matches, read in AUDIO:
        if matches(host):
            return read(host, parts)
    return None


def _youtube(host: str, parts: SplitResult) -> Link | None:
    query = parse_qs(parts.query)
    path = parts.path
    if host == "youtu.be":
        video = path.strip("/")
    elif path == "/watch":
        video = query.get("v", [""])[0]
    elif match := re.fullmatch(r"/(?:shorts|embed|live|v)/([^/]+)/?", path):
        video = match[1]
    elif path == "/playlist" and query.get("list"):
        return _youtube_list(host, query["list"][0])
    elif host == "music.youtube.com" and (match := re.fullmatch(r"/browse/(MPREb_[0-9A-Za-z_-]{11})/?", path)):
        return Link("youtube_music", None, match[1], f"https://music.youtube.com/browse/{match[1]}", is_list=True)
    else:
        return None
    if not re.fullmatch(VIDEO, video):
        raise UserError(
            f"{video[:40]!r} is not a video of YouTube, so this link cannot work.",
            remedy="Copy the whole link once more.",
        )
    if host == "music.youtube.com":
        return Link("youtube_music", None, video, f"https://music.youtube.com/watch?v={video}")
    return Link("youtube", None, video, f"https://www.youtube.com/watch?v={video}")


def _youtube_list(host: str, value: str) -> Link:
    if value[:2] in {"RD", "LL", "WL", "LM"}:
        raise UserError(
            "This list of YouTube is made for one listener, so nobody else can open it.",
            remedy="Copy its tracks into a playlist of your own, make that public or unlisted, and paste its link.",
        )
    if not re.fullmatch(YOUTUBE_LIST, value):
        raise UserError(
            f"{value[:40]!r} is not a playlist of YouTube, so this link cannot work.",
            remedy="Copy the whole link once more.",
        )
    provider, base = ("youtube_music", "music") if host == "music.youtube.com" else ("youtube", "www")
    return Link(provider, None, value, f"https://{base}.youtube.com/playlist?list={value}", is_list=True)


def _soundcloud(host: str, parts: SplitResult) -> Link | None:
    words = [word for word in parts.path.split("/") if word]
    if words[:1] and words[0] in {"discover", "search", "charts", "you", "stream", "upload", "pages"}:
        return None
    is_set = len(words) > 1 and words[1] == "sets"
    if is_set:
        words, secret = words[:3] if len(words) > 2 else [], words[3:]
    else:
        words, secret = words[:2], words[2:]
    is_known = len(words) == (3 if is_set else 2) and all(re.fullmatch(r"[\w:-]+", word) for word in words)
    if not is_known or len(secret) > 1 or any(not word.startswith("s-") for word in secret):
        return None
    value = "/".join([*words, *secret])
    return Link("soundcloud", None, value, f"https://soundcloud.com/{value}", is_list=is_set)


def _bandcamp(host: str, parts: SplitResult) -> Link | None:
    match = re.fullmatch(r"/(track|album)/([0-9A-Za-z_-]+)/?", parts.path)
    if match is None:
        return None
    value = f"{host.removesuffix('.bandcamp.com')}/{match[1]}/{match[2]}"
    return Link("bandcamp", None, value, f"https://{host}/{match[1]}/{match[2]}", is_list=match[1] == "album")


def _archive(host: str, parts: SplitResult) -> Link | None:
    match = re.fullmatch(r"/(?:details|download|embed)/([0-9A-Za-z._-]+)(/.*)?", parts.path)
    if match is None:
        return None
    name = (match[2] or "").rstrip("/")
    return Link("internet_archive", None, match[1], f"https://archive.org/details/{match[1]}{name}", is_list=not name)


AUDIO: tuple[tuple[Callable[[str], bool], Callable[[str, SplitResult], Link | None]], ...] = (
    (lambda host: host in YOUTUBE_HOSTS or host in {"youtu.be", "music.youtube.com"}, _youtube),
    (lambda host: host in {"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com"}, _soundcloud),
    (
        lambda host: re.fullmatch(r"[a-z0-9-]+\.bandcamp\.com", host) is not None and host != "www.bandcamp.com",
        _bandcamp,
    ),
    (lambda host: host in {"archive.org", "www.archive.org"}, _archive),
)
