"""Drawn pictures: every size asked for, the same each time, different albums differ, grey where there is none."""

from __future__ import annotations

import io

import pytest
from PIL import Image

CDN = "cdn-images.dzcdn.net/images"


def picture(sandbox, path):
    status, headers, body = sandbox.get(path)
    assert (status, headers["Content-Type"]) == (200, "image/jpeg")
    return Image.open(io.BytesIO(body))


@pytest.fixture
def catalogue(sandbox_server):
    return sandbox_server.world.catalogue


@pytest.mark.parametrize("size", [56, 250, 1000])
def test_cover_when_asked_in_a_size_has_it(sandbox, catalogue, size):
    name = catalogue.album_by_name["tidal-rooms"].picture

    assert picture(sandbox, f"{CDN}/cover/{name}/{size}x{size}-000000-80-0-0.jpg").size == (size, size)


def test_covers_of_two_albums_differ_and_are_no_plain_squares(sandbox, catalogue):
    covers = [picture(sandbox, f"{CDN}/cover/{a.picture}/56x56-000000-80-0-0.jpg") for a in catalogue.albums[:20]]

    assert len({cover.tobytes() for cover in covers}) == 20
    assert all(len(cover.getcolors(56 * 56)) > 100 for cover in covers)


def test_missing_cover_is_a_grey_square(sandbox):
    for name in ("", "d41d8cd98f00b204e9800998ecf8427e"):
        grey = picture(sandbox, f"{CDN}/cover/{name}/250x250-000000-80-0-0.jpg")
        assert len(grey.getcolors()) <= 2


def test_portraits_and_stills_are_drawn_too(sandbox, catalogue):
    video = catalogue.uploads[0].video_id

    assert picture(sandbox, f"{CDN}/artist/{catalogue.artists[0].picture}/250x250-000000-80-0-0.jpg").size == (250, 250)
    assert picture(sandbox, f"i.ytimg.com/vi/{video}/hqdefault.jpg").size[0] > 100
    assert picture(sandbox, f"lh3.googleusercontent.com/sandbox/{video}=w120-h120-l90-rj").size == (120, 120)


@pytest.mark.parametrize("path", [f"{CDN}/cover/{'0' * 32}/250x250-000000-80-0-0.jpg", f"{CDN}/cover/x/1x1.jpg"])
def test_unknown_picture_is_a_404(sandbox, path):
    assert sandbox.get(path)[0] == 404


def test_absurd_size_is_refused(sandbox, catalogue):
    assert sandbox.get(f"{CDN}/cover/{catalogue.albums[0].picture}/5000x5000-000000-80-0-0.jpg")[0] == 400
