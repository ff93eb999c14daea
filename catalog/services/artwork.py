"""Pictures: fetched once from known hosts, checked, kept on disk, served by us in four sizes.

No third party sees the household. What comes in is hostile until Pillow has decoded it: only JPEG, PNG and WebP, of a
sane size, and what goes out is always encoded by us.
"""

from __future__ import annotations

import fcntl
import io
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from catalog.models import Artwork
from catalog.services.sessions import session_for
from catalog.services.store.shared import art_key
from catalog.tint import tint_of
from core.answers import error_for_request, error_for_status
from core.errors import NotFound, PermanentError, StorageError, UserError
from core.http import is_interactive, retry_after

__all__ = ["SIZES", "art_file", "art_key", "fetch_picture", "jpeg_bytes", "original", "prepare"]

SIZES = (64, 160, 320, 640)
ORIGINAL_PX = 3000  # the largest that a cover in the library can be
LARGEST_BYTES = 15_000_000
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
TRY_AGAIN = timedelta(hours=1)
MOST_HOPS = 5
LABEL = "The picture's server"
# Where the catalogues and sources keep their pictures; ``.name`` stands for all of its subdomains.
HOSTS = (
    "i.scdn.co",
    "mosaic.scdn.co",
    ".spotifycdn.com",
    ".dzcdn.net",
    "api.deezer.com",
    "coverartarchive.org",
    "archive.org",
    ".archive.org",
    "i.ytimg.com",
    ".googleusercontent.com",
    ".ggpht.com",
    ".mzstatic.com",
)


def art_file(key: str, size: int) -> Path:
    """The picture ``key`` as WebP, at most ``size`` pixels wide and high; fetched now where it is not here yet.

    Raises NotFound where there is no such picture or it could not be had lately, TransientError for no answer,
    UserError for a size that is not served.
    """
    if size not in SIZES:
        raise UserError(f"Pictures come in {', '.join(map(str, SIZES))} pixels.")
    path = _folder(key) / f"{size}.webp"
    if not path.is_file():
        prepare(_artwork(key))
    if not path.is_file():  # the row says fetched, the file is gone: made again from the original or anew
        _make_sizes(_artwork(key), original(_artwork(key)))
    return path


def prepare(artwork: Artwork) -> None:
    """All sizes of ``artwork`` are on disk and its tint is known."""
    _make_sizes(artwork, original(artwork))


def jpeg_bytes(artwork: Artwork, max_px: int) -> bytes:
    """The picture as JPEG of at most ``max_px`` pixels a side, never enlarged; made once and kept.

    Raises NotFound where there is no such picture or it could not be had lately, TransientError for no answer.
    """
    path = _folder(artwork.key) / f"cover-{max_px}.jpg"
    if not path.is_file():
        whole = original(artwork)
        with Image.open(whole) as image:
            if max(image.size) <= max_px:
                return whole.read_bytes()  # encoded once is better than twice
            _write(path, _encoded(image, max_px, "JPEG"))
    return path.read_bytes()


def _artwork(key: str) -> Artwork:
    try:
        return Artwork.objects.get(pk=key)
    except Artwork.DoesNotExist:
        raise NotFound("There is no such picture.") from None


def _folder(key: str) -> Path:
    if not key.isalnum():
        raise NotFound("There is no such picture.")
    return Path(settings.ART) / key[:2] / key


