"""Audio files on disk."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from catalog.models import Playlist, Recording, Track


class AudioFile(models.Model):
    """A file in the library folder. ``path`` is relative to it, with forward slashes, in NFC."""

    path = models.CharField(max_length=1000, unique=True)
    recording = models.ForeignKey(Recording, null=True, blank=True, on_delete=models.SET_NULL, related_name="files")
    track = models.ForeignKey(Track, null=True, blank=True, on_delete=models.SET_NULL, related_name="files")
    size_bytes = models.BigIntegerField()
    modified_ns = models.BigIntegerField()
    codec = models.CharField(max_length=20)
    container = models.CharField(max_length=20)
    bitrate_kbps = models.PositiveIntegerField(null=True, blank=True)
    sample_rate_hz = models.PositiveIntegerField(null=True, blank=True)
    channels = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField()
    match_key = models.CharField(max_length=300, blank=True)  # artist and title in plain words; catalog.names
    audio_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of the audio packets
    # Where it came from and what was done to it: source, source codec and bitrate, conversions, checks.
    passport = models.JSONField(default=dict, blank=True)
    has_cover = models.BooleanField(default=False)
    has_lyrics = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=timezone.now)
    gone_at = models.DateTimeField(null=True, blank=True)  # not found when last looked for

    class Meta:
        indexes = [
            models.Index(fields=["-added_at"], name="file_newest_first"),
            models.Index(fields=["match_key"], name="file_by_match_key"),
        ]

    def __str__(self) -> str:
        return self.path


class PlaylistFile(models.Model):
    """The M3U8 that was written for a playlist. ``path`` is relative to the library folder."""

    playlist = models.OneToOneField(Playlist, on_delete=models.CASCADE, related_name="file")
    path = models.CharField(max_length=1000)
    sha256 = models.CharField(max_length=64)  # of what we wrote: what differs from it is somebody's own work
    written_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.path


class JournalBatch(models.Model):
    """Acts on files that were meant as one thing: what, why, by whom. Undone as one thing, too."""

    what = models.CharField(max_length=200)  # "Rename by the new template"
    why = models.CharField(max_length=1000, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=150)  # the person's name, or the part of Spotizer that acted
    hand = models.CharField(max_length=40)  # whose lock says that somebody is still at it: services/journal/hands.py
    started_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.pk}: {self.what}"


class FileAct(models.Model):
    """One act on one file, written down before it is done.

    ``path`` is where the file lay, ``target`` where it lies now, both relative to the library; empty is the bin.
    """

    class Kind(models.TextChoices):
        MOVE = "move"  # another name or folder
        BIN = "bin"
        RESTORE = "restore"  # out of the bin
        REPLACE = "replace"  # another content, maybe under another name; the earlier one goes to the bin
        TAGS = "tags"  # the same sound with other tags

    class State(models.TextChoices):
        PLANNED = "planned"
        DOING = "doing"
        DONE = "done"
        UNDONE = "undone"
        FAILED = "failed"  # nothing changed, unless the message says otherwise

    batch = models.ForeignKey(JournalBatch, on_delete=models.CASCADE, related_name="acts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    path = models.CharField(max_length=1000, blank=True)
    target = models.CharField(max_length=1000, blank=True)
    file = models.ForeignKey(AudioFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="acts")
    undoes = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undoings")
    # Facts of the content (services/journal/facts.py): size, time, hashes.
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    # What the act put into the bin, relative to it; empty where nothing is there (any more). ``origin`` is the place in
    # the bin that a restored content came from.
    kept = models.CharField(max_length=1200, blank=True)
    kept_bytes = models.BigIntegerField(default=0)
    origin = models.CharField(max_length=1200, blank=True)
    row = models.JSONField(default=dict, blank=True)  # of the file's row, what a replacement made untrue: its passport
    left_bin_at = models.DateTimeField(null=True, blank=True)  # for good: it can no longer be undone
    reason = models.CharField(max_length=40, blank=True)  # a code of core.errors
    message = models.CharField(max_length=1000, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state"], condition=Q(state__in=["planned", "doing"]), name="act_open"),
            models.Index(fields=["ended_at"], condition=~Q(kept=""), name="act_kept_since"),
            models.Index(fields=["state", "-id"], name="act_by_state"),
            models.Index(fields=["kind", "-id"], name="act_by_kind"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["path"], condition=Q(state="doing") & ~Q(path=""), name="one_act_at_a_time_per_file"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.path or self.target}"


class ManualTag(models.Model):
    """What a person set a field of a file's tags to, by hand: it goes before everything that a catalogue says."""

    file = models.ForeignKey(AudioFile, on_delete=models.CASCADE, related_name="manual_tags")
    field = models.CharField(max_length=40)  # of library.tags.Tags
    value = models.JSONField()  # text, number, list of texts, true or false; null takes the field out of the file
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "field"], name="one_manual_value_per_field")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.field}"


class FileJob(models.Model):
    """Work on more files than a person waits for, done in the background. Doing it twice changes nothing."""

    kind = models.CharField(max_length=20)  # a name of services/jobs.py
    arguments = models.JSONField(default=dict)
    ids = models.JSONField()  # of the files
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind}: {len(self.ids)} files"
