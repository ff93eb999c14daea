"""Artists, albums and tracks as the world knows them.

A *recording* is the sound itself, found by its ISRC or by a provider's track id. A *track* is a recording at a place on
one edition of an album (disc and number); an *album* is one edition of a *release group*. Credits are many-to-many and
ordered. What each provider calls an entity is in its own table of external ids.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalog.models_metadata import AlbumValues as AlbumValues
from catalog.models_metadata import ArtistValues as ArtistValues
from catalog.models_metadata import Conflict as Conflict
from catalog.models_metadata import Enrichment as Enrichment
from catalog.models_metadata import FieldRule as FieldRule
from catalog.models_metadata import RecordingValues as RecordingValues
from catalog.models_names import ArtistNaming as ArtistNaming
from catalog.models_names import ArtistsApart as ArtistsApart
from core.keys import key_for, slug_for
from providers.base import ReleaseKind


class Artwork(models.Model):
    """A picture of an outside service, fetched once and served by us. The key is a hash of its largest address."""

    key = models.CharField(max_length=24, primary_key=True)
    url = models.URLField(max_length=1000)
    tint = models.PositiveSmallIntegerField(null=True, blank=True)  # one of twelve hue buckets, once fetched
    fetched_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.key


class Addressed(models.Model):
    """Has a public address made of a short id and a slug."""

    url_name = ""

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return reverse(self.url_name, args=[self.address])

    @property
    def key(self) -> str:
        return key_for(self.pk)

    @property
    def address(self) -> str:
        """``7m1qa-tidal-memory``."""
        slug = slug_for(str(self))
        return f"{self.key}-{slug}" if slug else self.key


class Artist(Addressed):
    url_name = "catalog:artist_detail"

    name = models.CharField(max_length=500)
    sort_name = models.CharField(max_length=500, blank=True)
    mbid = models.CharField(max_length=36, blank=True)
    artwork = models.ForeignKey(Artwork, null=True, blank=True, on_delete=models.SET_NULL)
    genres = models.JSONField(default=list, blank=True)
    aliases = models.JSONField(default=list, blank=True)  # other names and spellings, as MusicBrainz lists them
    releases_fetched_at = models.DateTimeField(null=True, blank=True)
    # The same artist under another spelling, which has all that this row had: services/artist_names.py.
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ReleaseGroup(models.Model):
    """The album as an idea over its editions."""

    title = models.CharField(max_length=1000)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in ReleaseKind], default=ReleaseKind.ALBUM)
    mbid = models.CharField(max_length=36, blank=True)
    # Normalised artist and title: editions that one provider lists apart meet here.
    match_key = models.CharField(max_length=500, unique=True)

    def __str__(self) -> str:
        return self.title


class Album(Addressed):
    """One edition."""

    url_name = "catalog:album_detail"

    release_group = models.ForeignKey(ReleaseGroup, on_delete=models.PROTECT, related_name="editions")
    title = models.CharField(max_length=1000)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in ReleaseKind], default=ReleaseKind.ALBUM)
    artists = models.ManyToManyField(Artist, through="AlbumCredit", related_name="albums")
    released_on = models.CharField(max_length=10, blank=True)  # as precise as is known: 2025, 2025-10, 2025-10-03
    first_released_on = models.CharField(max_length=10, blank=True)  # its earliest edition
    track_total = models.PositiveIntegerField(null=True, blank=True)
    disc_total = models.PositiveIntegerField(null=True, blank=True)
    upc = models.CharField(max_length=14, blank=True)
    label = models.CharField(max_length=300, blank=True)
    copyright = models.CharField(max_length=1000, blank=True)
    genres = models.JSONField(default=list, blank=True)
    explicit = models.BooleanField(null=True, blank=True)
    mbid = models.CharField(max_length=36, blank=True)
    artwork = models.ForeignKey(Artwork, null=True, blank=True, on_delete=models.SET_NULL)
    tracks_fetched_at = models.DateTimeField(null=True, blank=True)  # None: only the head is known
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["upc"], name="album_by_upc")]

    def __str__(self) -> str:
        return self.title

    @property
    def year(self) -> str:
        return self.released_on[:4]


class Recording(models.Model):
    """The sound: what a person wishes for, what a file holds."""

    title = models.CharField(max_length=1000)
    artists = models.ManyToManyField(Artist, through="RecordingCredit", related_name="recordings")
    # The credit as one text, kept so that lists and the queue need no join.
    artist_text = models.CharField(max_length=1000, blank=True)
    isrc = models.CharField(max_length=12, blank=True)
    mbid = models.CharField(max_length=36, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    explicit = models.BooleanField(null=True, blank=True)
    composer = models.CharField(max_length=500, blank=True)
    genres = models.JSONField(default=list, blank=True)
    first_released_on = models.CharField(max_length=10, blank=True)
    is_identified = models.BooleanField(default=True)  # False: known only from an audio link
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["isrc"], condition=~models.Q(isrc=""), name="one_recording_per_isrc"),
        ]

    def __str__(self) -> str:
        return self.title


class Track(Addressed):
    """A recording at a place on an edition; without an album where a provider's hit has none."""

    url_name = "catalog:track_detail"

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="tracks")
    album = models.ForeignKey(Album, null=True, blank=True, on_delete=models.CASCADE, related_name="tracks")
    title = models.CharField(max_length=1000)
    disc_number = models.PositiveIntegerField(null=True, blank=True)
    track_number = models.PositiveIntegerField(null=True, blank=True)
    is_playable = models.BooleanField(default=True)

    class Meta:
        ordering = ["disc_number", "track_number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["album", "disc_number", "track_number"],
                condition=models.Q(track_number__isnull=False),
                name="one_track_per_place_on_an_album",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CreditRow(models.Model):
    """One artist in an ordered credit."""

    artist = models.ForeignKey(Artist, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField()
    join_phrase = models.CharField(max_length=40, blank=True)
    is_featured = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position} {self.artist_id}"


class AlbumCredit(CreditRow):
    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="credits")

    class Meta(CreditRow.Meta):
        constraints = [models.UniqueConstraint(fields=["album", "position"], name="one_album_credit_per_position")]


