"""Which upload a link leads to, service by service. Pure: nothing is asked.

YouTube's links hold the upload's id. SoundCloud and Bandcamp number their uploads and name them in their links, so that
an upload has two names; the Archive's are item and file, in any of the forms that it makes of a file.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from core.errors import UserError
from providers.base import Link
from providers.links import NAMES, recognise

# Services that share their ids: what a link says, and what an entry does.
SAME = {"youtube_music": "youtube"}
NUMBERED = frozenset({"soundcloud", "bandcamp"})
UNLINKED = frozenset({"slskd", "soulseek"})


def right_link(service: str, upload: str, url: str) -> str:
    """The canonical link of ``upload`` that ``url`` is. Raises ValueError, with the words for it, where it is none.

    Only known services have links here, so that a strange file never makes Spotizer fetch from a strange address.
    """
    if service in UNLINKED:
        raise ValueError("Soulseek has no links: nobody else finds what one person shares there; share what is wrong")
    try:
        link = recognise(url)
    except UserError as exc:
        raise ValueError(f"its “url” cannot be used: {exc.message}") from None
    if link is None:
        raise ValueError("what is right needs the “url” of that very upload; this is no link that Spotizer knows")
    name = NAMES.get(link.provider, link.provider)
    if link.kind is not None:
        raise ValueError(f"its “url” is one of {name}, which has no audio")
    if SAME.get(link.provider, link.provider) != service:
        raise ValueError(f"its “url” is one of {name}, its “service” is not")
    if link.is_list:
        raise ValueError(f"its “url” is a whole list of {name}; what is right needs the one of that very upload")
    if upload not in names_of(link) and not (service in NUMBERED and upload.isascii() and upload.isdigit()):
        raise ValueError("its “url” leads to another upload than its “id” says")
    return link.url


def other_names(service: str, url: str) -> list[str]:
    """What else an upload may be called, by its link: corrections under either name mean the same."""
    try:
        link = recognise(url) if service in NUMBERED else None
    except UserError:
        return []
    return names_of(link) if link and link.provider == service else []


def names_of(link: Link) -> list[str]:
    """The ids that a link stands for."""
    if link.provider != "internet_archive":
        return [link.value]
    words = [unquote(word) for word in urlsplit(link.url).path.split("/") if word]
    stem, dot, ending = "/".join(words[1:]).rpartition(".")
    forms = [ending, "flac", "m4a", "wav", "ogg", "mp3"] if dot else []
    return [f"{stem}.{form}" for form in forms]
