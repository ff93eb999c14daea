import io
import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db(transaction=True)


def search(*arguments: str):
    out = io.StringIO()
    call_command("search", *arguments, "--json", stdout=out, stderr=io.StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_search_gives_hits_of_every_kind_each_with_its_link(home):
    hits = search("Tidal Rooms")

    assert {"track", "album"} <= {hit["type"] for hit in hits}
    assert all(hit["link"].startswith("https://www.deezer.com/") for hit in hits)
    assert all(hit["title"] for hit in hits)


@pytest.mark.parametrize("kind", ["track", "album", "artist", "playlist"])
def test_search_for_one_kind_gives_only_that(home, kind):
    query = {"artist": "Vera Holm", "playlist": "Vera Holm Essentials"}.get(kind, "Tidal Rooms")

    hits = search(query, "--type", kind)

    assert {hit["type"] for hit in hits} == {kind}


def test_search_for_nothing_is_bad_usage(home):
    with pytest.raises(CommandError) as caught:
        search("  ")

    assert caught.value.returncode == 2


def test_search_in_an_unknown_catalogue_says_which_there_are(home):
    with pytest.raises(CommandError, match="deezer") as caught:
        search("tidal", "--provider", "nowhere")
    assert caught.value.returncode == 2


def test_search_while_the_catalogue_is_down_says_so(home, sandbox):
    sandbox.fault("api.deezer.com", "status", status=500)

    with pytest.raises(CommandError) as caught:
        search("tidal")

    assert caught.value.returncode == 1
    assert str(caught.value)
