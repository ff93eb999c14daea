"""What YouTube has of each recording: the label's upload, videos, and what people put there themselves."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sandbox.catalogue.ids import Ids
from sandbox.catalogue.model import Mood, Recording, Upload, UploadKind

TROUBLES = {
    mood: mood.value
    for mood in (
        Mood.UNAVAILABLE, Mood.PRIVATE, Mood.GEO, Mood.AGE, Mood.PREMIERE, Mood.DRM, Mood.GARBAGE, Mood.TRUNCATED,
        Mood.WRONG_LENGTH, Mood.REMOVED,
    )
}  # fmt: skip
ONLY = {
    Mood.ONLY_LIVE: "live",
    Mood.ONLY_COVER: "cover",
    Mood.ONLY_SPED_UP: "sped",
    Mood.ONLY_KARAOKE: "karaoke",
    Mood.ONLY_VIDEO: "video",
}


def all_uploads(seed: str, recordings: Iterable[Recording]) -> list[Upload]:
    ids = Ids(seed)
    return [upload for recording in recordings for upload in _Uploader(seed, ids, recording).uploads()]


@dataclass(slots=True)
class _Uploader:
    seed: str
    ids: Ids
    recording: Recording

    def uploads(self) -> Iterator[Upload]:
        """The uploads of one recording; the label's own first, where there is one."""
        recording, mood = self.recording, self.recording.mood
        rng = random.Random(f"{self.seed}|uploads|{recording.name}")
        if mood is Mood.NONE:
            return
        if mood in ONLY:
            yield self._other(ONLY[mood], rng)
            return
        trouble = TROUBLES.get(mood, "")
        yield self._label(rng, trouble)
        if mood is Mood.REMOVED:
            return
        if trouble:
            yield self._other("audio", rng)
            return
        chances = (("video", 0.3), ("lyrics", 0.25), ("live", 0.12), ("cover", 0.1), ("sped", 0.08), ("karaoke", 0.05))
        for kind, chance in chances if recording.duration_ms > 20_000 else ():
            if rng.random() < chance:
                yield self._other(kind, rng)

    def _label(self, rng: random.Random, trouble: str) -> Upload:
        recording = self.recording
        duration_ms = recording.duration_ms + rng.randint(-40, 300)
        return Upload(
            video_id=self.ids.video(recording.name),
            kind=UploadKind.ATV,
            title=recording.plain_title,
            artists=tuple((artist.name, artist.channel_id) for artist in recording.all_artists),
            uploader=f"{recording.artists[0].name} - Topic",
            album=recording.tracks[0].album,
            duration_ms=duration_ms,
            melody=recording.name,
            views=rng.randint(2_000, 900_000),
            explicit=recording.explicit,
            trouble=trouble,
            recording=recording,
            audio_ms=duration_ms * 2 // 5 if trouble == Mood.WRONG_LENGTH else duration_ms,
        )

    def _other(self, kind: str, rng: random.Random) -> Upload:
        recording, artist = self.recording, self.recording.artists[0]
        name, length = f"{artist.name} - {recording.full_title}", recording.duration_ms
        person = rng.choice(("Music Corner", "bedroom.tapes", "LyricLand", "Sara sings", "TubeMix 99"))
        own = artist.channel_id
        channel = None if person == "TubeMix 99" else f"UC{self.ids.text('channel', person, 22)}"
        title, duration_ms, uploader, upload_kind, melody = {
            "video": (f"{name} (Official Video)", length + rng.randint(11_000, 26_000), (artist.name, own), UploadKind.OMV, ""),
            "audio": (f"{name} (Audio)", length + rng.randint(-100, 300), (person, channel), UploadKind.UGC, ""),
            "lyrics": (f"{name} (Lyrics)", length + rng.randint(-900, 1_900), (person, channel), UploadKind.UGC, ""),
            "live": (f"{name} (Live at Rockhall 2023)", length + rng.randint(14_000, 70_000), (person, channel), UploadKind.UGC, "|live"),
            "cover": (f"{recording.title} ({artist.name} cover)", length + rng.randint(-3_000, 3_000), (person, channel), UploadKind.UGC, "|cover"),
            "sped": (f"{name} (sped up)", length * 10 // 13, (person, channel), UploadKind.UGC, "|sped"),
            "karaoke": (f"{name} (Karaoke Version)", length + rng.randint(-500, 500), ("Sing Along Studio", None), UploadKind.UGC, "|karaoke"),
        }[kind]  # fmt: skip
        return Upload(
            video_id=self.ids.video(f"{recording.name}|{kind}"),
            kind=upload_kind,
            title=title,
            artists=(uploader,),
            uploader=uploader[0],
            album=None,
            duration_ms=duration_ms,
            melody=f"{recording.name}|{kind}{melody}",
            views=rng.randint(500, 40_000_000 if kind == "video" else 90_000),
            explicit=False,
            trouble="",
            recording=recording,
            audio_ms=duration_ms,
        )
