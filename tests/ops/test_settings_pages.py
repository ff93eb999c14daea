"""The settings as pages: saved, checked, put back, found; by those who may, and not over what is newer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from library.models import FileAct
from ops.models import SettingChange
from ops.selectors.tabs import TABS
from ops.services.changes import Way, change
from ops.settings import in_force, stored
from tests.downloads.make import make_file, make_track

pytestmark = pytest.mark.django_db


def page_of(tab: str) -> str:
    return reverse("ops:settings_tab", args=[tab])


def form_of(visitor: Client, tab: str) -> dict[str, str | list[str]]:
    """What a browser would send if nothing was changed."""
    text = visitor.get(page_of(tab)).content.decode()
    form = text[text.index('id="settings-form"') : text.index('class="save-bar"')]
    data: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        if found.get("type") == "checkbox":
            if re.search(r"\schecked", tag):
                data.setdefault(found["name"], []).append(found["value"])
        elif "name" in found:
            data[found["name"]] = found.get("value", "").replace("&#x27;", "'").replace("&amp;", "&")
    for name, options in re.findall(r'<select id="\w+" name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
        data[name] = re.findall(r'value="(\w+)" selected', options)[0]
    for name, content in re.findall(r'<textarea id="\w+" name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        data[name] = content.strip()
    return data


def save(visitor: Client, tab: str, data, **changed):
    return visitor.post(reverse("ops:settings_save", args=[tab]), {**data, **changed}, follow=True)


def queries_of(visitor: Client, path: str) -> int:
    visitor.get(path)
    with CaptureQueriesContext(connection) as asked:
        visitor.get(path)
    return len(asked)


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab not in {"about", "backup"}])
def test_tab_saved_as_it_was_opened_changes_nothing(visitor, tab):
    data = form_of(visitor, tab)
    assert len(data) > 4

    response = save(visitor, tab, data)

    assert "Nothing was changed." in response.content.decode()
    assert not SettingChange.objects.exists()


def test_save_stores_what_was_changed_and_says_who_did_it(visitor, person):
    data = form_of(visitor, "quality")

    response = save(visitor, "quality", data, output_format="mp3", output_quality_kbps="320", trim="yes")

    assert "Saved: “Format”, “Bitrate”, “Trim silence”." in response.content.decode()
    assert (in_force.OUTPUT_FORMAT, in_force.OUTPUT_QUALITY_KBPS, in_force.TRIM) == ("mp3", 320, True)
    assert set(SettingChange.objects.values_list("by", "way")) == {(person.pk, "page")}
    assert "by mara" in visitor.get(page_of("quality")).content.decode()


def test_switch_that_is_off_and_a_tick_that_is_gone_are_changes(visitor):
    data = form_of(visitor, "quality")
    del data["verify"]

    save(visitor, "quality", data, allowed_formats=["flac", "alac"])

    assert (in_force.VERIFY, in_force.ALLOWED_FORMATS) == (False, ["flac", "alac"])


def test_save_with_a_wrong_value_stores_nothing_and_keeps_what_was_typed(visitor):
    data = form_of(visitor, "quality")

    response = save(visitor, "quality", data, trim="yes", trim_keep_ms="lots", allowed_formats=[])

    text = response.content.decode()
    assert response.status_code == 400
    assert "“lots” cannot be. Write a whole number from 0 to 10000." in text
    assert "“none” cannot be. Write some of mp3" in text
    assert 'value="lots"' in text
    assert re.search(r'id="trim_keep_ms"[^>]*aria-invalid="true"', text)
    assert re.search(r'name="trim" value="yes" checked', text)
    assert not SettingChange.objects.exists()

    again = {**data, "trim": "yes", "trim_keep_ms": "300"}
    save(visitor, "quality", again)
    assert (in_force.TRIM, in_force.TRIM_KEEP_MS) == (True, 300)


def test_setting_of_the_environment_is_shown_with_its_variable_and_cannot_be_written(visitor, settings):
    settings.COVER_PX, settings.SET_BY_ENVIRONMENT = 640, frozenset({"COVER_PX", "SLSKD_KEY"})
    settings.SLSKD_KEY = "of-the-environment-1"

    text = visitor.get(page_of("files")).content.decode()
    assert "SPOTIZER_COVER_PX" in text
    assert 'name="cover_px"' not in text
    assert ">640</output>" in text
    assert "of-the-environment" not in visitor.get(page_of("sources")).content.decode()

    data = form_of(visitor, "files")
    save(visitor, "files", data, cover_px="900", **{"was-cover_px": "640"})
    assert in_force.COVER_PX == 640
    assert not SettingChange.objects.exists()


def test_stale_form_does_not_overwrite_what_somebody_else_saved_meanwhile(visitor):
    olga = Person.objects.create_user("olga", password="a long walk home")
    data = form_of(visitor, "files")
    change({"COVER_PX": "700", "BIN_DAYS": "10"}, way=Way.PAGE, by_id=olga.pk)

    response = save(visitor, "files", data, cover_px="900", stop_files="9")

    text = response.content.decode()
    assert response.status_code == 409
    assert "olga changed it meanwhile. It is 700 now." in text
    assert (in_force.COVER_PX, in_force.STOP_FILES, in_force.BIN_DAYS) == (700, 500, 10)

    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', text))
    assert hidden["was-cover_px"] == "700"
    save(visitor, "files", {**data, **hidden, "bin_days": hidden["was-bin_days"]}, cover_px="900", stop_files="9")
    assert (in_force.COVER_PX, in_force.STOP_FILES, in_force.BIN_DAYS) == (900, 9, 10)


def test_stale_form_saves_what_nobody_else_touched(visitor):
    data = form_of(visitor, "files")
    change({"COVER_PX": "700"}, way=Way.COMMAND)

    save(visitor, "files", data, stop_files="9")

    assert (in_force.COVER_PX, in_force.STOP_FILES) == (700, 9)


def test_restore_puts_one_default_back_and_keeps_the_rest_of_the_form(visitor):
    change({"COVER_PX": "700", "BIN_DAYS": "10"}, way=Way.COMMAND)
    data = form_of(visitor, "files")

    response = save(visitor, "files", data, restore="cover_px", stop_files="9")

    text = response.content.decode()
    assert (in_force.COVER_PX, in_force.BIN_DAYS, in_force.STOP_FILES) == (1000, 10, 500)
    assert "What else you changed here is not saved yet." in text
    assert re.search(r'id="stop_files" name="stop_files" value="9"', text)
    assert re.search(r'id="cover_px" name="cover_px" value="1000"', text)
    assert 'name="restore" value="bin_days"' in text
    assert 'name="restore" value="cover_px"' not in text


def test_secret_is_never_sent_back_is_replaced_and_forgotten(visitor):
    data = form_of(visitor, "sources")
    save(visitor, "sources", data, slskd_key="a-key-of-mine-0123")
    assert in_force.SLSKD_KEY == "a-key-of-mine-0123"

    page = visitor.get(page_of("sources")).content.decode()
    assert "a-key" not in page
    assert "kept encrypted and never shown" in page
    save(visitor, "sources", form_of(visitor, "sources"), slskd_url="http://slskd:5030")
    assert in_force.SLSKD_KEY == "a-key-of-mine-0123"

    response = save(visitor, "sources", form_of(visitor, "sources"), slskd_url="slskd", slskd_key="another-key-012")
    assert response.status_code == 400
    assert "another-key" not in response.content.decode()
    save(visitor, "sources", form_of(visitor, "sources"), **{"forget-slskd_key": "yes"})
    assert in_force.SLSKD_KEY == ""


@pytest.mark.parametrize("junk", [{}, {"version": "x"}, {"restore": "colour"}, {"was-colour": "1", "colour": "2"}])
def test_junk_instead_of_a_form_changes_nothing(visitor, junk):
    response = visitor.post(reverse("ops:settings_save", args=["files"]), junk, follow=True)

    assert response.status_code == 200
    assert not SettingChange.objects.exists()


@pytest.mark.parametrize(
    "path", ["/settings/colours/", "/settings/colours/save/", "/settings/about/save/", "/settings/check/colour/"]
)
def test_tab_or_setting_that_is_none_is_not_found(visitor, path):
    ask = visitor.get if path == "/settings/colours/" else visitor.post
    assert ask(path).status_code == 404


def test_address_that_a_refused_save_leaves_in_the_browser_leads_back_to_its_tab(visitor):
    save = reverse("ops:settings_save", args=["matching"])
    assert visitor.post(save, {"match_threshold": "850", "was-match_threshold": "80"}).status_code == 400

    response = visitor.get(save)

    assert (response.status_code, response["Location"]) == (302, page_of("matching"))


def test_page_for_managers_says_to_a_member_that_it_is_not_open_to_them(client):
    client.force_login(Person.objects.create_user("ben"))
    assert "Not open to you" in client.get(page_of("files")).content.decode()


def check(visitor: Client, key: str, text: str) -> str:
    response = visitor.post(
        reverse("ops:settings_check", args=[key]),
        {key: text},
        headers={"HX-Request": "true", "HX-Target": f"said-{key}"},
    )
    assert response.status_code == 200
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def test_field_that_is_left_says_what_is_wrong_or_what_the_change_does(visitor):
    assert check(visitor, "match_threshold", "850") == "“850” cannot be. Write a whole number from 0 to 100."
    assert check(visitor, "match_threshold", "80") == ""
    assert check(visitor, "match_threshold", "70") == "Lower means fewer questions and more wrong recordings."
    assert check(visitor, "match_threshold", "") == "Lower means fewer questions and more wrong recordings."
    assert not SettingChange.objects.exists()


def test_shorter_bin_says_how_many_files_would_go(visitor, house):
    assert check(visitor, "bin_days", "20") == ""
    FileAct.objects.exclude(kept="").update(ended_at=timezone.now() - timedelta(days=25))

    assert "2 files in the bin are older, and will be gone for good." in check(visitor, "bin_days", "20")
    assert check(visitor, "bin_days", "0") == ""


def test_name_template_shows_three_names_of_real_tracks_while_it_is_typed(visitor):
    track = make_track(title="Blue Hour")
    make_file(track)

    said = check(visitor, "name_template", "{Main Artist} - {Title}")

    assert "Blue Hour.opus" in said
    assert "Blue Door.opus" in said
    assert len(re.findall(r"\.opus", said)) == 3
    assert "1 file is there now." in said
    assert "unknown placeholder: colour" in check(visitor, "name_template", "{Colour}/{Title}")
    assert "Playlists/Evening/07 Blue Hour.opus" in check(
        visitor, "playlist_template", "Playlists/{Playlist}/{Position} {Title}"
    )


def test_page_of_names_lists_every_placeholder_with_what_it_gives(visitor):
    text = visitor.get(page_of("files")).content.decode()

    assert 'data-insert="{Album Artist}"' in text
    assert '<span class="dim">Vera Holm</span>' in text


def test_search_finds_settings_by_their_words_key_and_variable(visitor):
    def found(text: str) -> list[str]:
        content = visitor.get(reverse("ops:settings_home"), {"q": text}).content.decode()
        return re.findall(r"#setting-(\w+)", content)

    assert found("SPOTIZER_LOUDNESS_PEAK") == ["loudness_peak_dbtp"]
    assert found("match_threshold") == ["match_threshold"]
    assert {"embed_lyrics", "save_lyrics"} <= set(found("lyrics"))
    assert found("colour of the sky") == []
    assert "No such setting" in visitor.get(reverse("ops:settings_home"), {"q": "<b>"}).content.decode()


def test_settings_without_a_tab_lead_to_the_first(visitor):
    assert visitor.get("/settings/").headers["Location"] == "/settings/general/"
    assert visitor.get("/sources/").headers["Location"] == "/settings/sources/"


def test_change_is_listed_and_put_back_by_whoever_presses(visitor, person):
    change({"COVER_PX": "700"}, way=Way.COMMAND)
    change({"COVER_PX": "800", "SLSKD_KEY": "a-key-of-mine-0123"}, way=Way.COMMAND)
    last = SettingChange.objects.get(key="cover_px", new="800")

    text = visitor.get(reverse("ops:settings_history"), {"key": "cover_px"}).content.decode()
    assert "by the command line" in text
    assert "slskd" not in text
    response = visitor.post(reverse("ops:settings_revert"), {"change": last.pk}, follow=True)

    assert "Saved: “Size of covers”" in response.content.decode()
    assert in_force.COVER_PX == 700
    assert SettingChange.objects.latest("pk").by == person


@pytest.mark.parametrize("junk", ["", "x", "999999", "9" * 30])
def test_change_that_is_none_or_a_secret_cannot_be_put_back(visitor, junk):
    change({"SLSKD_KEY": "a-key-of-mine-0123"}, way=Way.COMMAND)
    for number in (junk, SettingChange.objects.get().pk):
        response = visitor.post(reverse("ops:settings_revert"), {"change": number}, follow=True)
        assert "cannot be taken back" in response.content.decode()
    assert in_force.SLSKD_KEY == "a-key-of-mine-0123"


def test_list_of_changes_is_paged_and_costs_no_more_queries_when_it_is_long(visitor):
    def fill(count: int) -> None:
        for _ in range(count):
            change({"COVER_PX": str(400 + SettingChange.objects.count())}, way=Way.COMMAND)

    here = reverse("ops:settings_history")
    fill(5)
    few = queries_of(visitor, here)
    fill(100)
    assert queries_of(visitor, here) <= few < 20
    text = visitor.get(here).content.decode()

    [after] = set(re.findall(r'href="(/settings/history/\?before=\d+)"', text))
    assert visitor.get(after).content.decode().count('id="change-') == 50


def test_tab_costs_as_many_queries_whatever_was_changed(visitor):
    change({"TRIM": "yes"}, way=Way.COMMAND)
    few = queries_of(visitor, page_of("quality"))
    change({"TRIM_KEEP_MS": "1", "LOUDNESS": "tags", "VERIFY": "no", "OUTPUT_FORMAT": "mp3"}, way=Way.COMMAND)

    assert queries_of(visitor, page_of("quality")) <= few < 20


def test_member_neither_sees_nor_changes_settings(client):
    client.force_login(Person.objects.create_user("ben"))
    for path in ["/settings/", *map(page_of, TABS), "/settings/history/", "/settings/backup/export/"]:
        assert client.get(path).status_code == 403, path
    for path in [
        "/settings/files/save/",
        "/settings/check/cover_px/",
        "/settings/history/revert/",
        "/settings/backup/import/",
        "/sources/order/",
    ]:
        data = {"cover_px": "600", "was-cover_px": "1000", "act": "off:youtube"}
        assert client.post(path, data).status_code == 403, path
    assert not SettingChange.objects.exists()
    assert "/settings/" not in client.get("/history/").content.decode()


def arrange(visitor: Client, act: str, **more) -> str:
    version = stored.current().version
    response = visitor.post(reverse("downloads:source_order"), {"act": act, "version": version, **more}, follow=True)
    return response.content.decode()


def test_sources_are_moved_and_switched_by_buttons(visitor, person):
    assert "YouTube is asked as number 1." in arrange(visitor, "earlier:youtube")
    assert in_force.SOURCES == ["youtube", "youtube_music", "internet_archive", "slskd", "link"]
    arrange(visitor, "earlier:youtube")
    arrange(visitor, "later:youtube_music")
    assert "The terms of SoundCloud come first." in arrange(visitor, "on:soundcloud")
    arrange(visitor, "agree:soundcloud")
    assert "Internet Archive is off." in arrange(visitor, "off:internet_archive")
    assert "Pasted links are no longer taken." in arrange(visitor, "off:link")

    assert in_force.SOURCES == ["youtube", "youtube_music", "slskd", "soundcloud"]
    assert set(SettingChange.objects.values_list("key", "by")) == {("sources", person.pk)}


def test_last_source_stays_on_and_junk_is_refused(visitor):
    change({"SOURCES": "youtube"}, way=Way.COMMAND)

    assert "One source at least has to stay on." in arrange(visitor, "off:youtube")
    for junk in ("", "off", "off:napster", "dance:youtube", "earlier:link:x"):
        arrange(visitor, junk)

    assert in_force.SOURCES == ["youtube"]


def test_order_that_somebody_else_changed_meanwhile_is_not_changed_unseen(visitor):
    seen = stored.current().version
    change({"SOURCES": "youtube link"}, way=Way.COMMAND)

    assert "changed meanwhile by the command line" in arrange(visitor, "off:link", version=seen)
    assert in_force.SOURCES == ["youtube", "link"]


def test_order_of_the_environment_has_no_buttons(visitor, settings):
    settings.SOURCES, settings.SET_BY_ENVIRONMENT = ["youtube"], frozenset({"SOURCES"})

    text = visitor.get(page_of("sources")).content.decode()

    assert "SPOTIZER_SOURCES" in text
    assert 'value="off:youtube"' not in text
    assert "It is set by SPOTIZER_SOURCES" in arrange(visitor, "on:link")
    assert in_force.SOURCES == ["youtube"]


def take_in(visitor: Client, content: bytes, **more) -> str:
    file = SimpleUploadedFile("settings.json", content)
    return visitor.post(reverse("ops:settings_import"), {"file": file, **more}, follow=True).content.decode()


def test_file_that_the_page_saved_gives_the_same_settings_elsewhere(visitor, person):
    change({"COVER_PX": "700", "EXCLUDED_WORDS": "off", "SLSKD_KEY": "a-key-of-mine-0123"}, way=Way.COMMAND)
    saved = visitor.get(reverse("ops:settings_export"))
    assert saved.headers["Content-Disposition"].startswith('attachment; filename="spotizer-settings-')
    assert b"a-key" not in saved.content
    change({"COVER_PX": "", "EXCLUDED_WORDS": "", "TRIM": "yes"}, way=Way.COMMAND)

    assert "2 settings changed." in take_in(visitor, saved.content)
    assert (in_force.COVER_PX, in_force.EXCLUDED_WORDS, in_force.TRIM) == (700, [], True)
    assert SettingChange.objects.filter(by=person, way="import").count() == 2

    assert "1 setting changed." in take_in(visitor, saved.content, exact="yes")
    assert (in_force.COVER_PX, in_force.TRIM, in_force.SLSKD_KEY) == (700, False, "a-key-of-mine-0123")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "There is no file"),
        (b"nonsense", "This is not JSON"),
        (b"[" * 100_000, "This is not JSON"),
        (b"\xff\xfe", "no text"),
        (b" " * 1_000_001, "too large"),
        (b'{"settings": {}}', "no export of settings"),
        (b'{"format": "spotizer-settings", "settings": {"trim": "yes", "<b>": "1"}}', "&lt;b&gt;"),
        (b'{"format": "spotizer-settings", "settings": {"trim": "yes", "cover_px": "9"}}', "“9” cannot be"),
    ],
)
def test_file_that_is_wrong_in_one_place_changes_nothing_and_says_why(visitor, content, says):
    assert says in take_in(visitor, content)
    assert not SettingChange.objects.exists()