def original(artwork: Artwork) -> Path:
    """The picture as large as we keep it, as JPEG on disk; fetched where it is not here yet.

    One fetch serves all who want it at the same moment. Raises as ``art_file`` does.
    """
    path = _folder(artwork.key) / "original.jpg"
    if path.is_file():
        return path
    with _alone(path.parent):
        if path.is_file():
            return path
        artwork.refresh_from_db()
        if artwork.failed_at is not None and timezone.now() - artwork.failed_at < TRY_AGAIN:
            raise NotFound("This picture could not be fetched lately.")
        try:
            image = decode(fetch_picture(artwork.url))
        except (PermanentError, UserError):
            Artwork.objects.filter(pk=artwork.pk).update(failed_at=timezone.now())
            raise
        _write(path, _encoded(image, ORIGINAL_PX, "JPEG"))
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Whoever else fetches into the folder waits; where a person waits for a page, nobody does."""
    if is_interactive():
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as exc:
        raise _not_kept(folder, exc) from exc
    try:
        with suppress(OSError):  # a disk without locks: then two may fetch it
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _make_sizes(artwork: Artwork, original: Path) -> None:
    with Image.open(original) as image:
        for size in SIZES:
            path = original.with_name(f"{size}.webp")
            if not path.is_file():
                _write(path, _encoded(image, size, "WEBP"))
        tint = tint_of(image)
    Artwork.objects.filter(pk=artwork.pk).update(tint=tint, fetched_at=timezone.now(), failed_at=None)


def fetch_picture(url: str) -> bytes:
    """The bytes at ``url``. Each hop must be a known host; the session refuses inner addresses besides."""
    for _ in range(MOST_HOPS):
        session = session_for(f"artwork:{_known_host(url).lstrip('.')}")  # one that is down closes no other
        try:
            response = session.get(url, allow_redirects=False, headers={"Accept": "image/jpeg,image/png,image/webp"})
        except requests.exceptions.ContentDecodingError as exc:
            raise PermanentError("The picture is too large.") from exc  # or packed in a way that nobody can unpack
        except requests.RequestException as exc:
            raise error_for_request(LABEL, exc) from exc
        if response.is_redirect:
            url = urljoin(url, response.headers["Location"]).replace("http://", "https://", 1)
            continue
        if not response.ok:
            raise error_for_status(LABEL, response.status_code, asked=retry_after(response.headers))
        kind = response.headers.get("Content-Type", "")
        if not kind.startswith(("image/", "application/octet-stream")):
            raise PermanentError(f"{LABEL} sent {kind or 'something'} instead of a picture.")
        return response.content
    raise PermanentError(f"{LABEL} sends us in circles.")


def _known_host(url: str) -> str:
    """The entry of HOSTS that ``url`` is at. Raises PermanentError where it is at none."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    for name in HOSTS if parts.scheme == "https" else ():
        if host == name or (name.startswith(".") and host.endswith(name)):
            return name
    raise PermanentError(f"Pictures are not fetched from {host or 'there'}.")


def decode(data: bytes) -> Image.Image:
    """The picture in ``data``, decoded. Raises PermanentError for what is no picture, or one that would fill memory."""
    if len(data) > LARGEST_BYTES:
        raise PermanentError("The picture is too large.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the header's size is checked below
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            if not 0 < image.width * image.height <= MOST_PIXELS:
                raise PermanentError("The picture has too many pixels.")
            image.draft("RGB", (ORIGINAL_PX, ORIGINAL_PX))  # a JPEG is decoded no larger than needed
            image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as exc:
        raise PermanentError("This is not a picture that Spotizer can read.") from exc
    return image


def _encoded(image: Image.Image, size: int, image_format: str) -> bytes:
    copy = _opaque(image)
    copy.thumbnail((size, size), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    copy.save(buffer, image_format, quality=88 if image_format == "JPEG" else 80)  # metadata is not carried over
    return buffer.getvalue()


def _opaque(image: Image.Image) -> Image.Image:
    """A copy in RGB; what was transparent is white."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB") if image.mode != "RGB" else image.copy()


def _write(path: Path, data: bytes) -> None:
    """``data`` at ``path``, whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as exc:
        raise _not_kept(path, exc) from exc


def _not_kept(path: Path, exc: OSError) -> StorageError:
    return StorageError(
        f"The picture cannot be kept: {exc.strerror}.", remedy="Free some space on the disk.", path=path
    )
