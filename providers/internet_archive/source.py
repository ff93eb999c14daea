"""The Internet Archive as a source: items by artist and album, files by title, fetched directly and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rapidfuzz import fuzz

from core.errors import NotFound, PermanentError
from providers.base import Candidate, FetchedFile, IsCancelled, Listing, ReportProgress, TrackInfo, start_bytes
from providers.files import Fetcher, RemoteFile
from providers.internet_archive.client import LABEL, ArchiveClient
from providers.internet_archive.mapping import NAME, ArchivedFile, files_of, is_lent, text_of
from providers.youtube.sniffing import container_of

LANE = "internet_archive"
ALIKE = 70  # of 100: titles less alike are not worth the matcher's time
SURE = 92
LOSSLESS_KBPS = 1_500
MOST_ITEMS = 4  # looked into for one track


def may_reach(host: str) -> bool:
    """Whether ``host`` is one of the Archive's own: itself or a storage node."""
    return host == "archive.org" or host.endswith(".archive.org")


class ArchiveSource:
    """Open, often lossless. Nothing that is only lent out is touched."""

    name = NAME
    label = "Internet Archive"
    lane = LANE
    has_lossless = True
    describes = frozenset({NAME})

    def __init__(self, client: ArchiveClient, fetcher: Fetcher) -> None:
        self.client = client
        self.fetcher = fetcher

    def find_candidates(self, wanted: TrackInfo, *, limit: int = 10) -> list[Candidate]:
        """Files whose titles are like the wanted one, the likest first; lossless before lossy among equals."""
        found: dict[str, tuple[float, Candidate]] = {}
        for item in self._items(wanted):
            for file in files_of(item):
                alike = fuzz.token_set_ratio(file.candidate.title.casefold(), wanted.title.casefold())
                if alike >= ALIKE:
                    found.setdefault(file.candidate.source_id, (alike, file.candidate))
            if any(alike >= SURE for alike, _ in found.values()):
                break
        ordered = sorted(found.values(), key=lambda one: -one[0])
        return [candidate for _, candidate in ordered[:limit]]

    def describe(self, url: str) -> Candidate:
        """The recording at the address of a file, or of an item that has just one."""
        file = self._file_at(url)
        return file.candidate

    def listing(self, url: str) -> Listing:
        """The item at ``url`` with all of its recordings."""
        identifier, _ = _parts(url)
        item = self.client.item(identifier)
        files = files_of(item)
        if not files:
            raise _nothing(item)
        head = item["metadata"]
        return Listing(
            source=NAME,
            id=identifier,
            url=url,
            title=text_of(head.get("title")) or identifier,
            artist=text_of(head.get("creator")),
            is_album=True,
            entries=tuple(file.candidate for file in files),
        )

    def fetch(
        self, candidate: Candidate, folder: Path, *, prefer: str, progress: ReportProgress, cancelled: IsCancelled
    ) -> FetchedFile:
        file = self._file_at(candidate.url)
        path = folder / f"source{Path(file.name).suffix.lower()}"
        remote = RemoteFile(
            url=file.candidate.url, label=LABEL, may_reach=may_reach, size_bytes=file.size_bytes, md5=file.md5
        )
        self.fetcher.fetch(remote, path, duration_ms=file.candidate.duration_ms, progress=progress, cancelled=cancelled)
        container = container_of(path)
        if not container:
            path.unlink(missing_ok=True)
            raise PermanentError(
                f"What {LABEL} sent is not audio.", remedy="Choose another candidate.", reason="not_audio"
            )
        return FetchedFile(
            path=path,
            codec=file.candidate.codec,
            container=container,
            bitrate_kbps=file.candidate.bitrate_kbps,
            duration_ms=file.candidate.duration_ms,
            source_url=file.candidate.url,
            licence=file.candidate.licence,
        )

    def fetch_start(self, candidate: Candidate, folder: Path, *, seconds: int, cancelled: IsCancelled) -> Path:
        file = self._file_at(candidate.url)
        path = folder / f"start{Path(file.name).suffix.lower()}"
        remote = RemoteFile(url=file.candidate.url, label=LABEL, may_reach=may_reach)
        most = start_bytes(seconds, _kbps(file))
        self.fetcher.fetch_start(remote, path, most_bytes=most, cancelled=cancelled)
        return path

    def _items(self, wanted: TrackInfo) -> Iterator[dict[str, object]]:
        """Items to look into: the artist's of the album's name, of the track's, then whatever the artist has."""
        artist = wanted.artists[0] if wanted.artists else ""
        album = wanted.album.title if wanted.album else ""
        if not artist:
            return
        seen: set[str] = set()
        for title in dict.fromkeys((album, wanted.title, "")):
            for identifier in self.client.search(creator=artist, title=title):
                if identifier in seen or len(seen) >= MOST_ITEMS:
                    continue
                seen.add(identifier)
                try:
                    yield dict(self.client.item(identifier))
                except NotFound:
                    continue

    def _file_at(self, url: str) -> ArchivedFile:
        """The file at ``url``. Raises NotFound, or PermanentError for an item that is lent out or has several."""
        identifier, name = _parts(url)
        item = self.client.item(identifier)
        files = files_of(item)
        if name:
            files = [file for file in files if _stem(file.name) == _stem(name)]
        if not files:
            raise _nothing(item)
        if len(files) > 1:
            raise PermanentError(
                f"This item of {LABEL} has {len(files)} recordings.",
                remedy="Paste the link of one of its files, or search for the album.",
                reason="bad_request",
            )
        return files[0]


def _kbps(file: ArchivedFile) -> float:
    """The file's bitrate as far as it says its size and length, else that of what is lossless."""
    if file.size_bytes and file.candidate.duration_ms:
        return file.size_bytes * 8 / file.candidate.duration_ms
    return file.candidate.bitrate_kbps or LOSSLESS_KBPS


def _parts(url: str) -> tuple[str, str]:
    """The item's identifier and the name of its file, empty for the whole item. Raises PermanentError."""
    words = [unquote(word) for word in urlsplit(url).path.split("/") if word]
    if len(words) < 2 or words[0] not in {"details", "download", "embed"} or not may_reach(_host(url)):
        raise PermanentError(f"{url[:200]} is no address of {LABEL}.", reason="bad_request")
    return words[1], "/".join(words[2:])


def _nothing(item: Mapping[str, Any]) -> PermanentError:
    """Why there is no file to be had of the item."""
    if is_lent(item):
        return PermanentError(
            f"{LABEL} only lends this out, encrypted, and Spotizer never decrypts.",
            remedy="Look for it elsewhere.",
            reason="drm",
        )
    return NotFound(f"{LABEL} has no audio at this address.")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _stem(name: str) -> str:
    """The name without its extension: the address of a copy leads to the best form there is."""
    return name.rpartition(".")[0] or name
