"""What a person decided about the names of artists; ``catalog.models`` has the names themselves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


class ArtistNaming(models.Model):
    """An artist was given a name, and other rows that are the same artist were folded into its own.

    ``merged`` has by the number of each folded row its name and what was moved, so that it can be taken back.
    """

    artist = models.ForeignKey("catalog.Artist", on_delete=models.CASCADE, related_name="namings")
    name = models.CharField(max_length=500)
    before = models.CharField(max_length=500)
    merged = models.JSONField(default=dict)
    also: models.JSONField[Any, Any] = models.JSONField(default=list)  # how its files' folders spelled it besides
    act = models.BigIntegerField(null=True, blank=True)  # of the choice of the name, by which that is taken back
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.before}: {self.name}"

    @property
    def old_names(self) -> list[str]:
        """Every name that was given up for this one."""
        names = [self.before, *(str(one["name"]) for one in self.merged.values()), *map(str, self.also)]
        return [name for name in dict.fromkeys(names) if name != self.name]


class ArtistsApart(models.Model):
    """Two artists of whom a person has said that they are not the same; the lower number is ``one``."""

    one = models.ForeignKey("catalog.Artist", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("catalog.Artist", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="told_apart_once")]

    def __str__(self) -> str:
        return f"{self.one_id} is not {self.other_id}"
