"""Download as …: what is chosen for one request, from the form to the row that a worker reads, and what is refused."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.models import Person
from downloads.forms import DownloadAsForm
from downloads.models import Download, DownloadRequest, Status
from downloads.selectors.asked import as_asked, as_before
from downloads.services.requests import request_download
from tests.downloads.make import make_download, make_file, make_track

pytestmark = pytest.mark.django_db

GET, AS = reverse("downloads:request_download"), reverse("downloads:download_as")
PART = {"HX-Request": "true", "HX-Target": "as-form"}


@pytest.fixture(autouse=True)
def two_sources(settings):
    settings.SOURCES = ["youtube_music", "internet_archive", "link"]


def press(visitor, track, **chosen):
    return visitor.post(GET, {"what": f"track:{track.key}", "as": "1", **chosen}, follow=True)


def words_of(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_everything_chosen_stands_on_the_request_and_on_its_download(visitor):
    track = make_track("Undertow")

    response = press(
        visitor,
        track,
        format="mp3",
        quality="192",
        trim="yes",
        loudness="tags",
        template="{Artist}/{Title}",
        priority="1",
        sources=["internet_archive"],
    )

    wish, download = DownloadRequest.objects.get(), Download.objects.get()
    options = {"trim": True, "loudness": "tags", "template": "{Artist}/{Title}", "sources": ["internet_archive"]}
    assert (wish.output_format, wish.quality_kbps, wish.priority, wish.options) == ("mp3", 192, 1, options)
    assert (download.output_format, download.quality_kbps, download.priority) == ("mp3", 192, 1)
    assert options.items() <= download.options.items()
    asked = "MP3 192, trimmed, loudness in its tags, from Internet Archive only, named {Artist}/{Title}"
    assert words_of(response) == f"Undertow is in the queue, as {asked}."
    page = visitor.get(reverse("downloads:download_detail", args=[download.pk])).content.decode()
    assert f"As asked: {asked}" in page


def test_nothing_chosen_is_what_the_settings_say(visitor, settings):
    settings.OUTPUT_FORMAT, settings.OUTPUT_QUALITY_KBPS = "opus", 96

    response = press(visitor, make_track("Undertow"))

    wish = DownloadRequest.objects.get()
    assert (wish.output_format, wish.quality_kbps, wish.priority, wish.options) == ("opus", 96, 3, {})
    assert words_of(response) == "Undertow is in the queue."


def test_format_alone_is_its_own_quality_whatever_bitrate_is_set(visitor, settings):
    settings.OUTPUT_FORMAT, settings.OUTPUT_QUALITY_KBPS = "mp3", 128

    press(visitor, make_track(), format="mp3")

    assert DownloadRequest.objects.get().quality_kbps == 0
    assert as_asked("mp3", 0, {}) == "MP3 V0"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"quality": "320"}, "choose a format as well"),
        ({"format": "m4a", "quality": "320"}, "M4A (AAC) is made with 32, 64, 96, 128, 192, 256 kbit/s"),
        ({"format": "flac", "quality": "320"}, "FLAC is lossless and has no bitrate"),
        ({"format": "mp3", "force_lossless": "on"}, "This is for FLAC, ALAC and WAV"),
        ({"format": "wma"}, "Select a valid choice"),
        ({"format": "mp3", "quality": "7"}, "Select a valid choice"),
        ({"trim": "maybe"}, "Select a valid choice"),
        ({"loudness": "loud"}, "Select a valid choice"),
        ({"priority": "9"}, "Select a valid choice"),
        ({"sources": ["slskd"]}, "Select a valid choice"),
        ({"template": "{Nonsense}"}, "unknown placeholder"),
        ({"template": "{Artist}/{Album}"}, "the same name"),
        ({"template": "x" * 301}, "at most 300"),
    ],
)
@pytest.mark.parametrize("headers", [{}, PART], ids=["plain", "htmx"])
def test_what_cannot_be_is_refused_at_its_field_and_keeps_the_rest(visitor, chosen, words, headers):
    track = make_track()

    response = visitor.post(GET, {"what": f"track:{track.key}", "as": "1", "priority": "2"} | chosen, headers=headers)

    html = response.content.decode()
    assert response.status_code == 400
    assert escape(words) in html
    assert f'value="track:{track.key}"' in html
    assert ("<html" in html) is (headers == {})
    if "priority" not in chosen:
        assert '<option value="2" selected>' in html
    assert not DownloadRequest.objects.exists()


def test_owned_in_another_form_is_fetched_beside_and_said(visitor):
    track = make_track("Undertow")
    make_file(track, codec="opus", bitrate_kbps=160)

    response = press(visitor, track, format="mp3")

    assert Download.objects.get().output_format == "mp3"
    assert "What you have of it in another form stays beside it (1 track)." in words_of(response)


def test_owned_in_that_form_is_skipped_unless_it_shall_come_again(visitor, settings, tmp_path):
    settings.LIBRARY = tmp_path
    track = make_track("Undertow")
    make_file(track, codec="mp3", bitrate_kbps=320)
    (tmp_path / "Undertow.opus").write_bytes(b"x")

    skipped = press(visitor, track, format="mp3", quality="320")
    assert "in your library already" in words_of(skipped)
    assert not Download.objects.exists()
    press(visitor, track, format="mp3", quality="320", again="on")

    assert Download.objects.get().options["get_again"] is True


def test_download_under_way_in_that_form_goes_on_as_first_asked_and_that_is_said(visitor):
    track = make_track("Undertow")
    first = make_download(track, output_format="mp3")

    response = press(visitor, track, format="mp3", trim="yes")

    assert Download.objects.get() == first
    assert "1 track under way already: as first asked for." in words_of(response)


def test_several_links_are_all_asked_for_so(visitor):
    tracks = [make_track(), make_track()]

    response = visitor.post(
        GET, {"what": [f"track:{one.key}" for one in tracks], "as": "1", "format": "flac"}, follow=True
    )

    assert set(Download.objects.values_list("output_format", flat=True)) == {"flac"}
    assert "2 of 2 are in the queue, as FLAC." in words_of(response)


def test_several_links_with_a_mistake_keep_all_of_them(visitor):
    tracks = [make_track(), make_track()]

    response = visitor.post(GET, {"what": [f"track:{one.key}" for one in tracks], "as": "1", "quality": "320"})

    assert response.status_code == 400
    assert response.content.decode().count('name="what"') == 2


def test_form_has_a_page_of_its_own(visitor):
    track = make_track("Undertow")

    page = visitor.get(AS, {"what": f"track:{track.key}"}).content.decode()

    assert "Undertow" in page
    assert f'name="what" value="track:{track.key}"' in page


@pytest.mark.parametrize("what", ["", "track:zzzzz", "nonsense", "artist/nonsense:1"])
def test_form_of_nothing_is_a_problem_in_words(visitor, what):
    response = visitor.get(AS, {"what": what})

    assert response.status_code in {400, 404}
    assert "<h1>" in response.content.decode()


def test_who_may_only_look_gets_neither_form_nor_download(client, house):
    client.force_login(Person.objects.create_user("vi", role=Person.Role.VIEWER))

    assert "Download as" not in client.get(house.urls["album"]).content.decode()
    assert client.get(AS, {"what": f"track:{house.track.key}"}).status_code == 403
    before = DownloadRequest.objects.count()
    client.post(GET, {"what": f"track:{house.track.key}", "as": "1", "format": "mp3"})
    assert DownloadRequest.objects.count() == before


@pytest.mark.parametrize("name", ["album", "artist", "track", "playlist"])
def test_fold_stands_on_every_page_that_downloads(visitor, house, name):
    html = visitor.get(house.urls[name]).content.decode()

    assert 'id="as"' in html
    assert 'name="force_lossless"' in html
    assert "no better to hear" in html


def test_request_row_says_how_it_was_asked_for(visitor, house):
    request_download(album=house.album, by=None, output_format="mp3", options={"trim": True})

    assert "as asked: MP3 V0, trimmed" in visitor.get("/queue/").content.decode()


def test_got_again_keeps_what_was_asked_for_the_first_time(visitor):
    track = make_track("Undertow")
    options = {"trim": True, "sources": ["internet_archive"], "template": "{Title}", "asked": ["youtube"], "picked": 3}
    done = make_download(track, status=Status.DONE, output_format="mp3", options=options)

    visitor.post(reverse("downloads:download_action"), {"act": f"again:{done.pk}"})

    again = Download.objects.exclude(pk=done.pk).get()
    assert (again.output_format, again.options["trim"], again.options["sources"]) == ("mp3", True, ["internet_archive"])
    assert (again.options["template"], "picked" in again.options) == ("{Title}", False)
    assert as_before(options).keys() == {"trim", "sources", "template"}


def test_form_without_data_offers_the_sources_in_their_order():
    form = DownloadAsForm(source_labels={"youtube": "YouTube", "slskd": "Soulseek (slskd)"})

    assert [label for _, label in form.fields["sources"].choices] == ["YouTube", "Soulseek (slskd)"]


def test_card_of_a_link_and_the_best_hit_lead_to_the_form(visitor, sandbox):
    card = {"HX-Request": "true", "HX-Target": "link-card"}

    for link in (
        "https://www.deezer.com/album/302002",
        "https://www.deezer.com/track/3100013",
        "https://www.deezer.com/artist/270",
        "https://soundcloud.com/short-circuit-trio/sketch-no-1",
    ):
        html = visitor.get(reverse("catalog:open"), {"url": link}, headers=card).content.decode()
        assert 'id="card-as"' in html, link
    found = visitor.get(reverse("catalog:search"), {"q": "Vera Holm"}).content.decode()
    address = f"{AS}?what=artist%3Adeezer%3A270"
    assert f'href="{address}"' in found
    assert "Vera Holm" in visitor.get(address).content.decode()


def test_audio_of_a_link_is_fetched_as_chosen(visitor, sandbox):
    link = "https://soundcloud.com/short-circuit-trio/sketch-no-1"

    visitor.post(GET, {"what": f"link:{link}", "as": "1", "format": "mp3", "trim": "yes"})

    wish = DownloadRequest.objects.get()
    assert (wish.link, wish.output_format, wish.options) == (link, "mp3", {"trim": True})
