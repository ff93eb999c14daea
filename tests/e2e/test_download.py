"""From a link to tagged files, over real HTTP, real yt-dlp and real audio; and what happens on a bad day."""

from pathlib import Path

import mutagen
import pytest

from catalog.selectors import track_info
from downloads.models import Download, DownloadRequest
from history.models import Event
from library.models import AudioFile
from library.tags import read_tags
from ops.models import Notice
from tests.library.audio_files import decode_ms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRACK = "https://www.deezer.com/track/3100013"
ALBUM = "https://www.deezer.com/album/302002"
PLAYLIST = "https://www.deezer.com/playlist/908003"
TROUBLE = "https://www.deezer.com/playlist/908006"
MEDIA = "www.youtube.com/sandbox/media/"


def check_file(path: str) -> None:
    """The file holds what the catalogue says of it, and plays from one end to the other."""
    file = AudioFile.objects.select_related("track").get(path=str(path).partition("/library/")[2])
    wanted = track_info(file.track)
    tags = read_tags(Path(path))
    assert (tags.title, tags.artists) == (wanted.title, wanted.artists)
    assert (tags.album, tags.track_number) == (wanted.album.title, wanted.track_number)
    assert tags.isrc == wanted.isrc
    assert abs(decode_ms(Path(path)) - wanted.duration_ms) < 1_000
    assert abs(mutagen.File(path).info.length * 1_000 - wanted.duration_ms) < 1_000
    assert file.has_cover


@pytest.mark.parametrize(
    ("output_format", "codec"),
    [
        ("keep", "opus"),
        ("opus", "opus"),
        ("m4a", "aac"),
        ("mp3", "mp3"),
        ("ogg", "vorbis"),
        ("flac", "flac"),
        ("alac", "alac"),
        ("wav", "pcm_s16le"),
    ],
)
def test_track_in_each_format_is_on_disk_tagged_and_whole(download, library_files, output_format, codec):
    code, [line] = download(TRACK, "--format", output_format, "--force-lossless", "--wait")

    assert (code, line["status"], line["reason"]) == (0, "done", "")
    assert AudioFile.objects.get().codec == codec
    check_file(line["path"])
    assert library_files(".part") == []


def test_album_as_mp3_has_every_track_at_its_name(download, library_files, home):
    code, lines = download(ALBUM, "--format", "mp3", "--quality", "320", "--wait")

    assert code == 0
    assert library_files(".mp3") == sorted(
        f"Short Circuit Trio/Quick Sketches (2023)/{number:02} Sketch No. {number}.mp3" for number in range(1, 13)
    )
    for line in lines:
        check_file(line["path"])
    request = DownloadRequest.objects.get()
    assert (request.stage, request.done, request.total) == ("ended", 12, 12)
    assert list((home / "work").iterdir()) == []


def test_playlist_is_filed_by_album_and_listed_and_asking_again_fetches_nothing(download, sandbox, library_files, home):
    code, lines = download(PLAYLIST, "--wait")
    assert (code, len(lines)) == (0, 5)
    [listed] = library_files(".m3u8")
    entries = [line for line in (home / "library" / listed).read_text("utf-8").splitlines() if line.startswith("..")]
    assert sorted(entries) == sorted(f"../{name}" for name in library_files(".opus"))
    files, fetched = library_files(".opus"), sandbox.count("sandbox/media")

    code, lines = download(PLAYLIST, ALBUM, "--wait")

    assert code == 0
    assert [line["reason"] for line in lines if line["status"] == "skipped"] == ["owned"] * 10
    assert set(files) < set(library_files())
    assert sandbox.count("sandbox/media") == fetched + 7


def test_playlist_with_a_template_of_its_own_is_one_folder_in_its_order(download, library_files, settings):
    settings.PLAYLIST_TEMPLATE = "{Playlist}/{Position} {Title} [{Quality}]"

    code, lines = download(PLAYLIST, "--format", "mp3", "--quality", "128", "--wait")

    assert (code, len(lines)) == (0, 5)
    names = [name.partition("/")[2] for name in library_files(".mp3")]
    titles = DownloadRequest.objects.get().items.order_by("position").values_list("track__title", flat=True)
    assert names == [f"{position:02} {title} [128 kbps].mp3" for position, title in enumerate(titles, 1)]


def test_name_of_one_request_is_used_for_its_files_only(download, library_files):
    code, _ = download(TRACK, "--name", "Singles/%music%", "--wait")

    assert code == 0
    assert [name.partition("/")[0] for name in library_files(".opus")] == ["Singles"]


