"""yt-dlp plug-in: where ``SPOTIZER_SANDBOX_URL`` is set, YouTube's addresses and searches are answered by the sandbox.

It does nothing else than ask the sandbox for a small JSON and raise what yt-dlp's own YouTube extractor raises for the
same trouble, so everything behind the extractor (formats, fetching, hooks, errors) is the real yt-dlp.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from yt_dlp.extractor.common import InfoExtractor, SearchInfoExtractor
from yt_dlp.utils import ExtractorError, update_url_query

COOKIES_HINT = "Use --cookies-from-browser or --cookies for the authentication. See the FAQ for how to pass cookies"
MESSAGES = {
    "unavailable": "Video unavailable",
    "removed": "Video unavailable. This video has been removed by the uploader",
    "terminated": "Video unavailable. This video is no longer available because the YouTube account associated with "
    "this video has been terminated.",
    "private": f"Private video. Sign in if you've been granted access to this video. {COOKIES_HINT}",
    "members": "Join this channel to get access to members-only content like this video, and other exclusive perks.",
    "age": f"Sign in to confirm your age. This video may be inappropriate for some users. {COOKIES_HINT}",
    "bot": f"Sign in to confirm you’re not a bot. {COOKIES_HINT}",
    "later": "Video unavailable. This content isn't available, try again later. The current session has been "
    "rate-limited by YouTube for up to an hour. It is recommended to use `-t sleep` to add a delay between video "
    "requests to avoid exceeding the rate limit.",
    "premiere": "Premieres in 22 hours",
    "live": "This live event will begin in 3 days.",
}
GEO_MESSAGE = "The uploader has not made this video available in your country"
IN_A_HIT = ("id", "title", "duration", "channel", "channel_id", "uploader", "view_count")


def _base() -> str:
    return os.environ.get("SPOTIZER_SANDBOX_URL", "").rstrip("/")


class SpotizerSandboxIE(InfoExtractor):  # type: ignore[misc]
    IE_NAME = "youtube:sandbox"
    _VALID_URL = (
        r"https?://(?:(?:(?:www|music|m)\.)?youtube\.com/(?:watch/?\?(?:[^#]*&)?v=|shorts/|embed/)|youtu\.be/)"
        r"(?P<id>[0-9A-Za-z_-]{11})(?:[?&#]|$)"
    )

    @classmethod
    def suitable(cls, url: str) -> bool:
        return bool(_base()) and bool(super().suitable(url))

    def _real_extract(self, url: str) -> dict[str, Any]:
        video_id = self._match_id(url)
        address = f"{_base()}/www.youtube.com/sandbox/video/{video_id}"
        video = self._download_json(address, video_id, "Downloading player API JSON", expected_status=(403, 404, 410))
        self._raise_trouble(video.pop("trouble", ""), video_id)
        for form in video.get("formats", ()):
            # The sandbox's log then says which process fetched.
            form["url"] = update_url_query(form["url"], {"worker": os.getpid()})
        return {
            **video,
            "webpage_url": f"https://www.youtube.com/watch?v={video_id}",
            "availability": "public",
            "live_status": "not_live",
        }

    def _raise_trouble(self, trouble: str, video_id: str) -> None:
        if trouble == "geo":
            self.raise_geo_restricted(GEO_MESSAGE, countries=["US", "JP"])
        if trouble in MESSAGES:
            raise ExtractorError(MESSAGES[trouble], expected=True, video_id=video_id)


class SpotizerSandboxPlaylistIE(InfoExtractor):  # type: ignore[misc]
    """Lists of YouTube and albums of YouTube Music as yt-dlp's tab extractor gives them: entries that are not read."""

    IE_NAME = "youtube:tab:sandbox"
    _VALID_URL = (
        r"https?://(?:(?:www|music|m)\.)?youtube\.com/"
        r"(?:playlist/?\?(?:[^#]*&)?list=(?P<id>[0-9A-Za-z_-]+)|browse/(?P<browse>MPREb_[0-9A-Za-z_-]+))"
    )

    @classmethod
    def suitable(cls, url: str) -> bool:
        return bool(_base()) and bool(super().suitable(url))

    def _real_extract(self, url: str) -> dict[str, Any]:
        match = self._match_valid_url(url)
        list_id = match["id"] or match["browse"]
        address = f"{_base()}/www.youtube.com/sandbox/playlist/{list_id}"
        found = self._download_json(address, list_id, "Downloading API JSON", expected_status=(404,))
        if "trouble" in found:
            raise ExtractorError("YouTube said: The playlist does not exist.", expected=True)
        entries = [
            {
                "_type": "url",
                "ie_key": SpotizerSandboxIE.ie_key(),
                "url": f"https://www.youtube.com/watch?v={entry['id']}",
                **entry,
            }
            for entry in found.pop("entries")
        ]
        return {**found, "_type": "playlist", "webpage_url": url, "entries": entries}


