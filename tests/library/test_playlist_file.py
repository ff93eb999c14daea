"""The M3U8 of a playlist: whole, in order, rewritten, and never over somebody's own file."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Playlist
from core.errors import StorageError
from library.models import PlaylistFile
from library.services import Entry, write_playlist
from library.services.playlist_file import playlist_text

pytestmark = pytest.mark.django_db
BLUE = Entry("Vera Holm/Tidal Rooms (2025)/01 Blue Door.opus", "Blue Door", "Vera Holm", 200_400)
RED = Entry("Kit/Red.mp3", "Red", "Kit", None)


@pytest.fixture
def library(settings, tmp_path):
    settings.LIBRARY = tmp_path / "library"
    return settings.LIBRARY


@pytest.fixture
def playlist():
    return Playlist.objects.create(provider="deezer", provider_id="7", title="Evening")


def lists(library):
    return sorted(path.name for path in (library / "Playlists").iterdir())


def test_list_names_each_track_with_its_length_and_its_way_from_the_folder(library, playlist):
    path = write_playlist(playlist, [BLUE, RED])

    assert path == PurePosixPath("Playlists/Evening.m3u8")
    assert (library / path).read_text("utf-8").splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:Evening",
        "#EXTINF:200,Vera Holm - Blue Door",
        "../Vera Holm/Tidal Rooms (2025)/01 Blue Door.opus",
        "#EXTINF:-1,Kit - Red",
        "../Kit/Red.mp3",
    ]


def test_second_time_the_list_is_rewritten_whole(library, playlist):
    write_playlist(playlist, [BLUE, RED])
    path = write_playlist(playlist, [RED])

    assert "Blue" not in (library / path).read_text("utf-8")
    assert lists(library) == ["Evening.m3u8"]


def test_list_follows_the_title_of_its_playlist(library, playlist):
    write_playlist(playlist, [BLUE])
    playlist.title = "Late: night?"

    path = write_playlist(playlist, [BLUE])

    assert lists(library) == ["Late - night.m3u8"]
    assert PlaylistFile.objects.get().path == str(path)


def test_list_that_somebody_changed_stays_and_the_new_one_takes_the_next_name(library, playlist):
    first = library / write_playlist(playlist, [BLUE])
    first.write_text("my own order", "utf-8")

    path = write_playlist(playlist, [RED])

    assert first.read_text("utf-8") == "my own order"
    assert path.name == "Evening (2).m3u8"
    assert write_playlist(playlist, [BLUE]) == path


def test_list_of_somebody_else_in_another_case_is_not_overwritten(library, playlist):
    write_playlist(playlist, [])
    (library / "Playlists" / "Evening.m3u8").rename(library / "Playlists" / "EVENING.M3U8")

    assert write_playlist(playlist, [BLUE]).name == "Evening (2).m3u8"


def test_two_playlists_of_one_title_have_two_lists(library, playlist):
    other = Playlist.objects.create(provider="deezer", provider_id="8", title="Evening")
    write_playlist(playlist, [BLUE])
    write_playlist(other, [RED])

    assert lists(library) == ["Evening (2).m3u8", "Evening.m3u8"]


def test_present_folder_is_used_however_it_is_spelled(library, playlist):
    (library / "playlists").mkdir(parents=True)

    assert write_playlist(playlist, [BLUE]) == PurePosixPath("playlists/Evening.m3u8")


def test_link_that_leads_out_of_the_library_is_not_followed(library, playlist, tmp_path):
    outside = tmp_path / "outside.m3u8"
    path = library / write_playlist(playlist, [BLUE])
    path.rename(outside)
    path.symlink_to(outside)

    write_playlist(playlist, [RED])

    assert "Blue" in outside.read_text("utf-8")


def test_folder_that_is_a_file_is_said_in_words(library, playlist):
    library.mkdir()
    (library / "Playlists").write_text("mine", "utf-8")

    with pytest.raises(StorageError):
        write_playlist(playlist, [BLUE])


@given(st.text(), st.text(), st.text())
def test_no_title_breaks_a_line(title, track, artist):
    text = playlist_text(title, [Entry("a/b.mp3", track, artist, 1_000)])

    assert len(text.splitlines()) == 4
    assert text.splitlines()[-1] == "../a/b.mp3"
