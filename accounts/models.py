"""People and their credentials of outside services."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone


class PersonManager(UserManager["Person"]):
    """People as Django's commands make them, with the role that fits."""

    use_in_migrations = False

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> Person:
        """The owner where there is none (a shell is proof enough), else an admin."""
        has_owner = self.filter(role=Person.Role.OWNER).exists()
        extra.setdefault("role", Person.Role.ADMIN if has_owner else Person.Role.OWNER)
        return super().create_superuser(username, email, password, **extra)


class Person(AbstractUser):
    """Someone who signs in."""

    class Role(models.TextChoices):
        OWNER = "owner"
        ADMIN = "admin"
        MEMBER = "member"
        VIEWER = "viewer"

    class Theme(models.TextChoices):
        SYSTEM = "system"
        DARK = "dark"
        LIGHT = "light"

    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(fields=["role"], condition=models.Q(role="owner"), name="one_owner"),
        ]

    @property
    def may_manage(self) -> bool:
        """Whether this person may change settings, people and credentials."""
        return self.role in {self.Role.OWNER, self.Role.ADMIN}

    @property
    def may_download(self) -> bool:
        return self.role != self.Role.VIEWER


class FailedSignIn(models.Model):
    """A try to sign in that failed, kept for as long as it slows down the next one."""

    name_hash = models.CharField(max_length=64)  # SHA-256: people type passwords into the name field by mistake
    address = models.CharField(max_length=45)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["address", "-at"], name="failed_sign_in_by_address"),
            models.Index(fields=["name_hash", "-at"], name="failed_sign_in_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%Y-%m-%d %H:%M}"


class Credential(models.Model):
    """A named account of an outside service. ``secret`` is encrypted at rest and never shown again."""

    class Service(models.TextChoices):
        SPOTIFY_APP = "spotify_app", "Spotify app"

    service = models.CharField(max_length=30, choices=Service.choices)
    name = models.CharField(max_length=80)
    identifier = models.CharField(max_length=200, help_text="The public half: the client id.")
    secret_encrypted = models.BinaryField(editable=False, default=bytes)
    is_active = models.BooleanField(default=True)
    # What this credential was found able to do, by probing: {"batch_tracks": false, ...}, with when it was learned.
    capabilities = models.JSONField(default=dict, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    check_message = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="one_credential_per_service_and_name")]

    def __str__(self) -> str:
        return f"{self.get_service_display()}: {self.name}"
