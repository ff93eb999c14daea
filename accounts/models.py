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


class SignIn(models.Model):
    """A session of a person, so that they see and end it. Where the session is gone the row says nothing."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=45)
    agent = models.CharField(max_length=300, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.person} {self.began_at:%Y-%m-%d %H:%M}"


class Invite(models.Model):
    """A link that lets one person in. The link itself is told once; ``used_at`` is set by whoever comes first."""

    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256: nobody who reads the table gets in
    role = models.CharField(max_length=10, choices=Person.Role.choices, default=Person.Role.MEMBER)
    made_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"{self.role} {self.created_at:%Y-%m-%d %H:%M}"


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


class SpotifyAccount(models.Model):
    """The Spotify account that a person signed in with. Its tokens are encrypted; a lost sign-in keeps the row."""

    class Lost(models.TextChoices):
        REFUSED = "refused", "Spotify ended it"  # withdrawn there, or run out
        OVER = "over", "Six months were over"
        UNREADABLE = "unreadable", "Stored under a secret key that is gone"

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="spotify_account")
    client_id = models.CharField(max_length=64)  # tokens are good for the app that they were given to
    user_id = models.CharField(max_length=200)
    account_id = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=300)
    scopes = models.TextField(blank=True)
    tokens_encrypted = models.BinaryField(editable=False, default=bytes)
    expires_at = models.DateTimeField()  # of the access token
    consented_at = models.DateTimeField()  # the six months begin here, and refreshing does not move them
    signed_in_at = models.DateTimeField(default=timezone.now)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    lost_reason = models.CharField(max_length=20, choices=Lost.choices, blank=True)
    # One worker refreshes at a time: a refresh token may be good for one use only.
    refresh_owner = models.CharField(max_length=40, blank=True)
    refresh_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.person})"

    def is_of(self, *, user_id: str, account_id: str) -> bool:
        """Whether this is the account with these ids; the stable one decides where both sides know it."""
        if self.account_id and account_id:
            return self.account_id == account_id
        return self.user_id == user_id


class SpotifySignIn(models.Model):
    """A sign-in that was begun: bound to one person and one session, good for one answer of Spotify.

    Where something keeps it from being finished (another account than before, no answer to "who is it?") it holds the
    tokens until the person decides.
    """

    state = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    session_hash = models.CharField(max_length=64)
    client_id = models.CharField(max_length=64)
    verifier_encrypted = models.BinaryField(editable=False, default=bytes)
    redirect_uri = models.CharField(max_length=500)
    next_url = models.CharField(max_length=500, blank=True)
    begun_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    tokens_encrypted = models.BinaryField(editable=False, default=bytes)
    profile = models.JSONField(default=dict, blank=True)  # who it is, once that is known
    message = models.TextField(blank=True)  # why it is not finished

    def __str__(self) -> str:
        return f"{self.person} {self.begun_at:%Y-%m-%d %H:%M}"
