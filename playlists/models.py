"""Lists that people bring along, from their lines to a playlist."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from catalog.models import Playlist, Track
from core.keys import key_for


class ListImport(models.Model):
    """A list that somebody brought; only they see it. Its lines are looked up in the background."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=1000)
    kind = models.CharField(max_length=60)  # in words
    encoding = models.CharField(max_length=60, blank=True)
    left_off = models.PositiveIntegerField(default=0)  # lines beyond the most
    total = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True, blank=True)  # null: one of several, not wanted yet
    ended_at = models.DateTimeField(null=True, blank=True)  # each line was looked up
    not_before_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # without an answer, at the line that is next
    message = models.TextField(blank=True)  # why it waits
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    live = models.BigIntegerField(default=0)
    playlist = models.ForeignKey(Playlist, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="imports_of_a_person"),
            models.Index(fields=["id"], name="imports_under_way", condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        return key_for(self.pk)


class ImportLine(models.Model):
    """One line of it, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", "To be looked up"
        MATCHED = "matched", "Matched"
        DOUBTFUL = "doubtful", "Doubtful"
        MISSING = "missing", "Not found"
        LEFT_OUT = "left_out", "Left out"
        UNREAD = "unread", "Not understood"

    owner = models.ForeignKey(ListImport, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    number = models.PositiveIntegerField()  # the line of the file
    raw = models.TextField()
    wish = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    why = models.TextField(blank=True)
    track = models.ForeignKey(Track, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    candidates = models.JSONField(default=list)  # ids of tracks, the best first

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "position"], name="one_line_per_import_position")]
        indexes = [models.Index(fields=["owner", "state", "position"], name="import_lines_by_state")]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.position}"
