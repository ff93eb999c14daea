"""``manage.py naming`` shows names and changes nothing."""

import io

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Track
from tests.downloads.make import make_album, make_file

pytestmark = pytest.mark.django_db


def naming(*arguments):
    out = io.StringIO()
    call_command("naming", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_names_of_tracks_that_are_here_come_before_invented_ones():
    album = make_album(tracks=1)
    make_file(Track.objects.get(album=album))

    names = naming("{Album}/{Track} - {Title}")

    assert names[0].startswith("Tidal Memory/")
    assert names[1:] == [
        "Tidal Rooms/01 - Blue Door.opus",
        "Harbour - the Collection/2-09 - Ebb - Flow.opus",
        "Loose End.opus",
    ]


def test_without_a_template_the_one_of_the_settings_is_shown(settings):
    settings.NAME_TEMPLATE = "{Title} by {Main Artist}"

    assert naming()[0] == "Blue Door by Vera Holm.opus"


def test_every_placeholder_of_the_list_is_taken():
    for placeholder in naming("--list"):
        assert naming(f"{placeholder} {{Title}}")


def test_template_that_is_no_good_is_refused_with_words():
    with pytest.raises(CommandError, match="unknown placeholder") as caught:
        naming("{Nothing}")

    assert caught.value.returncode == 2
