"""Somebody who is signed in, and a house with something in every room: no page of it asks an outside service."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from catalog.metadata.fields import Entity
from catalog.models import Album, AlbumCredit, Artist, Playlist, PlaylistEntry, Track
from catalog.services.metadata import choosing, rules
from catalog.services.metadata.saying import Say, take_in
from catalog.services.metadata.spreading import save
from downloads.models import Download, DownloadCandidate, Status, Trial
from history.models import Event
from library.models import FileAct, JournalBatch
from ops.models import Notice
from playlists.models import ImportLine, ListImport
from spotizer.shell import kept_facts
from tests.downloads.make import make_album, make_download, make_file, make_request, make_track, make_wish

LONG = "A title so long that no phone has room for it, because somebody thought a whole sentence would do just as well"

PASSPORT = {
    "source": {"codec": "opus", "container": "webm", "bitrate_kbps": 160, "is_lossless": False, "link": ""},
    "conversions": ["moved from webm into ogg, the sound untouched"],
    "steps": [],
    "loudness": {"loudness_lufs": -9.1, "range_lu": 5.0, "peak_dbfs": -0.3},
    "checks": {
        "container": "whole",
        "decoded": "in full",
        "duration_ms": 232_000,
        "audio_hash": "0123456789abcdef" * 4,
    },
}


def make_import(person: Person, tracks: list[Track]) -> str:
    """A list with a line in every state; the address of its table."""
    now = timezone.now()
    owner = ListImport.objects.create(person=person, title=LONG, kind="CSV", total=6, begun_at=now, message="Soon.")
    for at, state in enumerate(ImportLine.State, 1):
        is_matched = state == ImportLine.State.MATCHED
        ImportLine.objects.create(
            owner=owner,
            position=at,
            number=at,
            raw=LONG if at % 2 else "Vera Holm - Lantern Year",
            state=state,
            why="The line names no artist.",
            track=tracks[0] if is_matched else None,
            candidates=[track.pk for track in tracks[:3]],
        )
    return reverse("playlists:import_detail", args=[owner.key])


@dataclass
class House:
    """Rows of every kind, and the addresses of all pages that show them."""

    album: Album
    artist: Artist
    track: Track
    playlist: Playlist
    needy: Download
    failed: Download
    working: Download
    urls: dict[str, str] = field(default_factory=dict)


@pytest.fixture(autouse=True)
def no_kept_facts() -> None:
    """The live sequence of each test begins anew; what the last one's polls kept would look as if it were of it."""
    kept_facts.forget()


@pytest.fixture
def person(db) -> Person:
    return Person.objects.create_user("mara", password="harbour-lights", role=Person.Role.OWNER, is_staff=True)


