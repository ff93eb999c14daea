"""The wish to have a track: requests, downloads (the queue of record) and candidates."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from catalog.models import Album, Artist, Playlist, Recording, Track
from library.models import AudioFile


class Format(models.TextChoices):
    """What the file shall be. ``keep`` leaves the source's codec as it is."""

    KEEP = "keep", "As it comes"
    OPUS = "opus", "Opus"
    M4A = "m4a", "M4A (AAC)"
    OGG = "ogg", "Ogg Vorbis"
    MP3 = "mp3", "MP3"
    FLAC = "flac", "FLAC"
    ALAC = "alac", "ALAC"
    WAV = "wav", "WAV"


class Status(models.TextChoices):
    QUEUED = "queued"
    PAUSED = "paused"
    SEARCHING = "searching"
    FETCHING = "fetching"
    PROCESSING = "processing"
    WAITING = "waiting"  # back-off or a closed lane; ``not_before_at`` and ``reason`` say until when and why
    NEEDS_YOU = "needs_you"  # candidates below the threshold
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"


WORKING = (Status.SEARCHING, Status.FETCHING, Status.PROCESSING)
CLAIMABLE = (Status.QUEUED, Status.WAITING)
ACTIVE = (Status.QUEUED, Status.PAUSED, *WORKING, Status.WAITING, Status.NEEDS_YOU)
ENDED = (Status.DONE, Status.SKIPPED, Status.FAILED, Status.CANCELLED)


