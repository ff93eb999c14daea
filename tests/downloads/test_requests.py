import pytest

from core.errors import UserError
from core.formats import NAMES
from downloads.models import Download, DownloadRequest, Format, RequestItem, Status
from downloads.services import queue, states
from downloads.services.adding import add_tracks
from downloads.services.requests import request_download
from history.models import Event
from tests.downloads.make import make_album, make_download, make_file, make_request, make_track, make_wish
from tests.threads import at_once

pytestmark = pytest.mark.django_db
S = Status


@pytest.fixture
def library(folders, settings):
    """The library folder, where ``own`` puts a file with its row."""
    (settings.LIBRARY / ".spotizer").mkdir(parents=True)

    def own(track, **fields):
        file = make_file(track, **fields)
        (settings.LIBRARY / file.path).write_bytes(b"sound")
        return file

    return own


def test_request_of_a_track_queues_it_at_once(folders):
    track = make_track()

    request = request_download(track=track)

    download = Download.objects.get()
    assert (request.stage, request.total, request.is_expanded) == ("running", 1, True)
    assert (download.track, download.status, download.priority) == (track, S.QUEUED, 3)
    assert download.live > 0
    assert Event.objects.get(kind="requested").request_id == request.pk


def test_request_of_an_album_that_is_stored_queues_all_of_it_in_order(folders):
    album = make_album(3)
    album.tracks_fetched_at = make_request().created_at
    album.save()

    request = request_download(album=album)

    rows = Download.objects.order_by("position")
    assert request.total == 3
    assert [row.track_id for row in rows] == [track.pk for track in album.tracks.all()]


def test_request_that_comes_later_stands_behind_an_earlier_one(folders):
    request_download(track=make_track("One"))
    request_download(track=make_track("Two"))

    assert [row.track.title for row in Download.objects.order_by("position")] == ["One", "Two"]


def test_request_for_what_is_owned_is_skipped_with_the_reason_and_has_ended(library):
    track = make_track()
    file = library(track)

    request = request_download(track=track)

    item = request.items.get()
    assert (request.stage, request.skipped, request.total) == ("ended", 1, 1)
    assert (item.skip_reason, item.file, item.download) == ("owned", file, None)
    assert not Download.objects.exists()
    assert Event.objects.get(kind="skipped").reason == "owned"


def test_request_for_what_is_owned_in_a_poorer_form_queues_it(library):
    track = make_track()
    library(track, codec="opus", bitrate_kbps=96)

    request = request_download(track=track, output_format="mp3", quality_kbps=320)

    assert (request.total, request.skipped) == (1, 0)
    assert Download.objects.get().output_format == "mp3"


def test_request_to_get_again_what_is_owned_queues_it(library):
    track = make_track()
    library(track)

    request_download(track=track, options={"get_again": True})

    assert Download.objects.get().options["get_again"] is True


def test_request_twice_for_the_same_gives_the_one_that_stands(folders):
    track = make_track()

    first, second = request_download(track=track), request_download(track=track)

    assert first == second
    assert Download.objects.count() == RequestItem.objects.count() == 1


def test_request_for_the_same_in_another_format_is_another_download(folders):
    track = make_track()

    request_download(track=track)
    request_download(track=track, output_format="mp3")

    assert Download.objects.count() == 2


def test_request_after_a_failure_makes_a_fresh_one(folders):
    track = make_track()
    request_download(track=track)
    states.move_ids([Download.objects.get().pk], S.CANCELLED)

    request_download(track=track)

    assert sorted(Download.objects.values_list("status", flat=True)) == [S.CANCELLED, S.QUEUED]


def test_request_of_a_track_that_another_wants_joins_its_download_and_both_end(folders):
    album = make_album(2)
    album.tracks_fetched_at = make_request().created_at
    album.save()
    track = album.tracks.first()
    single = request_download(track=track)

    whole = request_download(album=album)
    assert Download.objects.count() == 2
    states.move_ids(Download.objects.values_list("pk", flat=True), S.CANCELLED)

    single.refresh_from_db()
    whole.refresh_from_db()
    assert (single.cancelled, single.stage) == (1, "ended")
    assert (whole.cancelled, whole.stage) == (2, "ended")


def test_explicit_tracks_are_left_out_where_the_filter_is_on(folders, settings):
    settings.EXPLICIT_FILTER = True

    request = request_download(track=make_track(explicit=True))

    assert request.items.get().skip_reason == "explicit_filtered"


@pytest.mark.parametrize(
    "wrong",
    [
        {"output_format": "wma"},
        {"quality_kbps": -1},
        {"options": {"force_lossless": "perhaps"}},
        {"priority": 0},
        {"priority": 6},
    ],
)
def test_request_with_a_wish_that_there_is_not_says_what_there_is(folders, wrong):
    with pytest.raises(UserError) as caught:
        request_download(track=make_track(), **wrong)

    assert caught.value.remedy
    assert not DownloadRequest.objects.exists()