class RecordingCredit(CreditRow):
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="credits")

    class Meta(CreditRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["recording", "position"], name="one_recording_credit_per_position")
        ]


class ExternalId(models.Model):
    """What a provider calls an entity; a provider may know one entity by several ids."""

    provider = models.CharField(max_length=30)
    value = models.CharField(max_length=200)
    link = models.URLField(max_length=500, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.provider}:{self.value}"


class ArtistId(ExternalId):
    artist = models.ForeignKey(Artist, on_delete=models.CASCADE, related_name="external_ids")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "value"], name="one_artist_per_external_id")]


class AlbumId(ExternalId):
    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="external_ids")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "value"], name="one_album_per_external_id")]


class TrackId(ExternalId):
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="external_ids")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "value"], name="one_track_per_external_id")]


class Playlist(Addressed):
    """A playlist of an outside service, as it was when last read."""

    url_name = "catalog:playlist_detail"

    provider = models.CharField(max_length=30)
    provider_id = models.CharField(max_length=200)
    title = models.CharField(max_length=1000)
    owner = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    artwork = models.ForeignKey(Artwork, null=True, blank=True, on_delete=models.SET_NULL)
    track_total = models.PositiveIntegerField(null=True, blank=True)
    snapshot = models.CharField(max_length=200, blank=True)
    unreadable_reason = models.TextField(blank=True)
    entries_fetched_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)
    is_private = models.BooleanField(default=False)  # only its readers may know of it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "provider_id"], name="one_playlist_per_external_id")]

    def __str__(self) -> str:
        return self.title


class PlaylistReader(models.Model):
    """Somebody to whom a playlist's service showed it: in their own list there, or when they opened it."""

    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField(null=True, blank=True)  # in their own list; null: not in it
    is_own = models.BooleanField(default=False)
    is_shared = models.BooleanField(default=False)  # several people write to it
    is_closed = models.BooleanField(default=False)  # the head is shown to them, the contents are refused
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["playlist", "person"], name="one_reader_row_per_person")]
        indexes = [models.Index(fields=["person", "position"], name="playlists_of_a_person")]

    def __str__(self) -> str:
        return f"{self.playlist_id} {self.person_id}"


class PlaylistEntry(models.Model):
    """One place in a playlist; ``track`` is None where the service has it no more."""

    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField()
    track = models.ForeignKey(Track, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["playlist", "position"], name="one_entry_per_playlist_position")]

    def __str__(self) -> str:
        return f"{self.playlist_id} {self.position}"