class DownloadRequest(models.Model):
    """What a person asked for: the parent of downloads, with the options in force when it was asked."""

    class Kind(models.TextChoices):
        TRACK = "track"
        ALBUM = "album"
        PLAYLIST = "playlist"
        ARTIST = "artist"
        LINK = "link"  # an audio link, to be identified first

    class Stage(models.TextChoices):
        EXPANDING = "expanding"  # its tracks are being read from the catalogue
        RUNNING = "running"
        ENDED = "ended"
        FAILED = "failed"  # could not be expanded; ``reason`` and ``message`` say why
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.EXPANDING)
    title = models.CharField(max_length=1000, blank=True)
    subtitle = models.CharField(max_length=1000, blank=True)
    provider = models.CharField(max_length=30, blank=True)
    provider_id = models.CharField(max_length=500, blank=True)
    link = models.CharField(max_length=2000, blank=True)
    track = models.ForeignKey(Track, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    album = models.ForeignKey(Album, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    playlist = models.ForeignKey(Playlist, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    artwork_key = models.CharField(max_length=24, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Options in force: format, quality, sources ...; the settings may change later, this request does not.
    output_format = models.CharField(max_length=10, choices=Format.choices, default=Format.KEEP)
    quality_kbps = models.PositiveIntegerField(null=True, blank=True)
    options = models.JSONField(default=dict, blank=True)
    priority = models.PositiveSmallIntegerField(default=3)
    # Expansion goes on where it stopped: the next page's cursor and the next position.
    cursor = models.CharField(max_length=1000, blank=True)
    next_position = models.PositiveIntegerField(default=1)
    is_expanded = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before_at = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    # Kept counts, so that no page counts rows.
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Its playlist is private: title and link are not written here, so that nobody else reads them anywhere.
    is_private = models.BooleanField(default=False)
    listed_at = models.DateTimeField(null=True, blank=True)  # its playlist's M3U8 says what was there then
    live = models.BigIntegerField(default=0, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["stage", "priority", "id"], name="request_to_expand")]

    def __str__(self) -> str:
        return self.title or self.link


class Download(models.Model):
    """One recording wished for in one form: a row of the queue."""

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="downloads")
    # The place that names and tags the file: the first that was asked for.
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="downloads")
    output_format = models.CharField(max_length=10, choices=Format.choices, default=Format.KEEP)
    quality_kbps = models.PositiveIntegerField(default=0)  # 0: the best there is
    options = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    priority = models.PositiveSmallIntegerField(default=3)  # 1 is first, 5 last
    position = models.BigIntegerField(default=0)
    not_before_at = models.DateTimeField(null=True, blank=True)
    lane = models.CharField(max_length=60, blank=True)  # the closed lane that it waits for: once open, it goes on
    attempts = models.PositiveSmallIntegerField(default=0)  # counted at each claim: also the fence of the lease
    failures = models.PositiveSmallIntegerField(default=0)  # spent of the retry budget; a closed lane spends none
    crashes = models.PositiveSmallIntegerField(default=0)  # how often its lease ran out: the worker died or stood still
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    wants_stop = models.BooleanField(default=False)  # cancel or pause was asked while a worker holds the row
    percent = models.PositiveSmallIntegerField(default=0)
    done_bytes = models.BigIntegerField(default=0)
    total_bytes = models.BigIntegerField(null=True, blank=True)
    bytes_per_second = models.BigIntegerField(null=True, blank=True)
    doing = models.CharField(max_length=100, blank=True)  # what is going on now, in words
    source = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=40, blank=True)  # a code of downloads/reasons.py
    message = models.TextField(blank=True)
    file = models.ForeignKey(AudioFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="downloads")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)  # taken off the queue's page; history keeps it
    live = models.BigIntegerField(default=0, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recording", "output_format", "quality_kbps"],
                condition=models.Q(status__in=[s.value for s in ACTIVE]),
                name="one_active_download_per_recording_and_quality",
            ),
            models.CheckConstraint(condition=models.Q(priority__gte=1, priority__lte=5), name="priority_from_1_to_5"),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="percent_to_100"),
            models.CheckConstraint(
                condition=~models.Q(status__in=[s.value for s in WORKING]) | ~models.Q(lease_owner=""),
                name="working_download_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "priority", "position", "id"], name="download_to_claim"),
            models.Index(fields=["status", "-ended_at"], name="download_ended"),
            models.Index(  # of thousands that ended the page shows those that were not cleared
                fields=["status", "-ended_at", "-id"],
                condition=models.Q(cleared_at=None, ended_at__isnull=False),
                name="download_ended_to_show",
            ),
            models.Index(
                fields=["lease_expires_at"],
                condition=models.Q(status__in=[s.value for s in WORKING]),
                name="download_lease",
            ),
            models.Index(
                fields=["status", "not_before_at"],
                condition=models.Q(status=Status.WAITING.value),
                name="download_due",
            ),
            models.Index(
                fields=["lane"],
                condition=models.Q(status=Status.WAITING.value) & ~models.Q(lane=""),
                name="download_held_by_lane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.status}"


class RequestItem(models.Model):
    """One wished track of a request, and what came of it."""

    request = models.ForeignKey(DownloadRequest, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    track = models.ForeignKey(Track, null=True, on_delete=models.SET_NULL, related_name="+")
    download = models.ForeignKey(Download, null=True, blank=True, on_delete=models.SET_NULL, related_name="items")
    skip_reason = models.CharField(max_length=40, blank=True)  # set where no download was needed or possible
    file = models.ForeignKey(AudioFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["request", "position"], name="one_item_per_request_position")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.position}"


class DownloadCandidate(models.Model):
    """A possible source that was found for a download, with the receipt of its score."""

    class State(models.TextChoices):
        UNTRIED = "untried"
        CHOSEN = "chosen"
        FAILED = "failed"
        REJECTED = "rejected"  # below the threshold, or its version words disagree

    download = models.ForeignKey(Download, on_delete=models.CASCADE, related_name="candidates")
    source = models.CharField(max_length=30)
    source_id = models.CharField(max_length=500)
    url = models.CharField(max_length=2000)
    title = models.CharField(max_length=1000)
    artist_text = models.CharField(max_length=1000, blank=True)
    album = models.CharField(max_length=1000, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=10, blank=True)
    score = models.PositiveSmallIntegerField()  # 0 to 100
    breakdown = models.JSONField(default=dict)  # evidence in numbers and words
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNTRIED)
    message = models.TextField(blank=True)
    info = models.JSONField(default=dict)  # the candidate itself, to fetch it later

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["download", "source", "source_id"], name="one_candidate_per_source_id"),
            models.CheckConstraint(condition=models.Q(score__lte=100), name="score_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.score} {self.title}"


class Steering(models.Model):
    """One act of a person on rows of the queue, remembered for as long as it can be taken back."""

    class Act(models.TextChoices):
        PAUSE = "pause"
        RESUME = "resume"
        PRIORITY = "priority"
        MOVE = "move"
        CANCEL = "cancel"
        CLEAR = "clear"

    id = models.BigIntegerField(primary_key=True)  # drawn, not counted: known before anything is written
    act = models.CharField(max_length=10, choices=Act.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )  # null: the command line
    at = models.DateTimeField(db_index=True)
    detail = models.JSONField(default=dict)  # what it did besides its rows: to requests, and which priority it gave
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.act} {self.at:%H:%M:%S}"