class SpotizerSandboxSoundcloudSetIE(InfoExtractor):  # type: ignore[misc]
    """A set names the addresses of its tracks and nothing else of them."""

    IE_NAME = "soundcloud:set:sandbox"
    _VALID_URL = r"https?://(?:(?:www|m)\.)?soundcloud\.com/(?P<user>[\w-]+)/sets/(?P<id>[\w-]+)/?(?:[?#]|$)"

    @classmethod
    def suitable(cls, url: str) -> bool:
        return bool(_base()) and bool(super().suitable(url))

    def _real_extract(self, url: str) -> dict[str, Any]:
        user, slug = self._match_valid_url(url).groups()
        found = self._download_json(
            f"{_base()}/soundcloud.com/sandbox/set/{user}/{slug}", slug, "Downloading info JSON"
        )
        about = {name: found[name] for name in ("album", "album_artist", "album_type")}
        entries = [
            self.url_result(
                track["url"], SpotizerSandboxSoundcloudIE.ie_key(), track["id"], url_transparent=True, **about
            )
            for track in found["tracks"]
        ]
        head = {"id": found["id"], "title": found["title"], "uploader": found["uploader"]}
        return {"_type": "playlist", "entries": entries, **head, **about}


class SpotizerSandboxSoundcloudIE(InfoExtractor):  # type: ignore[misc]
    IE_NAME = "soundcloud:sandbox"
    _VALID_URL = r"https?://(?:(?:www|m)\.)?soundcloud\.com/(?P<user>[\w-]+)/(?P<id>[\w-]+)/?(?:[?#]|$)"

    @classmethod
    def suitable(cls, url: str) -> bool:
        return bool(_base()) and bool(super().suitable(url))

    def _real_extract(self, url: str) -> dict[str, Any]:
        user, slug = self._match_valid_url(url).groups()
        address = f"{_base()}/soundcloud.com/sandbox/track/{user}/{slug}"
        track = self._download_json(address, slug, "Downloading info JSON", expected_status=(403,))
        trouble = track.pop("trouble", "")
        if trouble == "drm":
            self.report_drm(slug)
        if trouble == "geo":
            self.raise_geo_restricted(GEO_MESSAGE)
        return {**track, "webpage_url": url}


class SpotizerSandboxSoundcloudSearchIE(SearchInfoExtractor):  # type: ignore[misc]
    IE_NAME = "soundcloud:search:sandbox"
    _SEARCH_KEY = "scsearch"

    @classmethod
    def suitable(cls, url: str) -> bool:
        return bool(_base()) and bool(super().suitable(url))

    def _search_results(self, query: str) -> Iterator[dict[str, Any]]:
        address = f"{_base()}/soundcloud.com/sandbox/search"
        found = self._download_json(address, query, "Downloading search results", query={"q": query, "n": 50})
        for entry in found["entries"]:
            yield {"_type": "url", "ie_key": SpotizerSandboxSoundcloudIE.ie_key(), "url": entry["webpage_url"], **entry}


class SpotizerSandboxBandcampIE(InfoExtractor):  # type: ignore[misc]
    IE_NAME = "Bandcamp:sandbox"
    _VALID_URL = r"https?://(?P<shop>[\w-]+)\.bandcamp\.com/track/(?P<id>[\w-]+)"

    @classmethod
    def suitable(cls, url: str) -> bool:
        return bool(_base()) and bool(super().suitable(url))

    def _real_extract(self, url: str) -> dict[str, Any]:
        shop, slug = self._match_valid_url(url).groups()
        address = f"{_base()}/{shop}.bandcamp.com/sandbox/track/{slug}"
        return {**self._download_json(address, slug, "Downloading webpage"), "webpage_url": url}


class SpotizerSandboxBandcampAlbumIE(InfoExtractor):  # type: ignore[misc]
    """The page of an album names its tracks: no length, no artist."""

    IE_NAME = "Bandcamp:album:sandbox"
    _VALID_URL = r"https?://(?P<shop>[\w-]+)\.bandcamp\.com/album/(?P<id>[\w-]+)"

    @classmethod
    def suitable(cls, url: str) -> bool:
        return bool(_base()) and bool(super().suitable(url))

    def _real_extract(self, url: str) -> dict[str, Any]:
        shop, slug = self._match_valid_url(url).groups()
        address = f"{_base()}/{shop}.bandcamp.com/sandbox/album/{slug}"
        found = self._download_json(address, slug, "Downloading webpage")
        entries = [
            self.url_result(
                f"https://{shop}.bandcamp.com/track/{track['slug']}",
                SpotizerSandboxBandcampIE.ie_key(),
                track["id"],
                track["title"],
            )
            for track in found["tracks"]
        ]
        return {"_type": "playlist", "uploader_id": shop, "id": slug, "title": found["title"], "entries": entries}


class SpotizerSandboxSearchIE(SearchInfoExtractor):  # type: ignore[misc]
    IE_NAME = "youtube:search:sandbox"
    _SEARCH_KEY = "ytsearch"

    @classmethod
    def suitable(cls, url: str) -> bool:
        return bool(_base()) and bool(super().suitable(url))

    def _search_results(self, query: str) -> Iterator[dict[str, Any]]:
        address = f"{_base()}/www.youtube.com/sandbox/search"
        found = self._download_json(address, query, "Downloading search results", query={"q": query, "n": 50})
        for entry in found["entries"]:
            yield {
                "_type": "url",
                "ie_key": SpotizerSandboxIE.ie_key(),
                "url": f"https://www.youtube.com/watch?v={entry['id']}",
                **{name: entry[name] for name in IN_A_HIT},
            }
