"""What each origin says of recordings, albums and artists, what was settled by whom, and what is still to be asked.

``catalog.models`` has the columns that count; these tables say why.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Values(models.Model):
    """All that one origin says of one thing, by field: one row, as lists are stored by the thousand."""

    origin = models.CharField(max_length=30)
    fields = models.JSONField(default=dict)
    fetched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.origin}: {', '.join(self.fields)}"


class RecordingValues(Values):
    recording = models.ForeignKey("catalog.Recording", on_delete=models.CASCADE, related_name="said")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "origin"], name="one_say_per_recording_and_origin")]


class AlbumValues(Values):
    album = models.ForeignKey("catalog.Album", on_delete=models.CASCADE, related_name="said")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["album", "origin"], name="one_say_per_album_and_origin")]


class ArtistValues(Values):
    artist = models.ForeignKey("catalog.Artist", on_delete=models.CASCADE, related_name="said")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["artist", "origin"], name="one_say_per_artist_and_origin")]


class Conflict(models.Model):
    """A field of one thing on which origins contradict one another, or which a person decided.

    ``act`` is the number of what settled it, so that many can be taken back as one; ``before`` how it stood until then.
    """

    class State(models.TextChoices):
        OPEN = "open"
        BY_HAND = "by_hand"
        BY_RULE = "by_rule"

    entity = models.CharField(max_length=10)
    recording = models.ForeignKey(
        "catalog.Recording", null=True, blank=True, on_delete=models.CASCADE, related_name="conflicts"
    )
    album = models.ForeignKey(
        "catalog.Album", null=True, blank=True, on_delete=models.CASCADE, related_name="conflicts"
    )
    artist = models.ForeignKey(
        "catalog.Artist", null=True, blank=True, on_delete=models.CASCADE, related_name="conflicts"
    )
    field = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    origin = models.CharField(max_length=30, blank=True)  # whose value counts, once it is settled
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=150, blank=True)
    act = models.BigIntegerField(null=True, blank=True, db_index=True)
    before: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "field"], name="one_conflict_per_recording_and_field"),
            models.UniqueConstraint(fields=["album", "field"], name="one_conflict_per_album_and_field"),
            models.UniqueConstraint(fields=["artist", "field"], name="one_conflict_per_artist_and_field"),
            models.CheckConstraint(
                condition=Q(entity="recording", recording__isnull=False, album=None, artist=None)
                | Q(entity="album", album__isnull=False, recording=None, artist=None)
                | Q(entity="artist", artist__isnull=False, recording=None, album=None),
                name="conflict_is_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="conflict_by_state"),
            models.Index(fields=["state", "entity", "field", "-id"], name="conflict_by_field"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.about}: {self.field}"

    @property
    def about(self) -> int:
        """The number of the thing that it is about."""
        return int(self.recording_id or self.album_id or self.artist_id or 0)


class FieldRule(models.Model):
    """For this field of this kind of thing one origin is believed before all others but a person.

    A rule is walked over what its origin said: ``walked_to`` is the last thing done, None at the end. One that was
    changed or taken back is walked over what the earlier origin, ``before``, said as well; without ``prefer`` it is
    gone after that.
    """

    entity = models.CharField(max_length=10)
    field = models.CharField(max_length=30)
    prefer = models.CharField(max_length=30, blank=True)
    before = models.CharField(max_length=30, blank=True)
    walked_to = models.BigIntegerField(null=True, blank=True, default=0)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "field"], name="one_rule_per_entity_and_field")]

    def __str__(self) -> str:
        return f"{self.entity} {self.field}: {self.prefer}"


class Enrichment(models.Model):
    """That MusicBrainz and Last.fm are to be asked about a recording, or were. ``due_at`` None: nothing to be done."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        UNKNOWN = "unknown"  # they were asked, and know nothing of it
        FAILED = "failed"

    recording = models.OneToOneField("catalog.Recording", on_delete=models.CASCADE, related_name="enrichment")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="enrichment_by_state")]

    def __str__(self) -> str:
        return f"{self.recording_id} {self.state}"
