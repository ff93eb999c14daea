"""Where something can be played: what is here of an album, a track, a hit; and for whom."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.models import Person
from catalog.models import Artist
from tests.downloads.make import make_file
from tests.fixtures_pages import settled_album, settled_playlist

pytestmark = pytest.mark.django_db


@pytest.fixture
def album():
    return settled_album("Tidal Memory", Artist.objects.create(name="Glass Harbour"))


def controls(html: str) -> list[str]:
    """The opening tags of all links that play, in order."""
    return re.findall(r"<a [^>]*data-play[^>]*>", html)


def stream(file) -> str:
    return reverse("library:stream", args=[file.pk])


def test_complete_album_is_played_by_its_main_action_and_by_each_row(visitor, album):
    files = [make_file(track) for track in album.tracks.all()]

    whole, *rows = controls(visitor.get(album.get_absolute_url()).content.decode())

    assert "button-main" in whole
    assert "data-play-all" in whole
    assert f'href="{stream(files[0])}"' in whole
    assert [re.findall('href="([^"]*)"', row) for row in rows] == [[stream(file)] for file in files]


def test_album_with_some_tracks_plays_them_beside_getting_the_rest(visitor, album):
    file = make_file(list(album.tracks.all())[1])

    html = visitor.get(album.get_absolute_url()).content.decode()
    whole, row = controls(html)

    assert "button-main" not in whole
    assert f'href="{stream(file)}"' in whole
    assert f'href="{stream(file)}"' in row
    assert "Get 2 missing" in html


def test_album_of_which_nothing_is_here_plays_nothing(visitor, album):
    assert controls(visitor.get(album.get_absolute_url()).content.decode()) == []


def test_track_is_played_with_its_name_artist_and_length(visitor, album):
    track = album.tracks.first()
    track.title = 'A "quoted" <b>name</b>'
    track.save()
    file = make_file(track)

    html = visitor.get(track.get_absolute_url(), follow=True).content.decode()
    [control] = controls(html)

    assert f'href="{stream(file)}"' in control
    assert 'data-play="A &quot;quoted&quot; &lt;b&gt;name&lt;/b&gt;"' in control
    assert f'data-by="{track.recording.artist_text}"' in control
    assert f'data-ms="{track.recording.duration_ms}"' in control


def test_rows_of_a_playlist_say_the_artist_alone(visitor, album):
    tracks = list(album.tracks.all())
    file = make_file(tracks[2])
    playlist = settled_playlist(tracks)

    [control] = controls(visitor.get(playlist.get_absolute_url()).content.decode())

    assert f'href="{stream(file)}"' in control
    assert f'data-by="{tracks[2].recording.artist_text}"' in control


def test_account_that_may_only_look_may_listen(client, album):
    make_file(album.tracks.first())
    client.force_login(Person.objects.create_user("vi", role=Person.Role.VIEWER))

    assert len(controls(client.get(album.get_absolute_url()).content.decode())) == 2
