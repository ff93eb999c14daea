"""A candidate picked by hand for what is in the library already: it takes the file's place, or nothing changes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.errors import NotFound, UserError
from downloads.models import Correction, Download, DownloadCandidate, Status
from downloads.services import choosing
from downloads.services.instead import take_instead
from downloads.services.requests import request_download
from library.models import AudioFile, FileAct
from tests.downloads.make import make_download, make_file, make_track, make_wish
from tests.downloads.test_work import drain, work_once
from tests.library.audio_files import make_audio

pytestmark = pytest.mark.django_db(transaction=True)
ACT = reverse("downloads:download_action")
State = DownloadCandidate.State


@pytest.fixture
def owned(shelf, tmp_path):
    """A download that is done of the first of two uploads, which sound different."""
    shelf.put("Undertow", "first")
    shelf.put("Undertow", "second", duration_ms=2_400)
    shelf.say("second", make_audio(tmp_path / "other.webm", seconds=2, hertz=880))
    download = make_download(make_track("Undertow", duration_ms=2_000), options={"template": "{Artist}/{Title}"})
    make_wish(download)
    done = work_once()
    assert (done.status, shelf.fetches) == (Status.DONE, ["first"])
    return done


def other_of(download: Download) -> DownloadCandidate:
    return download.candidates.get(source_id="second")


def test_other_candidate_takes_the_files_place_through_the_journal(visitor, owned, shelf, folders):
    page = visitor.get(reverse("downloads:download_detail", args=[owned.pk])).content.decode()
    act = f"instead:{owned.pk}:{other_of(owned).pk}"
    assert f'value="{act}"' in page
    before = owned.file

    response = visitor.post(ACT, {"act": act}, follow=True)
    drain()

    assert "lies in the bin" in str(next(iter(response.context["messages"])))
    file = AudioFile.objects.get(gone_at=None)
    assert shelf.fetches == ["first", "second"]
    assert file.audio_hash != before.audio_hash
    assert file.path == before.path, "named as the request said that it came from"
    assert (folders / "library" / file.path).is_file()
    assert FileAct.objects.filter(kind=FileAct.Kind.REPLACE, state=FileAct.State.DONE).count() == 1
    assert Correction.objects.get().source_id == "second"


def test_candidate_that_cannot_be_had_leaves_the_file_and_takes_no_other(owned, shelf, folders):
    shelf.say("second", UserError("It is locked."))

    take_instead(owned.pk, other_of(owned).pk)
    drain()

    latest = Download.objects.latest("pk")
    assert (latest.status, latest.message) == (Status.FAILED, "It is locked.")
    assert shelf.fetches == ["first", "second"]
    assert AudioFile.objects.get(gone_at=None) == owned.file
    assert (folders / "library" / owned.file.path).is_file()


def test_what_is_here_cannot_be_taken_instead_of_itself(owned):
    with pytest.raises(UserError, match="what you have"):
        take_instead(owned.pk, owned.candidates.get(source_id="first").pk)


def test_twice_is_refused_as_it_is_on_its_way(owned):
    take_instead(owned.pk, other_of(owned).pk)

    with pytest.raises(UserError, match="in the queue already"):
        take_instead(owned.pk, other_of(owned).pk)


@pytest.mark.parametrize("status", [Status.FAILED, Status.QUEUED, Status.NEEDS_YOU])
def test_only_what_is_done_has_something_to_be_taken_instead_of(status):
    download = make_download(status=status)
    candidate = DownloadCandidate.objects.create(
        download=download, source="shelf", source_id="x", url="https://x.test/", title="x", score=1
    )

    with pytest.raises(UserError):
        take_instead(download.pk, candidate.pk)


def test_nonsense_is_refused_in_words(visitor, owned):
    with pytest.raises(NotFound):
        take_instead(999_999, 1)
    with pytest.raises(UserError):
        take_instead(owned.pk, 999_999)
    assert visitor.post(ACT, {"act": f"instead:{owned.pk}"}, headers={"HX-Request": "true"}).status_code == 400


def test_got_again_keeps_one_file(visitor, owned, shelf, folders, tmp_path):
    shelf.say("first", make_audio(tmp_path / "better.webm", seconds=2, hertz=660))
    before = owned.file.audio_hash

    visitor.post(ACT, {"act": f"again:{owned.pk}"})
    drain()

    file = AudioFile.objects.get(gone_at=None)
    assert (file.path, file.audio_hash != before) == (owned.file.path, True)
    sounds = [path for path in (folders / "library").rglob("*.opus") if ".spotizer" not in path.parts]
    assert sounds == [folders / "library" / file.path]


def test_asked_for_again_in_the_form_that_is_here_takes_its_place(owned):
    request_download(track=owned.track, options={"get_again": True})

    assert Download.objects.latest("pk").options["replaces"] == owned.file.path


def test_asked_for_again_in_another_form_replaces_nothing(owned):
    request_download(track=owned.track, output_format="flac", options={"get_again": True})

    assert "replaces" not in Download.objects.latest("pk").options


def test_doubtful_row_of_what_came_meanwhile_is_fetched_and_takes_its_place(settings, tmp_path):
    settings.LIBRARY = tmp_path
    track = make_track("Undertow")
    doubtful = make_download(track, status=Status.NEEDS_YOU)
    candidate = DownloadCandidate.objects.create(
        download=doubtful, source="shelf", source_id="x", url="https://x.test/", title="x", score=60
    )
    make_file(track, "here.opus")
    (tmp_path / "here.opus").write_bytes(b"x")

    choosing.choose(doubtful.pk, candidate.pk)

    doubtful.refresh_from_db()
    assert (doubtful.options["get_again"], doubtful.options["replaces"]) == (True, "here.opus")


def test_page_of_what_is_done_takes_a_link_and_nothing_else(visitor, owned):
    page = visitor.get(reverse("downloads:download_detail", args=[owned.pk])).content.decode()

    assert f'value="give:{owned.pk}"' in page
    assert f'value="words:{owned.pk}"' not in page
    assert f'value="ignore:{owned.pk}"' not in page


def test_failed_choice_that_is_tried_again_begins_with_it_and_may_look_further(visitor, owned, shelf):
    shelf.say("second", UserError("It is locked."), shelf.sound)
    take_instead(owned.pk, other_of(owned).pk)
    drain()
    failed = Download.objects.latest("pk")

    visitor.post(ACT, {"act": f"retry:{failed.pk}"})
    drain()

    failed.refresh_from_db()
    assert (failed.status, shelf.fetches[:3]) == (Status.DONE, ["first", "second", "second"])
    assert "only_picked" not in failed.options