@pytest.fixture
def visitor(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def settled_album(title: str, artist: Artist, tracks: int = 3) -> Album:
    """An album whose tracks are known, so that its page asks nobody."""
    album = make_album(tracks, title=title)
    AlbumCredit.objects.create(album=album, artist=artist, position=0)
    album.tracks_fetched_at = timezone.now()
    album.released_on = "2024-05"
    album.save()
    return album


def settled_playlist(tracks: list[Track], title: str = "Late train home") -> Playlist:
    playlist = Playlist.objects.create(
        provider="deezer", provider_id=title, title=title, track_total=len(tracks), entries_fetched_at=timezone.now()
    )
    for position, track in enumerate(tracks, 1):
        PlaylistEntry.objects.create(playlist=playlist, track=track, position=position)
    return playlist


def make_acts(person: Person) -> None:
    """A batch of acts on files, of every kind and in every state; no file is touched."""
    batch = JournalBatch.objects.create(
        what="Rename by the new template", why="template", person=person, by_name="mara"
    )
    now = timezone.now()
    for number, (kind, state) in enumerate(
        [
            ("move", "done"),
            ("tags", "done"),
            ("bin", "done"),
            ("bin", "undone"),
            ("replace", "failed"),
            ("move", "doing"),
        ]
    ):
        path = f"Glass Harbour/Tidal Memory (2024)/{number:02} {LONG}.opus"
        FileAct.objects.create(
            batch=batch,
            kind=kind,
            state=state,
            path=path,
            target="" if kind == "bin" else path.replace("Tidal", "Tides") if kind == "move" else path,
            kept=f"{number}/x.opus" if kind in ("tags", "bin") and state == "done" else "",
            kept_bytes=4_100_000,
            after={"size_bytes": 4_100_000, "modified_ns": 1, "ends_hash": "0"},
            message="The disk is full: nothing was changed." if state == "failed" else "",
            ended_at=None if state == "doing" else now,
        )


def make_conflicts(album: Album, artist: Artist, tracks: list[Track]) -> None:
    """Conflicts of every kind and in every state, and a rule."""
    for row, name, *values in (
        (album, "label", LONG, "Fjord"),
        (album, "released_on", "2024-04-28", "2024-05-03"),
        (artist, "name", "Glass Harbour", "Glass Harbor Ensemble"),
        (tracks[0].recording, "duration_ms", 240_000, 180_000),
        (tracks[1].recording, "duration_ms", 240_000, 180_000),
    ):
        for origin, value in zip(("deezer", "musicbrainz"), values, strict=True):
            entity = Entity(type(row).__name__.lower())
            settled, _ = take_in(entity, [Say(row, origin, {name: value})])
            save(entity, settled)
    choosing.choose([artist.conflicts.get().pk], "deezer", by="mara")
    rules.make_rule(Entity.ALBUM, "released_on", "musicbrainz", by="mara")
    rules.walk()
    artist.refresh_from_db()
    album.refresh_from_db()


def make_trials(person: Person) -> None:
    """A trial that ended well, one that failed with words of every length, one under way and one that waits."""
    now = timezone.now()
    well = {"name": "Search", "is_ok": True, "message": f"5 found; the first is “{LONG}”", "remedy": "", "seconds": 1.2}
    bad = {"name": "Fetch", "is_ok": False, "message": f"{LONG}/" * 3, "remedy": "Choose another.", "seconds": 90.0}
    common = {"asked_at": now, "asked_by": person}
    Trial.objects.create(name="youtube", **common, begun_at=now, ended_at=now, steps=[well], worked_at=now)
    Trial.objects.create(
        name="soundcloud",
        **common,
        begun_at=now,
        ended_at=now,
        steps=[well, bad],
        failed_at=now,
        failure=bad["message"],
    )
    Trial.objects.create(name="slskd", **common, begun_at=now, steps=[well])
    Trial.objects.create(name="deezer", **common)


@pytest.fixture
def house(person: Person) -> House:
    artist = Artist.objects.create(name="Glass Harbour", releases_fetched_at=timezone.now())
    album = settled_album("Tidal Memory", artist, tracks=7)
    settled_album(LONG, artist, tracks=2)
    tracks = list(album.tracks.all())
    make_file(tracks[0], has_cover=True, bitrate_kbps=160, passport=PASSPORT)
    working = make_download(
        tracks[1],
        status=Status.FETCHING,
        lease_owner="w1",
        percent=42,
        bytes_per_second=800_000,
        total_bytes=7_000_000,
        done_bytes=3_000_000,
        doing="Fetching",
    )
    failed = make_download(tracks[2], status=Status.FAILED, reason="no_match", ended_at=timezone.now())
    needy = make_download(tracks[3], status=Status.NEEDS_YOU, reason="match_too_poor")
    for number, score in enumerate((74, 52)):
        DownloadCandidate.objects.create(
            download=needy,
            source="youtube",
            source_id=str(number),
            url="https://www.youtube.com/watch?v=aaaaaaaaaaa",
            title=f"{tracks[3]} (live)",
            score=score,
            duration_ms=199_000,
            breakdown={"title": {"score": 90}, "artist": 40, "why": "It runs 19 s longer."},
        )
    make_download(tracks[4])
    make_download(tracks[5], status=Status.PAUSED)
    lost = make_track("שיר ארוך")
    done = make_download(lost, status=Status.DONE, ended_at=timezone.now(), source="youtube_music", percent=100)
    wish = make_wish(working, request=make_request(kind="album", album=album, title="Tidal Memory", stage="running"))
    make_request(kind="album", title="Lost", stage="failed", reason="not_found", message="It is gone.")
    Event.objects.create(kind="requested", title="Tidal Memory", request_id=wish.pk, person=person, detail={"a": "b"})
    Event.objects.create(kind="done", title="Lost", download_id=done.pk, source="youtube_music")
    make_trials(person)
    Notice.objects.create(code="lane:youtube", message="YouTube asks us to wait.", remedy="It goes on by itself.")
    playlist = settled_playlist(tracks)
    make_acts(person)
    make_conflicts(album, artist, tracks)
    found = House(album, artist, tracks[0], playlist, needy, failed, working)
    found.urls = {
        "home": "/",
        "search": reverse("catalog:search"),
        "album": album.get_absolute_url(),
        "artist": artist.get_absolute_url(),
        "track": tracks[0].get_absolute_url(),
        "playlist": playlist.get_absolute_url(),
        "queue": reverse("downloads:queue"),
        "queue_failed": reverse("downloads:queue") + "?show=failed",
        "queue_done": reverse("downloads:queue") + "?show=done",
        "download": reverse("downloads:download_detail", args=[needy.pk]),
        "history": reverse("history:event_list"),
        "history_filtered": reverse("history:event_list") + "?kind=cancelled",
        "journal": reverse("library:act_list"),
        "journal_filtered": reverse("library:act_list") + "?state=undone",
        "metadata": reverse("catalog:conflict_list"),
        "metadata_ruled": reverse("catalog:conflict_list") + "?state=by_rule",
        "sources": reverse("downloads:source_list"),
        "settings": reverse("ops:settings_tab", args=["general"]),
        "quality": reverse("ops:settings_tab", args=["quality"]),
        "names": reverse("ops:settings_tab", args=["files"]),
        "matching": reverse("ops:settings_tab", args=["matching"]),
        "about": reverse("ops:settings_tab", args=["about"]),
        "backup": reverse("ops:settings_tab", args=["backup"]),
        "changes": reverse("ops:settings_history"),
        "settings search": f"{reverse('ops:settings_home')}?q=lyrics",
        "account": reverse("accounts:account"),
        "password": reverse("accounts:password"),
        "people": reverse("accounts:people"),
        "my_spotify": reverse("catalog:my_playlists"),
        "imports": reverse("playlists:import_list"),
        "import": make_import(person, tracks),
        "problem": reverse("catalog:open") + "?url=https://example.org/x",
    }
    return found
