import pytest
from django.db import IntegrityError
from django.db.models import F
from django.db.models.functions import JSONObject

from core.bulk import among, insert_alike, insert_from, update_each
from downloads.models import Download, DownloadRequest, RequestItem
from history.models import Event
from tests.downloads.make import make_download, make_request, make_track

pytestmark = pytest.mark.django_db


def test_rows_that_are_alike_have_the_defaults_of_their_model_and_their_own_values():
    first, second = make_track(), make_track()
    plain = make_download()

    made = insert_alike(
        Download(options={"get_again": True}, priority=1),
        ("recording", "track", "position"),
        [(track.recording_id, track.pk, place) for place, track in enumerate([first, second], 7)],
        returning=("recording", "id"),
    )

    rows = {row.recording_id: row for row in Download.objects.exclude(pk=plain.pk)}
    assert made == [(track.recording_id, rows[track.recording_id].pk) for track in (first, second)]
    assert [row.position for row in Download.objects.exclude(pk=plain.pk).order_by("pk")] == [7, 8]
    row = rows[first.recording_id]
    assert (row.track, row.options, row.priority) == (first, {"get_again": True}, 1)
    own = {"id", "recording", "track", "position", "options", "priority", "created_at"}
    for field in Download._meta.concrete_fields:
        if field.name not in own:
            assert field.value_from_object(row) == field.value_from_object(plain), field.name
    assert Download.objects.filter(pk=row.pk, created_at=row.created_at, lease_owner="", file=None).exists()


def test_values_that_are_none_or_any_words_are_stored_as_they_are():
    request, words = make_request(), """it's 100 % "so" \\ {ü} 音"""

    insert_alike(
        RequestItem(request=request), ("position", "track", "skip_reason"), [(1, None, words[:40]), (2, None, "")]
    )

    assert list(request.items.values_list("position", "track", "skip_reason")) == [(1, None, words), (2, None, "")]


def test_row_that_a_constraint_forbids_is_an_error_or_left_out_where_that_is_asked_for():
    standing, fresh = make_download(), make_track()
    rows = [(track.recording_id, track.pk) for track in (standing.track, fresh)]

    made = insert_alike(
        Download(quality_kbps=0), ("recording", "track"), rows, returning=("recording",), ignore_conflicts=True
    )

    assert made == [(fresh.recording_id,)]
    with pytest.raises(IntegrityError):
        insert_alike(Download(quality_kbps=0), ("recording", "track"), rows)


def test_no_rows_cost_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_alike(RequestItem(request_id=1), ("position",), []) == []


def test_each_row_gets_its_own_values_and_no_other_is_touched():
    first, second, other = (make_request(title=f"R{number}", done=3) for number in range(3))

    update_each(DownloadRequest, ("title", "album"), [(first.pk, """it's 100 % "so" ü""", None), (second.pk, "", None)])
    update_each(DownloadRequest, ("done", "failed"), [(first.pk, -2, 1), (second.pk, 4, 0)], is_added=True)

    rows = DownloadRequest.objects.order_by("pk").values_list("title", "done", "failed")
    assert list(rows) == [("""it's 100 % "so" ü""", 1, 1), ("", 7, 0), (other.title, 3, 0)]


def test_rows_are_made_of_rows_with_values_of_theirs_and_nulls():
    downloads = [make_download(priority=number) for number in (1, 2, 3)]
    chosen = Download.objects.filter(pk__in=[row.pk for row in downloads[:2]]).order_by("pk")

    values = {"kind": "done", "at": downloads[0].created_at, "title": F("recording__title"), "download_id": F("pk")}
    plain = dict.fromkeys(("artist_text", "source", "reason", "message"), "it's % so")
    insert_from(Event, chosen, values | plain | {"detail": JSONObject(priority=F("priority"))})

    made = list(Event.objects.order_by("pk"))
    assert [event.download_id for event in made] == [row.pk for row in downloads[:2]]
    assert [event.title for event in made] == [row.recording.title for row in downloads[:2]]
    assert [event.detail for event in made] == [{"priority": 1}, {"priority": 2}]
    assert {(event.message, event.request_id, event.person, event.at) for event in made} == {
        ("it's % so", None, None, downloads[0].created_at)
    }


@pytest.mark.parametrize("number", [0, 1, 60])
def test_rows_among_any_number_of_ids_are_found(number):
    ids = [make_request().pk for _ in range(number)]
    make_request()

    assert set(DownloadRequest.objects.filter(pk__in=among(ids)).values_list("pk", flat=True)) == set(ids)
    assert not DownloadRequest.objects.filter(pk__in=among([pk + 10_000_000 for pk in ids])).exists()