def test_trouble_of_every_kind_ends_with_a_reason_and_the_rest_goes_on(download, library_files):
    code, lines = download(TROUBLE, "--wait")

    assert code == 1
    ended = {line["title"]: (line["status"], line["reason"]) for line in lines}
    assert len(ended) == 12
    assert ended["All Is Well"] == ("done", "")
    assert ended["Gone for Good"] == ("failed", "removed")
    assert ended["Nobody Has It"] == ("failed", "no_match")
    for line in lines:
        if line["status"] == "done":
            check_file(line["path"])
        else:
            assert line["path"] == ""
            assert line["message"]
    assert len(library_files(".opus")) == sum(line["status"] == "done" for line in lines)
    assert library_files(".part") == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "reset"},
        {"kind": "truncate"},
        {"kind": "corrupt"},
        {"kind": "garbage"},
        {"kind": "empty"},
        {"kind": "html"},
        {"kind": "content_type"},
        {"kind": "wrong_duration"},
        {"kind": "latency", "seconds": 1},
    ],
    ids=lambda fault: fault["kind"],
)
def test_media_that_goes_wrong_once_ends_with_the_right_file(download, sandbox, library_files, fault):
    sandbox.fault(MEDIA, times=1, **fault)

    code, [line] = download(TRACK, "--wait")

    assert (code, line["status"]) == (0, "done"), line
    check_file(line["path"])
    assert library_files(".part") == []


def test_source_that_refuses_twice_closes_its_lane_and_says_what_to_do(download, sandbox, library_files):
    sandbox.fault(MEDIA, "status", status=403)

    code, lines = download(TRACK, "--wait")

    download_row = Download.objects.get()
    assert code == 1
    assert (download_row.status, download_row.reason, download_row.failures) == ("waiting", "blocked", 0)
    assert Notice.objects.get(code="lane:youtube").remedy
    assert lines == []
    assert library_files() == []


def test_catalogue_that_fails_once_is_asked_again(download, sandbox):
    sandbox.fault("api.deezer.com/playlist/908003/tracks", "status", status=503, times=1)

    code, lines = download(PLAYLIST, "--wait")

    assert (code, len(lines)) == (0, 5)


@pytest.mark.parametrize("service", ["lrclib.net", "cdn-images.dzcdn.net"])
def test_lyrics_or_covers_that_cannot_be_had_do_not_keep_the_sound_from_coming(download, sandbox, service):
    sandbox.fault(service, "status", status=500)

    code, [line] = download(TRACK, "--wait")

    assert (code, line["status"]) == (0, "done")


@pytest.mark.parametrize(
    ("link", "code", "reason"),
    [
        ("https://music.example/track/1", 2, "bad_request"),
        ("https://www.deezer.com/album/not-a-number", 2, "bad_request"),
        ("http://127.0.0.1:8000/secret", 2, "bad_request"),
        ("http://169.254.169.254/latest", 2, "bad_request"),
        ("hello", 2, "bad_request"),
        ("https://soundcloud.com/vera-holm/lantern-year", 1, "bad_request"),  # links are switched off here
        ("https://www.deezer.com/album/999999999", 1, "not_found"),
        ("https://www.deezer.com/playlist/908002", 1, "empty"),
        ("https://www.youtube.com/watch?v=aaaaaaaaaaa", 1, "removed"),
    ],
)
def test_link_that_leads_nowhere_says_why_with_the_right_code(download, library_files, link, code, reason):
    found, [line] = download(link, "--wait")

    assert (found, line["status"], line["reason"]) == (code, "failed", reason)
    assert line["message"]
    assert library_files() == []


def test_bad_link_among_good_ones_does_not_keep_them_from_being_done(download):
    code, lines = download("https://music.example/1", TRACK, "--wait")

    assert code == 1
    assert [line["status"] for line in lines] == ["failed", "done"]


def test_audio_link_is_identified_in_the_catalogue_and_named_by_it(download, sandbox):
    hit = sandbox.get_json("www.youtube.com/sandbox/search?q=Sketch+No.+1&n=1")["entries"][0]

    code, [line] = download(f"https://www.youtube.com/watch?v={hit['id']}", "--wait")

    assert (code, line["status"]) == (0, "done")
    file = AudioFile.objects.get()
    assert file.recording.is_identified
    assert "Quick Sketches (2023)" in file.path
    assert Download.objects.get().candidates.get().source_id == hit["id"]


def test_without_wait_a_running_server_gets_the_work_and_the_code_says_unfinished(download):
    from ops.services import heartbeats

    heartbeats.beat("sweeper")

    code, [line] = download(TRACK)

    assert (code, line["status"]) == (3, "queued")
    assert Download.objects.get().status == "queued"


@pytest.mark.parametrize("wrong", [["--format", "wma"], ["--quality=-5"], ["--quality", "loud"]])
def test_wish_that_there_is_not_is_bad_usage(download, wrong):
    code, lines = download(TRACK, *wrong)

    assert (code, lines) == (1, []) or code == 2
    assert not DownloadRequest.objects.exists()


def test_album_with_loudness_tags_has_its_gain_in_every_file_and_in_the_history(download):
    code, lines = download(ALBUM, "--loudness", "tags", "--trim", "no", "--wait")

    assert (code, len(lines)) == (0, 12)
    gains = {read_tags(Path(line["path"])).album_gain_db for line in lines}
    assert len(gains) == 1
    assert gains != {None}
    told = Event.objects.filter(message__startswith="the album is complete")
    assert told.count() == 12
    assert set(told.values_list("download_id", flat=True)) == set(Download.objects.values_list("pk", flat=True))
