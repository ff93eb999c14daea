"""What all apps share: settings, the call ledger and breakers, the response cache, notices, the live sequence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Setting(models.Model):
    """What is kept by name: marks of the queue, cookies, and in one row settings that are stored (``ops.settings``)."""

    key = models.CharField(max_length=100, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.key


class SettingChange(models.Model):
    """One setting was changed, or put back to its default (``new`` is empty). What a secret is stands nowhere here."""

    class Way(models.TextChoices):
        PAGE = "page"
        COMMAND = "command"
        IMPORT = "import"

    version = models.PositiveIntegerField()  # of all settings, after this
    key = models.CharField(max_length=100)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # None: the command line
    way = models.CharField(max_length=10, choices=Way.choices)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["key", "-id"], name="changes_of_one_setting")]

    def __str__(self) -> str:
        return f"{self.version} {self.key}"


class LiveSequence(models.Model):
    """The one row that holds the newest number of the live sequence."""

    value = models.BigIntegerField(default=0)
    moved = models.BigIntegerField(default=0)  # the newest that was more than the progress of rows at work

    def __str__(self) -> str:
        return str(self.value)


class ServiceState(models.Model):
    """What all workers know of one outside service or lane: open or closed until when, and its recent calls."""

    service = models.CharField(max_length=60, primary_key=True)
    closed_until = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=40, blank=True)  # a code of core.errors
    closed_message = models.TextField(blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_failed_at = models.DateTimeField(null=True, blank=True)
    # Unix seconds, oldest first: the sliding window that every process shares.
    recent = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.service

    @property
    def is_closed(self) -> bool:
        return self.closed_until is not None and self.closed_until > timezone.now()


class ServiceCalls(models.Model):
    """Calls to one service in one hour: the ledger."""

    service = models.CharField(max_length=60)
    hour_at = models.DateTimeField()
    calls = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    cache_hits = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "service calls"
        constraints = [
            models.UniqueConstraint(fields=["service", "hour_at"], name="one_ledger_row_per_service_and_hour")
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.hour_at:%Y-%m-%d %H}"


class LanePermit(models.Model):
    """The right of one worker to fetch through a lane now; a lapsed one is free to take."""

    lane = models.CharField(max_length=60)
    slot = models.PositiveSmallIntegerField()
    owner = models.CharField(max_length=120)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lane", "slot"], name="one_permit_per_lane_and_slot")]

    def __str__(self) -> str:
        return f"{self.lane} {self.slot}"


class CachedResponse(models.Model):
    """An outside answer kept until it is stale. ``key`` is a SHA-256 of service and request."""

    key = models.CharField(max_length=64, primary_key=True)
    service = models.CharField(max_length=60)
    body = models.JSONField()
    status = models.PositiveSmallIntegerField(default=200)  # 404: a remembered "none"
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.service} {self.key[:8]}"


class Notice(models.Model):
    """Something to know until it is mended, by all or by one person: a closed lane, a full disk, a missing tool."""

    class Level(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        ERROR = "error"

    code = models.CharField(max_length=80, primary_key=True)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.WARNING)
    message = models.TextField()
    remedy = models.TextField(blank=True)
    link = models.CharField(max_length=200, blank=True)
    since_at = models.DateTimeField(default=timezone.now)
    person_id = models.BigIntegerField(null=True, blank=True)  # whom alone it concerns; null: all

    def __str__(self) -> str:
        return self.code


class Heartbeat(models.Model):
    """The last sign of life of one long-running part: a worker, the sweeper, a cluster."""

    name = models.CharField(max_length=120, primary_key=True)
    beat_at = models.DateTimeField()
    detail = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.name
