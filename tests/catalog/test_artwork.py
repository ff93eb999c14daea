from __future__ import annotations

import io

import pytest
from PIL import Image, PngImagePlugin

from catalog.models import Artwork
from catalog.services import artwork
from catalog.tint import tint_of
from core.errors import NotFound, PermanentError, TransientError, UserError
from providers.base import Picture

pytestmark = pytest.mark.django_db
HOST = "cdn-images.dzcdn.net"
JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.ART = tmp_path / "art"


def picture(size=(800, 600), colour="red", image_format="JPEG", **more) -> bytes:
    buffer = io.BytesIO()
    Image.new(more.pop("mode", "RGB"), size, colour).save(buffer, image_format, **more)
    return buffer.getvalue()


def an_artwork(path: str = "/cover.jpg", host: str = HOST) -> Artwork:
    url = f"https://{host}{path}"
    return Artwork.objects.create(key=artwork.art_key([Picture(url)]), url=url)


def test_a_picture_is_fetched_once_and_served_in_every_size(server):
    server.answer(f"/{HOST}/cover.jpg", picture(), headers=JPEG)
    row = an_artwork()

    for size in artwork.SIZES:
        with Image.open(artwork.art_file(row.key, size)) as image:
            assert image.format == "WEBP"
            assert max(image.size) == size
            assert image.width / image.height == pytest.approx(4 / 3, abs=0.03)

    assert len(server.asked) == 1
    row.refresh_from_db()
    assert row.tint == 0
    assert row.fetched_at is not None


def test_a_small_picture_is_not_blown_up(server):
    server.answer(f"/{HOST}/cover.jpg", picture((100, 100)), headers=JPEG)

    with Image.open(artwork.art_file(an_artwork().key, 640)) as image:
        assert image.size == (100, 100)


@pytest.mark.parametrize(
    ("image_format", "mode", "colour"),
    [
        ("PNG", "RGBA", (255, 0, 0, 0)),
        ("PNG", "P", 3),
        ("WEBP", "RGB", "blue"),
        ("JPEG", "CMYK", 0),
        ("PNG", "I;16", 9),
    ],
)
def test_other_kinds_of_pictures_are_read(server, image_format, mode, colour):
    data = picture((50, 50), colour, image_format, mode=mode)
    server.answer(f"/{HOST}/cover.jpg", data, headers={"Content-Type": f"image/{image_format.lower()}"})

    with Image.open(artwork.art_file(an_artwork().key, 64)) as image:
        assert image.mode == "RGB"


def bomb() -> bytes:
    """A PNG of a few kilobytes that claims 50,000 by 50,000 pixels."""
    buffer = io.BytesIO()
    Image.new("L", (1, 1)).save(buffer, "PNG")
    data = bytearray(buffer.getvalue())
    data[16:24] = (50_000).to_bytes(4, "big") * 2
    crc = PngImagePlugin._crc32(bytes(data[12:29])) & 0xFFFFFFFF
    data[29:33] = crc.to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<html>no</html>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"GIF89a\x01\x00\x01\x00", "image/gif"),
        (b"", "image/jpeg"),
        (b"\xff\xd8\xff\xe0garbage", "image/jpeg"),
        (picture()[:500], "image/jpeg"),
        (bomb(), "image/png"),
    ],
)
def test_what_is_no_sane_picture_is_refused_and_not_asked_for_again_soon(server, data, kind):
    server.answer(f"/{HOST}/cover.jpg", data, headers={"Content-Type": kind})
    row = an_artwork()

    with pytest.raises(PermanentError):
        artwork.art_file(row.key, 64)
    with pytest.raises(NotFound):
        artwork.art_file(row.key, 64)

    assert len(server.asked) == 1


@pytest.mark.parametrize("host", ["evil.example", "cdn-images.dzcdn.net.evil.example", "127.0.0.1", "xdzcdn.net"])
def test_a_picture_of_an_unknown_host_is_never_asked_for(server, host):
    with pytest.raises(PermanentError):
        artwork.art_file(an_artwork(host=host).key, 64)

    assert server.asked == []


@pytest.mark.parametrize("target", ["https://evil.example/x.jpg", "http://127.0.0.1/x.jpg", "//169.254.169.254/x"])
def test_a_redirect_to_an_unknown_host_is_not_followed(server, target):
    server.answer(f"/{HOST}/cover.jpg", status=302, headers={"Location": target})

    with pytest.raises(PermanentError):
        artwork.art_file(an_artwork().key, 64)

    assert len(server.asked) == 1


def test_a_cover_of_the_archive_is_found_over_its_redirects(server):
    steps = [
        ("/coverartarchive.org/release/x/front-1200", "http://archive.org/download/mbid-x/1.jpg"),
        ("/archive.org/download/mbid-x/1.jpg", "https://ia800.us.archive.org/7/1.jpg"),
    ]
    for path, target in steps:
        server.answer(path, status=307, headers={"Location": target})
    server.answer("/ia800.us.archive.org/7/1.jpg", picture(), headers=JPEG)

    assert artwork.art_file(an_artwork("/release/x/front-1200", "coverartarchive.org").key, 64).is_file()


def test_a_picture_that_does_not_come_is_tried_again(server):
    server.answer(f"/{HOST}/cover.jpg", status=500)
    row = an_artwork()
    with pytest.raises(TransientError):
        artwork.art_file(row.key, 64)
    server.answer(f"/{HOST}/cover.jpg", picture(), headers=JPEG)

    assert artwork.art_file(row.key, 64).is_file()


@pytest.mark.parametrize("key", ["nope", "../../etc/passwd", "a/b"])
def test_an_unknown_key_is_not_found(server, key):
    with pytest.raises(NotFound):
        artwork.art_file(key, 64)


def test_a_size_that_is_not_served_is_refused(server):
    with pytest.raises(UserError):
        artwork.art_file(an_artwork().key, 63)


def test_sizes_that_were_deleted_are_made_again_without_asking(server):
    server.answer(f"/{HOST}/cover.jpg", picture(), headers=JPEG)
    row = an_artwork()
    artwork.art_file(row.key, 64).unlink()

    assert artwork.art_file(row.key, 64).is_file()
    assert len(server.asked) == 1


@pytest.mark.parametrize(("colour", "tint"), [("red", 0), ("yellow", 2), ("lime", 4), ("blue", 8), ("grey", None)])
def test_a_tint_is_the_hue_of_the_picture(colour, tint):
    assert tint_of(Image.new("RGB", (30, 30), colour)) == tint
