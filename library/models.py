"""Audio files on disk."""

from __future__ import annotations

from django.db import models
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
