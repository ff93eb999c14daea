"""``manage.py metadata``."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Album, Conflict, Enrichment, FieldRule
from catalog.services.browse import open_album
from catalog.services.store import store_album
from tests.catalog.metadata.said import an_album_row, conflict, disputed_albums, hear
from tests.catalog.values import an_album
from tests.downloads.make import make_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ready(monkeypatch):
    monkeypatch.setattr("catalog.management.commands.metadata.make_ready", lambda: None)


def metadata(*args: str) -> str:
    out = StringIO()
    call_command("metadata", *args, stdout=out)
    return out.getvalue()


def refused(*args: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        metadata(*args)
    return caught.value


def test_what_is_owned_is_looked_up_and_told(sandbox):
    for track in open_album("deezer", "302003").tracks.all()[:2]:
        make_file(track)

    words = metadata("enrich", "--limit", "1")
    assert "done     MusicBrainz: recording, album, artist" in words
    assert "1 recording looked up: 1 done." in words

    assert "1 recording looked up: 1 done." in metadata("enrich")
    assert "0 recordings looked up." in metadata("enrich")
    asked = sandbox.count("musicbrainz.org")
    assert "2 recordings looked up: 2 done." in metadata("enrich", "--again")
    assert sandbox.count("musicbrainz.org") > asked


def test_looking_up_without_an_answer_ends_with_1(sandbox):
    make_file(open_album("deezer", "302003").tracks.first())
    sandbox.fault("musicbrainz.org", "status", status=500)

    error = refused("enrich")

    assert (error.returncode, str(error)) == (1, "1 recording got no answer.")


def test_looking_up_while_it_is_switched_off_is_refused(settings):
    settings.ENRICH = False

    error = refused("enrich")

    assert error.returncode == 2
    assert "SPOTIZER_ENRICH" in str(error)


def test_status_counts_what_was_looked_up_and_what_is_open():
    albums = disputed_albums(2)
    hear(albums[0], "spotify", kind="single")

    words = metadata("status")
    answer = json.loads(metadata("status", "--json"))

    assert "Last.fm is not asked" in words
    assert "2  open: album.label" in words
    assert answer["open"] == {"album.label": 2, "album.kind": 1}
    assert answer["recordings"] == {"waiting": 0, "done": 0, "unknown": 0, "failed": 0}


def test_conflicts_are_listed_with_what_each_says_and_what_counts():
    [album] = disputed_albums(1)

    words = metadata("conflicts", "--what", "album.label")
    row = json.loads(metadata("conflicts", "--json"))

    assert f"{conflict(album).pk:>7}  album.label" in words
    assert "* MusicBrainz: Nordlys" in words
    assert "  Deezer: Fjord 0" in words
    assert (row["title"], row["subtitle"], row["state"]) == ("Album 0", "Vera Holm", "open")
    assert "0 conflicts." in metadata("conflicts", "--state", "by_hand")
    assert refused("conflicts", "--what", "album.colour").returncode == 2


def test_a_conflict_is_settled_by_origin_or_own_value_and_taken_back():
    [album] = disputed_albums(1)
    number = str(conflict(album).pk)

    act = metadata("resolve", number, "--prefer", "deezer").split()[-1].rstrip(".")
    album.refresh_from_db()
    assert album.label == "Fjord 0"
    assert conflict(album).by_name == "manage.py metadata"

    assert "1 conflict as before." in metadata("resolve", "--undo", act)
    assert refused("resolve", "--undo", act).returncode == 1
    metadata("resolve", number, "--value", "Mine")
    album.refresh_from_db()
    assert album.label == "Mine"
    metadata("resolve", number, "--reopen")
    album.refresh_from_db()
    assert album.label == "Nordlys"


def test_all_of_a_field_are_settled_at_once():
    disputed_albums(3)

    assert "3 conflicts settled" in metadata("resolve", "--all", "--what", "album.label", "--prefer", "deezer")

    assert not Conflict.objects.filter(state="open").exists()
    assert Album.objects.filter(label__startswith="Fjord").count() == 3


def test_what_could_not_be_settled_is_told_and_ends_with_1():
    disputed_albums(1)
    other = store_album(an_album(300, label="Fjord"))
    hear(other, "spotify", label="Havn")

    error = refused("resolve", "--all", "--prefer", "musicbrainz")

    assert error.returncode == 1
    assert "1 conflict left" in str(error)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["resolve", "--prefer", "deezer"], 2),
        (["resolve", "1", "--all", "--prefer", "deezer"], 2),
        (["resolve", "1", "2", "--value", "x"], 2),
        (["resolve", "4711", "--value", "x"], 1),
        (["resolve", "4711", "--prefer", "deezer"], 1),
        (["resolve", "4711", "--reopen"], 1),
        (["resolve", "--all", "--what", "album.colour", "--prefer", "deezer"], 2),
        (["resolve", "--all", "--prefer", "deezer"], 1),
        (["rule", "album.label", "none"], 1),
        (["rule", "album.genres", "deezer"], 2),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_code(args, code):
    assert refused(*args).returncode == code


def test_an_own_value_that_cannot_be_read_is_refused():
    album = an_album_row()
    hear(album, "musicbrainz", released_on="2024-01-01")

    error = refused("resolve", str(conflict(album, "released_on").pk), "--value", "last year")

    assert error.returncode == 2
    assert "2025-10-03" in str(error)


def test_a_rule_is_made_listed_and_taken_back():
    [album] = disputed_albums(1)

    metadata("rule", "album.label", "deezer")
    album.refresh_from_db()
    assert album.label == "Fjord 0"
    assert metadata("rules").split() == ["album.label", "Deezer"]
    assert json.loads(metadata("rules", "--json"))["prefer"] == "Deezer"

    metadata("rule", "album.label", "none")
    album.refresh_from_db()
    assert album.label == "Nordlys"
    assert not FieldRule.objects.exists()
    assert not Enrichment.objects.exists()
