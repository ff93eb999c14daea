"""What happened and when; written by services, never edited. Stable ids instead of foreign keys upward."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One thing that happened to a download or a request, in words and with its receipts."""

    class Kind(models.TextChoices):
        REQUESTED = "requested"
        DONE = "done"
        SKIPPED = "skipped"
        FAILED = "failed"
        CANCELLED = "cancelled"
        STEERED = "steered"  # what a person asked of a request or of the whole queue
        TRANSITION = "transition"  # any other change of state; shown on the download's own page

    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    request_id = models.BigIntegerField(null=True, blank=True)
    download_id = models.BigIntegerField(null=True, blank=True)
    recording_id = models.BigIntegerField(null=True, blank=True)
    file_id = models.BigIntegerField(null=True, blank=True)
    title = models.CharField(max_length=1000)
    artist_text = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)  # the receipt: candidates, scores, what each step changed

    class Meta:
        indexes = [
            models.Index(fields=["-id"], condition=~models.Q(kind="transition"), name="history_newest_first"),
            models.Index(fields=["kind", "-id"], name="history_by_kind"),
            models.Index(fields=["download_id", "id"], name="history_by_download"),
            models.Index(fields=["request_id", "id"], name="history_by_request"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"
