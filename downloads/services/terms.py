"""What each source's terms come to, said once before it is switched on; who has read them is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from core.errors import UserError
from ops.models import Setting

KEY = "terms"
_YOUTUBE = (
    "YouTube's terms allow listening in its own apps and pages; they do not allow copies unless YouTube offers them. "
    "Whether the law lets you make one for yourself depends on where you live: that is yours to judge. Addresses that "
    "fetch much are shut out for hours."
)
TERMS = {
    "youtube_music": _YOUTUBE,
    "youtube": _YOUTUBE,
    "internet_archive": (
        "Each item has conditions of its own: a licence, the public domain, or a band's word that its concerts may be "
        "shared. They are shown at the candidate and kept in the file. The Archive asks for one or two connections."
    ),
    "bandcamp": (
        "Artists let everybody listen, and some give a track away. Bandcamp's terms allow no other copies than those "
        "that it offers; what you like, buy there."
    ),
    "soundcloud": (
        "SoundCloud's terms forbid copying streams; only what an artist offers as a download may be kept. Whether the "
        "law where you live lets you make a copy for yourself is yours to judge."
    ),
    "slskd": (
        "Soulseek is people sharing with people: what you fetch, and what your slskd shares, is your responsibility. "
        "Who shares nothing is refused by many, and who searches too fast is banned."
    ),
}
LINKS = {
    "youtube_music": "https://www.youtube.com/t/terms",
    "youtube": "https://www.youtube.com/t/terms",
    "internet_archive": "https://archive.org/about/terms",
    "bandcamp": "https://bandcamp.com/terms_of_use",
    "soundcloud": "https://soundcloud.com/terms-of-use",
    "slskd": "https://www.slsknet.org/",
}


@dataclass(frozen=True, slots=True)
class Read:
    """Who read a source's terms, and when."""

    by: str
    at: datetime


def agree(name: str, *, by: Person) -> None:
    """``by`` has read the terms of the source; the first who did stays named. Raises UserError."""
    if name not in TERMS:
        raise UserError("There is no source of this name.", remedy="Reload the page.")
    with transaction.atomic():
        Setting.objects.bulk_create([Setting(key=KEY, value={})], ignore_conflicts=True)
        row = Setting.objects.select_for_update().get(pk=KEY)
        if name not in row.value:
            row.value[name] = {"by": by.username, "at": timezone.now().isoformat(timespec="seconds")}
            row.save()


def read_terms() -> dict[str, Read]:
    """By source: who read its terms; those that nobody read are missing."""
    kept = Setting.objects.filter(pk=KEY).values_list("value", flat=True).first() or {}
    return {name: Read(one["by"], datetime.fromisoformat(one["at"])) for name, one in kept.items()}
