"""Tags, cover and lyrics into a file and out of it again."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mutagen
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3, SYLT, USLT, Encoding, ID3NoHeaderError, PictureType
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from core.errors import PermanentError
from library.tags import id3, mp4, synced, vorbis
from library.tags.synced import Line
from library.tags.values import LyricsLike, Tags, clean_text

OGG_TYPES = {".opus": OggOpus, ".ogg": OggVorbis}
LYRICS_ATOM = "\xa9lyr"
SYNCED_ATOM = f"{mp4.PREFIX}{synced.KEY}"
MILLISECONDS, LYRICS_TYPE = 2, 1  # of SYLT
MOST_COVER_BYTES = 10_000_000  # FLAC holds 16 MB; players choke on less
MOST_LYRICS = 200_000  # characters
LRC_STAMP = re.compile(r"\[\d+:\d\d(?:[.:]\d+)?\]|<\d+:\d\d(?:[.:]\d+)?>")
LRC_HEADER = re.compile(r"^\[[a-z#]+:[^\]]*\]\s*$", re.IGNORECASE | re.MULTILINE)


@contextmanager
def tag_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except mutagen.MutagenError as exc:
        raise PermanentError(f"The tags of {path.name} cannot be read or written: {exc}", reason="broken_file") from exc


def write_tags(path: Path, tags: Tags, *, cover: bytes | None = None, lyrics: LyricsLike | None = None) -> None:
    """The file says ``tags``, shows ``cover`` (JPEG or PNG) and holds the lyrics; whatever it said before is gone.

    A cover larger than any picture of an album is left out: no track is lost for it. Only for a work file: what lies
    in the library is changed through a copy.
    """
    words, timed = plain_lyrics(lyrics), synced_lines(lyrics)
    cover = fitting(cover)
    with tag_errors(path):
        match path.suffix.lower():
            case ".mp3" | ".wav":
                _write_id3(path, tags, cover, words, timed)
            case ".m4a":
                _write_mp4(path, tags, cover, words, timed)
            case ".flac":
                _write_flac(path, tags, cover, words, timed)
            case ".opus" | ".ogg":
                _write_ogg(path, tags, cover, words, timed)
            case suffix:
                raise ValueError(f"no tags for {suffix} files")


def read_tags(path: Path) -> Tags:
    """What the file says about itself; empty tags where it says nothing."""
    with tag_errors(path):
        match path.suffix.lower():
            case ".mp3" | ".wav":
                return id3.tags_from(_id3(path))
            case ".m4a":
                return mp4.tags_from(MP4(path).tags or {})
            case ".flac":
                return vorbis.tags_from(dict(FLAC(path).tags or {}))
            case ".opus" | ".ogg":
                return vorbis.tags_from(dict(OGG_TYPES[path.suffix.lower()](path).tags or {}))
            case suffix:
                raise ValueError(f"no tags for {suffix} files")


def read_cover(path: Path) -> bytes | None:
    """The front cover in the file, else the first picture, else None."""
    with tag_errors(path):
        match path.suffix.lower():
            case ".mp3" | ".wav":
                pictures = _id3(path).getall("APIC")
            case ".m4a":
                covers = (MP4(path).tags or {}).get("covr")
                return bytes(covers[0]) if covers else None
            case ".flac":
                pictures = FLAC(path).pictures
            case _:
                blocks = OGG_TYPES[path.suffix.lower()](path).get("metadata_block_picture", [])
                pictures = [picture for block in blocks if (picture := _read_block(block)) is not None]
    front = [picture for picture in pictures if picture.type == PictureType.COVER_FRONT]
    return bytes((front or pictures)[0].data) if pictures else None


def read_lyrics(path: Path) -> str:
    """The lyrics in the file, empty where there are none."""
    with tag_errors(path):
        match path.suffix.lower():
            case ".mp3" | ".wav":
                frames = _id3(path).getall("USLT")
                return str(frames[0].text) if frames else ""
            case ".m4a":
                return "".join((MP4(path).tags or {}).get(LYRICS_ATOM, [])[:1])
            case ".flac":
                return "".join(FLAC(path).get("lyrics", [])[:1])
            case _:
                return "".join(OGG_TYPES[path.suffix.lower()](path).get("lyrics", [])[:1])


def read_synced(path: Path) -> str:
    """The synced lyrics in the file as LRC text, empty where there are none."""
    with tag_errors(path):
        match path.suffix.lower():
            case ".mp3" | ".wav":
                frames = [frame for frame in _id3(path).getall("SYLT") if frame.format == MILLISECONDS]
                return synced.lrc_of((int(time), clean_text(words)) for words, time in frames[0].text) if frames else ""
            case ".m4a":
                atoms = (MP4(path).tags or {}).get(SYNCED_ATOM, [])
                return bytes(atoms[0]).decode("utf-8", "replace") if atoms else ""
            case ".flac":
                return "".join(FLAC(path).get(synced.KEY, [])[:1])
            case _:
                return "".join(OGG_TYPES[path.suffix.lower()](path).get(synced.KEY, [])[:1])


def plain_lyrics(lyrics: LyricsLike | None) -> str:
    """The words alone: the plain text, else the synced lines without their time stamps."""
    if lyrics is None:
        return ""
    if lyrics.plain.strip():
        return clean_text(lyrics.plain[:MOST_LYRICS], keep_lines=True)
    lines = LRC_STAMP.sub("", LRC_HEADER.sub("", lyrics.synced[:MOST_LYRICS])).splitlines()
    return clean_text("\n".join(line.strip() for line in lines), keep_lines=True)


def synced_lines(lyrics: LyricsLike | None) -> list[Line]:
    """The lines with their times; none where they have none."""
    return synced.lines_of(lyrics.synced[:MOST_LYRICS]) if lyrics else []


def synced_frame(lines: list[Line]) -> SYLT:
    text = [(words, time) for time, words in lines]
    return SYLT(encoding=Encoding.UTF8, lang="und", format=MILLISECONDS, type=LYRICS_TYPE, desc="", text=text)


def synced_atom(lines: list[Line]) -> MP4FreeForm:
    return MP4FreeForm(synced.lrc_of(lines).encode(), dataformat=AtomDataType.UTF8)


def lyrics_comments(words: str, lines: list[Line]) -> dict[str, list[str]]:
    """The comments of plain and synced lyrics, where there are any."""
    comments = {"LYRICS": [words]} if words else {}
    return comments | ({synced.KEY: [synced.lrc_of(lines)]} if lines else {})


def fitting(cover: bytes | None) -> bytes | None:
    """The cover, None for one that is too large to be embedded."""
    return cover if cover and len(cover) <= MOST_COVER_BYTES else None


def id3_file(path: Path) -> MP3 | WAVE:
    """The file opened to be written; its tags may be None."""
    return WAVE(path) if path.suffix.lower() == ".wav" else MP3(path)


def _id3(path: Path) -> ID3:
    if path.suffix.lower() == ".wav":
        return WAVE(path).tags or ID3()  # in a chunk of its own, behind the sound
    try:
        return ID3(path)
    except ID3NoHeaderError:
        return ID3()


def _write_id3(path: Path, tags: Tags, cover: bytes | None, words: str, timed: list[Line]) -> None:
    audio = id3_file(path)
    if audio.tags is None:
        audio.add_tags()
    audio.tags.clear()
    for frame in id3.frames_for(tags):
        audio.tags.add(frame)
    if words:
        audio.tags.add(USLT(encoding=Encoding.UTF8, lang="und", desc="", text=words))
    if timed:
        audio.tags.add(synced_frame(timed))
    if cover:
        audio.tags.add(cover_frame(cover))
    audio.save(v1=0, v2_version=4)


def _write_mp4(path: Path, tags: Tags, cover: bytes | None, words: str, timed: list[Line]) -> None:
    audio = MP4(path)
    if audio.tags is None:
        audio.add_tags()
    audio.tags.clear()
    audio.tags.update(mp4.atoms_for(tags))
    if words:
        audio.tags[LYRICS_ATOM] = [words]
    if timed:
        audio.tags[SYNCED_ATOM] = [synced_atom(timed)]
    if cover:
        audio.tags["covr"] = [cover_atom(cover)]
    audio.save()


def _write_flac(path: Path, tags: Tags, cover: bytes | None, words: str, timed: list[Line]) -> None:
    audio = FLAC(path)
    if audio.tags is None:
        audio.add_tags()
    audio.clear()
    audio.clear_pictures()
    audio.update(vorbis.comments_for(tags) | lyrics_comments(words, timed))
    if cover:
        audio.add_picture(cover_picture(cover))
    audio.save()


def _write_ogg(path: Path, tags: Tags, cover: bytes | None, words: str, timed: list[Line]) -> None:
    audio = OGG_TYPES[path.suffix.lower()](path)
    audio.clear()
    comments = vorbis.comments_for(tags, is_opus=isinstance(audio, OggOpus))
    audio.update(comments | lyrics_comments(words, timed))
    if cover:
        audio["METADATA_BLOCK_PICTURE"] = [cover_block(cover)]
    audio.save()


def cover_frame(cover: bytes) -> APIC:
    return APIC(encoding=Encoding.LATIN1, mime=_mime(cover), type=PictureType.COVER_FRONT, desc="", data=cover)


def cover_atom(cover: bytes) -> MP4Cover:
    kind = MP4Cover.FORMAT_PNG if _mime(cover) == "image/png" else MP4Cover.FORMAT_JPEG
    return MP4Cover(cover, imageformat=kind)


def cover_block(cover: bytes) -> str:
    """The picture as a Vorbis comment holds it."""
    return base64.b64encode(cover_picture(cover).write()).decode("ascii")


def is_front(block: str) -> bool:
    """Whether a Vorbis comment's picture is the front cover; one that cannot be read is none worth keeping."""
    picture = _read_block(block)
    return picture is None or bool(picture.type == PictureType.COVER_FRONT)


def _read_block(block: str) -> Picture | None:
    """The picture in a Vorbis comment, None for one that is none."""
    try:
        return Picture(base64.b64decode(block))
    except (ValueError, mutagen.MutagenError):
        return None


def cover_picture(cover: bytes) -> Picture:
    picture = Picture()
    picture.type = PictureType.COVER_FRONT
    picture.mime = _mime(cover)
    picture.data = cover
    return picture


def _mime(cover: bytes) -> str:
    return "image/png" if cover.startswith(b"\x89PNG") else "image/jpeg"
