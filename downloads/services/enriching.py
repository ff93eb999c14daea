"""Has what is owned looked up in the background: what was downloaded just now, and what lay there before.

It waits for downloads, never they for it: while tracks of an album are still on their way its names stay as they are,
so that all of its files land in one folder.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from catalog.models import Recording, Track
from catalog.services.metadata import enriching, rules
from catalog.services.metadata.enriching import Outcome
from downloads.models import WORKING, Download, Status
from library.models import AudioFile
from ops.settings import in_force

log = logging.getLogger(__name__)
AT_ONCE = 500
ON_THE_WAY = (Status.QUEUED, *WORKING, Status.WAITING)
ALBUM_SECONDS = 120.0  # until an album whose tracks are on their way is looked at again
LONGEST_REST = 60.0
RULE_SECONDS = 2.0


@dataclass(slots=True)
class Enricher:
    """One of those who look up; ``seen`` is the last file whose recording was written down to be asked about."""

    owner: str
    stop: threading.Event
    seen: int = 0

    def turn(self) -> float:
        """Something of what is due is done; the seconds after which to look again, 0 where more is due now."""
        if rules.are_to_walk() and not rules.walk(RULE_SECONDS):
            return 0.0
        if not in_force.ENRICH:
            return LONGEST_REST
        self.note_owned()
        outcome = self.look_up_one()
        if outcome is None:
            return LONGEST_REST
        return min(outcome.wait, LONGEST_REST)

    def note_owned(self) -> int:
        """Recordings of files that came since the last look will be asked about; how many."""
        new = 0
        while not self.stop.is_set():
            files = AudioFile.objects.filter(pk__gt=self.seen, gone_at=None, recording__isnull=False).order_by("pk")
            rows = list(files.values_list("pk", "recording_id")[:AT_ONCE])
            if not rows:
                break
            new += enriching.ask_later([recording_id for _, recording_id in rows])
            self.seen = rows[-1][0]
        return new

    def look_up_one(self) -> Outcome | None:
        """The recording that has been due for longest is looked up; None where none is due."""
        while not self.stop.is_set() and (row := enriching.claim(self.owner)) is not None:
            track = place_of(row.recording)
            if track is not None and is_on_its_way(track):
                enriching.put_off(row, ALBUM_SECONDS, "Its album is still being downloaded.")
                continue
            return enriching.enrich(row, track)
        return None


def place_of(recording: Recording) -> Track | None:
    """The track as which it is in the library."""
    files = AudioFile.objects.filter(recording=recording, gone_at=None, track__isnull=False)
    file = files.select_related("track").order_by("pk").first()
    return file.track if file else None


def is_on_its_way(track: Track) -> bool:
    """Whether tracks of its album are being downloaded, or will be."""
    downloads = Download.objects.filter(status__in=ON_THE_WAY)
    of_album = {"track__album_id": track.album_id} if track.album_id else {"track": track}
    return downloads.filter(**of_album).exists()
