"""Single fields of a file's tags changed; whatever else stands in them stays, also what Spotizer has no name for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from pathlib import Path

from mutagen.flac import FLAC
from mutagen.id3 import USLT, Encoding, PictureType
from mutagen.mp4 import MP4

from library.tags import id3, mp4, vorbis
from library.tags.files import (
    LYRICS_ATOM,
    OGG_TYPES,
    SYNCED_ATOM,
    cover_atom,
    cover_block,
    cover_frame,
    cover_picture,
    fitting,
    id3_file,
    is_front,
    lyrics_comments,
    plain_lyrics,
    synced_atom,
    synced_frame,
    synced_lines,
    tag_errors,
)
from library.tags.synced import Line
from library.tags.values import LyricsLike, Tags

FIELDS = tuple(entry.name for entry in fields(Tags))
# One place of a tag system holds both.
TOGETHER = ({"track_number", "track_total"}, {"disc_number", "disc_total"})


def differing(before: Tags, after: Tags) -> list[str]:
    """The fields in which the two differ, in the order of ``Tags``."""
    return [name for name in FIELDS if getattr(before, name) != getattr(after, name)]


def change_tags(
    path: Path,
    names: Collection[str],
    tags: Tags,
    *,
    cover: bytes | None = None,
    lyrics: LyricsLike | None = None,
) -> None:
    """The fields ``names`` of the file say what ``tags`` says, empty ones are gone; so cover and lyrics if given.

    All else stays as it is. Only for a copy or a work file: see ``write_tags``. Raises PermanentError broken_file.
    """
    names = set(names).union(*(both for both in TOGETHER if both & set(names)))
    wanted = Tags(**{name: getattr(tags, name) for name in names})
    words, timed, cover = plain_lyrics(lyrics), synced_lines(lyrics), fitting(cover)
    with tag_errors(path):
        match path.suffix.lower():
            case ".mp3" | ".wav":
                _change_id3(path, names, wanted, cover, words, timed)
            case ".m4a":
                _change_mp4(path, names, wanted, cover, words, timed)
            case ".flac":
                _change_flac(path, names, wanted, cover, words, timed)
            case ".opus" | ".ogg":
                _change_ogg(path, names, wanted, cover, words, timed)
            case suffix:
                raise ValueError(f"no tags for {suffix} files")


def _change_id3(path: Path, names: set[str], tags: Tags, cover: bytes | None, words: str, timed: list[Line]) -> None:
    audio = id3_file(path)
    if audio.tags is None:
        audio.add_tags()
    id3.drop(audio.tags, names)
    for frame in id3.frames_for(tags):
        audio.tags.add(frame)
    if words:
        audio.tags.delall("USLT")
        audio.tags.add(USLT(encoding=Encoding.UTF8, lang="und", desc="", text=words))
    if timed:
        audio.tags.delall("SYLT")
        audio.tags.add(synced_frame(timed))
    if cover:
        for key, frame in list(audio.tags.items()):
            if frame.FrameID == "APIC" and frame.type == PictureType.COVER_FRONT:
                del audio.tags[key]
        audio.tags.add(cover_frame(cover))
    audio.save(v1=0, v2_version=4)


def _change_mp4(path: Path, names: set[str], tags: Tags, cover: bytes | None, words: str, timed: list[Line]) -> None:
    audio = MP4(path)
    if audio.tags is None:
        audio.add_tags()
    mp4.drop(audio.tags, names)
    audio.tags.update(mp4.atoms_for(tags))
    if words:
        audio.tags[LYRICS_ATOM] = [words]
    if timed:
        audio.tags[SYNCED_ATOM] = [synced_atom(timed)]
    if cover:
        audio.tags["covr"] = [cover_atom(cover)]
    audio.save()


def _change_flac(path: Path, names: set[str], tags: Tags, cover: bytes | None, words: str, timed: list[Line]) -> None:
    audio = FLAC(path)
    if audio.tags is None:
        audio.add_tags()
    vorbis.drop(audio.tags, names)
    audio.update(vorbis.comments_for(tags) | lyrics_comments(words, timed))
    if cover:
        others = [picture for picture in audio.pictures if picture.type != PictureType.COVER_FRONT]
        audio.clear_pictures()
        for picture in (cover_picture(cover), *others):
            audio.add_picture(picture)
    audio.save()


def _change_ogg(path: Path, names: set[str], tags: Tags, cover: bytes | None, words: str, timed: list[Line]) -> None:
    audio = OGG_TYPES[path.suffix.lower()](path)
    vorbis.drop(audio.tags, names)
    comments = vorbis.comments_for(tags, is_opus=path.suffix.lower() == ".opus")
    audio.update(comments | lyrics_comments(words, timed))
    if cover:
        others = [block for block in audio.get("metadata_block_picture", []) if not is_front(block)]
        audio["METADATA_BLOCK_PICTURE"] = [cover_block(cover), *others]
    audio.save()