class SteeredRow(models.Model):
    """How a download stood before an act."""

    steering = models.ForeignKey(Steering, on_delete=models.CASCADE, related_name="rows", db_index=False)
    download_id = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices)
    priority = models.PositiveSmallIntegerField()
    position = models.BigIntegerField()
    place = models.BigIntegerField(null=True)  # the position that a move gave it
    not_before_at = models.DateTimeField(null=True)
    lane = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["steering", "download_id"], name="one_row_per_steering")]

    def __str__(self) -> str:
        return f"{self.download_id} was {self.status}"


class Correction(models.Model):
    """What a person, or a shared file, says of one upload: it is this recording, or it is not.

    Known by the recording's code, so that it outlives the recording's row and can be shared; ``recording`` is the key
    where there is no code.
    """

    class Verdict(models.TextChoices):
        RIGHT = "right"
        WRONG = "wrong"

    isrc = models.CharField(max_length=12, blank=True)
    mbid = models.CharField(max_length=36, blank=True)
    recording = models.ForeignKey(Recording, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=1000, blank=True)
    artist_text = models.CharField(max_length=1000, blank=True)
    service = models.CharField(max_length=30)  # the one whose ids these are: YouTube Music's are YouTube's
    source_id = models.CharField(max_length=500)
    url = models.CharField(max_length=2000, blank=True)
    verdict = models.CharField(max_length=5, choices=Verdict.choices)
    is_imported = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["isrc"], condition=~models.Q(isrc=""), name="correction_by_isrc"),
            models.Index(fields=["mbid"], condition=~models.Q(mbid=""), name="correction_by_mbid"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.source_id} {self.verdict}"


class ArtistThreshold(models.Model):
    """From which score on candidates for an artist's recordings are taken, where it is not the setting's."""

    artist = models.OneToOneField(Artist, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(score__lte=100), name="artist_threshold_to_100")]

    def __str__(self) -> str:
        return f"{self.artist_id}: {self.score}"


class Errand(models.Model):
    """What is left of an act on more rows than a person waits for; carried on in the background."""

    id = models.BigIntegerField(primary_key=True)  # that of its ``Steering``, where the act has one
    act = models.CharField(max_length=10)  # a name of services/queue/errands.py
    arguments = models.JSONField(default=dict)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    ids = models.JSONField()  # the rows that are left, in their order
    total = models.PositiveIntegerField()  # rows of the whole act
    done = models.PositiveIntegerField(default=0)  # of ``ids``
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.act} {self.done}/{len(self.ids)}"


class IgnoredRecording(models.Model):
    """A recording that a person does not want: it is left out wherever it comes with others."""

    recording = models.OneToOneField(Recording, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ignored_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.recording_id} ignored"


class Trial(models.Model):
    """What is known of something outside: how its last trial went, when it last worked, and its last error.

    ``name`` is a source's, a catalogue's or a helper's, or ``engine``: its renewal is asked for and told like a trial.
    """

    name = models.CharField(max_length=40, primary_key=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    begun_at = models.DateTimeField(null=True, blank=True)  # also the fence: who began it may write
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    machine = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    steps = models.JSONField(default=list, blank=True)
    # Of trials and of downloads alike.
    worked_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)
    live = models.BigIntegerField(default=0, db_index=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_under_way(self) -> bool:
        return self.asked_at is not None and self.ended_at is None
