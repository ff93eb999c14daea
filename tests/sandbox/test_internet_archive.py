"""The stand-in of archive.org: search, items, files behind a redirect, and its refusals."""

import json
from hashlib import md5

import pytest

SEARCH = "archive.org/advancedsearch.php?output=json&rows=10&q=mediatype:(audio%20OR%20etree)%20AND%20"


def test_search_finds_items_by_creator_and_title_and_hides_what_was_withdrawn(sandbox):
    found = sandbox.get_json(f"{SEARCH}creator:%22vera%20holm%22")["response"]

    assert {doc["identifier"] for doc in found["docs"]} == {"vera-holm-tidal-rooms", "vh2026-06-05.sbd"}
    assert sandbox.get_json(f"{SEARCH}creator:%22northern%20line%22")["response"]["numFound"] == 0


@pytest.mark.parametrize("query", ["q=creator:x&output=json", "output=xml&q=mediatype:(audio%20OR%20etree)"])
def test_search_refuses_what_the_archive_would_not_understand(sandbox, query):
    assert sandbox.get(f"archive.org/advancedsearch.php?{query}")[0] == 400


def test_item_lists_its_files_with_numbers_as_texts_and_true_checksums(sandbox):
    item = sandbox.get_json("archive.org/metadata/quick-sketches")

    file = item["files"][0]
    assert (file["format"], file["source"], file["track"]) == ("Flac", "original", "01")
    status, _, body = sandbox.get(f"{item['server']}{item['dir']}/{file['name'].replace(' ', '%20')}")
    assert status == 200
    assert (file["size"], file["md5"]) == (str(len(body)), md5(body).hexdigest())


def test_unknown_item_is_an_empty_object_and_a_withdrawn_one_is_dark(sandbox):
    assert sandbox.get_json("archive.org/metadata/nothing") == {}
    assert sandbox.get_json("archive.org/metadata/long-road-out")["is_dark"] is True


def test_lent_item_says_so_and_its_files_are_refused(sandbox):
    item = sandbox.get_json("archive.org/metadata/northern-sky-lp")

    assert item["metadata"]["access-restricted-item"] == "true"
    name = item["files"][0]["name"].replace(" ", "%20")
    assert sandbox.get(f"archive.org/download/northern-sky-lp/{name}")[0] == 403


def test_cover_art_archive_and_the_archive_share_the_host(sandbox):
    assert json.loads(sandbox.get("archive.org/metadata/sixty-sparks")[2])["files"]
    assert sandbox.get("archive.org/nowhere")[0] == 404