def test_download_keeps_the_template_that_was_in_force_when_it_was_asked_for(folders, settings):
    settings.NAME_TEMPLATE = "{Title}"
    request_download(track=make_track())
    request_download(track=make_track(), options={"template": "{Artist}/{Title}"})
    settings.NAME_TEMPLATE = "{Track Id}"

    kept = Download.objects.order_by("pk").values_list("options__template", flat=True)
    assert list(kept) == ["{Title}", "{Artist}/{Title}"]


def test_request_with_a_template_that_names_nothing_is_refused_with_words(folders):
    with pytest.raises(UserError, match="same name"):
        request_download(track=make_track(), options={"template": "{Album}"})
    assert not DownloadRequest.objects.exists()


def test_add_tracks_costs_no_query_per_track(folders, django_assert_max_num_queries):
    few, many = [make_track() for _ in range(3)], [make_track() for _ in range(60)]
    add_tracks(make_request(), few, first_position=1)

    with django_assert_max_num_queries(26):
        add_tracks(make_request(), many, first_position=1)


def test_add_tracks_with_an_entry_that_is_gone_keeps_its_place(folders):
    request = make_request()

    add_tracks(request, [make_track(), None, make_track()], first_position=1)

    assert [(item.position, item.skip_reason) for item in request.items.all()] == [
        (1, ""),
        (2, "gone_from_playlist"),
        (3, ""),
    ]


def test_add_tracks_that_stand_twice_share_a_download(folders):
    request, track = make_request(), make_track()

    add_tracks(request, [track, track], first_position=1)

    assert request.items.count() == 2
    assert Download.objects.count() == 1


def test_add_tracks_to_a_request_that_was_cancelled_leaves_nothing(folders):
    request = make_request()
    queue.cancel_request(request)

    with pytest.raises(states.LostLease):
        add_tracks(request, [make_track()], first_position=1)

    assert not Download.objects.exists()
    assert not RequestItem.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_give_one_download_and_every_request_is_counted(folders):
    track = make_track()
    requests = [make_request() for _ in range(8)]
    done = {"is_expanded": True, "stage": "running"}

    at_once(8, lambda number: add_tracks(requests[number], [track], first_position=1, **done))

    download = Download.objects.get()
    assert download.items.count() == 8
    states.move_ids([download.pk], S.CANCELLED)
    assert set(DownloadRequest.objects.values_list("stage", "cancelled", "total")) == {("ended", 1, 1)}


@pytest.mark.django_db(transaction=True)
def test_joining_while_the_download_ends_is_never_lost_and_never_counted_twice(folders):
    for _ in range(6):
        track = make_track()
        download = make_download(track)
        make_wish(download)
        request = make_request()

        def act(number, request=request, track=track, download=download):
            if number:
                add_tracks(request, [track], first_position=1, is_expanded=True, stage="running")
            else:
                states.move_ids([download.pk], S.CANCELLED)

        at_once(2, act)

        request.refresh_from_db()
        mine = request.items.get().download
        assert request.cancelled == (1 if mine == download else 0)
        assert request.stage == ("ended" if mine == download else "running")


def test_request_with_a_bitrate_that_the_format_does_not_have_takes_its_default_and_notes_it(folders):
    request = request_download(track=make_track(), output_format="opus", quality_kbps=320)

    assert request.quality_kbps == 128
    assert "320 kbit/s is none of Opus's" in Event.objects.get(kind="requested").message


def test_request_of_the_same_lossless_file_at_two_bitrates_is_one_download(folders):
    track = make_track()

    first = request_download(track=track, output_format="flac")
    second = request_download(track=track, output_format="flac", quality_kbps=320)

    assert first == second
    assert Download.objects.get().quality_kbps == 0


def test_bitrate_of_the_settings_holds_for_their_format_only(folders, settings):
    settings.OUTPUT_FORMAT, settings.OUTPUT_QUALITY_KBPS = "mp3", 320

    assert request_download(track=make_track()).quality_kbps == 320
    assert request_download(track=make_track(), output_format="opus").quality_kbps == 0


def test_request_hands_its_steps_to_its_downloads(folders):
    request_download(track=make_track(), output_format="flac", options={"force_lossless": True})

    assert Download.objects.get().options["force_lossless"] is True


def test_formats_are_the_same_for_all_who_name_them():
    assert set(Format.values) == set(NAMES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"trim": "yes"},
        {"loudness": "loud"},
        {"target_lufs": 3},
        {"target_lufs": float("nan")},
        {"peak_dbtp": "high"},
        {"trim_below_db": True},
        {"trim_keep_ms": -1},
    ],
)
def test_request_with_a_step_that_there_is_not_says_what_there_is(folders, wrong):
    with pytest.raises(UserError) as caught:
        request_download(track=make_track(), options=wrong)

    assert caught.value.remedy
    assert not DownloadRequest.objects.exists()
