"""Covers and portraits, drawn: each picture has its palette and design from its name, at any size, kept on disk."""

from __future__ import annotations

import colorsys
import io
import math
import os
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
WHITE: Colour = (244, 240, 232)
HAIR: tuple[Colour, ...] = ((38, 28, 24), (92, 58, 34), (176, 128, 70), (60, 60, 66), (120, 44, 30))


@dataclass(slots=True)
class Palette:
    ground: Colour
    deep: Colour
    one: Colour
    two: Colour
    ink: Colour


@dataclass(slots=True)
class Sheet:
    """A square to draw on; ``at`` turns shares of its side into pixels."""

    image: Image.Image
    draw: ImageDraw.ImageDraw
    palette: Palette
    rng: random.Random
    size: int
    lines: tuple[str, str] = field(default=("", ""))

    def at(self, *shares: float) -> tuple[float, ...]:
        return tuple(share * self.size for share in shares)

    def spot(self, x: float, y: float) -> tuple[float, float]:
        return x * self.size, y * self.size


class Pictures:
    """Thread-safe. The same name, words and size give the same JPEG."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "pictures"

    def cover(self, name: str, title: str, artist: str, size: int) -> bytes:
        return self._kept(f"{name}-{size}", lambda: _draw(name, (title, artist), size))

    def portrait(self, name: str, artist: str, size: int) -> bytes:
        return self._kept(f"{name}-p{size}", lambda: _portrait(name, artist, size))

    def placeholder(self, size: int) -> bytes:
        """The grey square that Deezer sends where it has no picture."""
        return self._kept(f"placeholder-{size}", lambda: _jpeg(Image.new("RGB", (size, size), (205, 205, 208))))

    def _kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self._folder / name[:2] / f"{name}.jpg"
        try:
            return path.read_bytes()
        except OSError:
            data = make()
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
            part.write_bytes(data)
            part.replace(path)
            return data


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=86)
    return buffer.getvalue()


def _palette(rng: random.Random) -> Palette:
    hue = rng.random()
    turn = rng.choice((0.08, 0.33, 0.5, 0.58))

    def colour(h: float, light: float, strength: float) -> Colour:
        red, green, blue = colorsys.hls_to_rgb(h % 1, light, strength)
        return round(red * 255), round(green * 255), round(blue * 255)

    if rng.random() < 0.6:
        return Palette(
            colour(hue, 0.16, 0.45),
            colour(hue, 0.08, 0.5),
            colour(hue + turn, 0.6, 0.75),
            colour(hue + turn / 2, 0.42, 0.6),
            WHITE,
        )
    return Palette(
        colour(hue, 0.88, 0.5),
        colour(hue, 0.74, 0.45),
        colour(hue + turn, 0.45, 0.7),
        colour(hue + turn / 2, 0.3, 0.55),
        colour(hue, 0.14, 0.4),
    )


def _sheet(name: str, lines: tuple[str, str], size: int) -> Sheet:
    rng = random.Random(f"cover|{name}")
    palette = _palette(rng)
    side = size * 2 if size <= 700 else size  # drawn large and shrunk: clean edges
    image = _gradient(palette.ground, palette.deep, side)
    return Sheet(image, ImageDraw.Draw(image), palette, rng, side, lines)


def _gradient(top: Colour, bottom: Colour, side: int) -> Image.Image:
    strip = Image.new("RGB", (1, 64))
    for row in range(64):
        strip.putpixel((0, row), tuple(round(a + (b - a) * row / 63) for a, b in zip(top, bottom, strict=True)))
    return strip.resize((side, side), Image.Resampling.BILINEAR)


def _draw(name: str, lines: tuple[str, str], size: int) -> bytes:
    sheet = _sheet(name, lines, size)
    design = sheet.rng.choice(DESIGNS if _is_drawable(lines[0]) else DESIGNS_WITHOUT_TYPE)
    design(sheet)
    return _jpeg(sheet.image if sheet.size == size else sheet.image.resize((size, size), Image.Resampling.LANCZOS))


def _waves(sheet: Sheet) -> None:
    """Sea under a low disc."""
    rng, palette, size = sheet.rng, sheet.palette, sheet.size
    x, y, r = rng.uniform(0.55, 0.8), rng.uniform(0.33, 0.42), rng.uniform(0.1, 0.17)
    sheet.draw.ellipse(sheet.at(x - r, y - r, x + r, y + r), fill=palette.one)
    for layer in range(7):
        base, height, length, start = 0.45 + layer * 0.085, 0.02 + 0.008 * layer, rng.uniform(3, 7), rng.uniform(0, 6)
        edge = [(px, (base + height * math.sin(start + length * px / size * 2)) * size) for px in range(0, size + 8, 8)]
        sheet.draw.polygon([*edge, (size, size), (0, size)], fill=_mix(palette.two, palette.deep, layer / 6))
    _type(sheet, 0.06, 0.06, 0.075)


def _sun(sheet: Sheet) -> None:
    """Rings around a middle, cut by bars."""
    rng, palette = sheet.rng, sheet.palette
    x, y = rng.uniform(0.4, 0.6), rng.uniform(0.4, 0.43)
    for ring in range(9, 0, -1):
        r = ring * 0.042
        sheet.draw.ellipse(sheet.at(x - r, y - r, x + r, y + r), fill=_mix(palette.one, palette.ground, (ring % 3) / 3))
    for bar in range(6):
        top = y + 0.05 + bar * 0.055
        sheet.draw.rectangle(
            sheet.at(0, top, 1, top + 0.008 + bar * 0.006), fill=_mix(palette.ground, palette.deep, top)
        )
    _type(sheet, 0.07, 0.82, 0.08)


def _grid(sheet: Sheet) -> None:
    """Quarter circles and squares on a grid."""
    rng, palette = sheet.rng, sheet.palette
    count = rng.choice((3, 4, 5))
    step = 0.8 / count
    for row in range(count):
        for column in range(count):
            left, top = 0.1 + column * step, 0.06 + row * step
            colour = rng.choice((palette.one, palette.two, palette.ink, _mix(palette.one, palette.two, 0.5)))
            box = sheet.at(left, top, left + step * 0.96, top + step * 0.96)
            if rng.random() < 0.25:
                sheet.draw.rectangle(box, fill=colour)
            else:
                corner = rng.randrange(4)
                far = sheet.at(left - step * (corner % 2) * 0.96, top - step * (corner // 2) * 0.96)
                wide = step * 1.92 * sheet.size
                pie = Image.new("L", (round(box[2] - box[0]), round(box[3] - box[1])), 0)
                ImageDraw.Draw(pie).ellipse(
                    (far[0] - box[0], far[1] - box[1], far[0] - box[0] + wide, far[1] - box[1] + wide), fill=255
                )
                sheet.image.paste(colour, (round(box[0]), round(box[1])), pie)
    _type(sheet, 0.1, 0.885, 0.05)


def _peaks(sheet: Sheet) -> None:
    """Mountain ranges in haze."""
    rng, palette, size = sheet.rng, sheet.palette, sheet.size
    x, y, r = rng.uniform(0.68, 0.84), rng.uniform(0.24, 0.32), 0.065
    sheet.draw.ellipse(sheet.at(x - r, y - r, x + r, y + r), fill=palette.ink)
    for layer in range(5):
        base, points, px = 0.42 + layer * 0.12, [], -0.1
        while px < 1.1:
            points.append((px * size, (base - rng.uniform(-0.03, 0.16 - layer * 0.02)) * size))
            px += rng.uniform(0.06, 0.18)
        sheet.draw.polygon(
            [(-size, size), *points, (2 * size, size)], fill=_mix(palette.one, palette.deep, 0.25 + layer / 6)
        )
    _type(sheet, 0.06, 0.06, 0.07)


def _words(sheet: Sheet) -> None:
    """Only type: the title large, a rule, the artist."""
    palette, size = sheet.palette, sheet.size
    sheet.draw.rectangle(sheet.at(0.07, 0.1, 0.07 + 0.3 * sheet.rng.random() + 0.2, 0.115), fill=palette.one)
    words, font = sheet.lines[0].split() or [sheet.lines[0]], ImageFont.load_default(size * 0.15)
    top = 0.16
    for word in words[:4]:
        while sheet.draw.textlength(word, font=font) > size * 0.86 and font.size > size * 0.05:  # type: ignore[union-attr]
            font = ImageFont.load_default(font.size * 0.85)  # type: ignore[union-attr]
        sheet.draw.text(sheet.spot(0.065, top), word, font=font, fill=palette.ink)
        top += 0.17
    artist = sheet.lines[1] if _is_drawable(sheet.lines[1]) else ""
    sheet.draw.text(sheet.spot(0.07, 0.9), artist, font=ImageFont.load_default(size * 0.04), fill=palette.one)


def _bloom(sheet: Sheet) -> None:
    """Petals in soft light."""
    rng, palette, size = sheet.rng, sheet.palette, sheet.size
    glow = Image.new("RGB", sheet.image.size, palette.deep)
    brush = ImageDraw.Draw(glow)
    for _ in range(7):
        x, y, r = rng.random(), rng.random(), rng.uniform(0.15, 0.4)
        brush.ellipse(sheet.at(x - r, y - r, x + r, y + r), fill=rng.choice((palette.one, palette.two, palette.ground)))
    small = glow.resize((size // 8 or 1, size // 8 or 1)).filter(ImageFilter.GaussianBlur(max(1, size / 8 * 0.09)))
    sheet.image.paste(small.resize(sheet.image.size, Image.Resampling.BICUBIC))
    petals, turn = rng.choice((5, 6, 8, 12)), rng.random()
    for petal in range(petals):
        angle = math.tau * (petal / petals + turn)
        x, y, r = 0.5 + 0.14 * math.cos(angle), 0.48 + 0.14 * math.sin(angle), 0.13
        sheet.draw.ellipse(sheet.at(x - r, y - r, x + r, y + r), outline=palette.ink, width=max(1, size // 250))
    _type(sheet, 0.06, 0.86, 0.06)


def _stripes(sheet: Sheet) -> None:
    """Slanted bands of uneven width."""
    rng, palette, size = sheet.rng, sheet.palette, sheet.size
    place, slant = -0.5, rng.uniform(-0.5, 0.5)
    while place < 1.5:
        width = rng.uniform(0.02, 0.14)
        band = [(place, 0.0), (place + width, 0.0), (place + width + slant, 0.78), (place + slant, 0.78)]
        sheet.draw.polygon(
            [(x * size, y * size) for x, y in band],
            fill=rng.choice((palette.one, palette.two, palette.ground, palette.ink)),
        )
        place += width
    sheet.draw.rectangle(sheet.at(0, 0.78, 1, 1), fill=palette.deep)
    _type(sheet, 0.06, 0.81, 0.075)


DESIGNS: tuple[Callable[[Sheet], None], ...] = (_waves, _sun, _grid, _peaks, _words, _bloom, _stripes)
DESIGNS_WITHOUT_TYPE = tuple(design for design in DESIGNS if design is not _words)


def _is_drawable(text: str) -> bool:
    """Whether Pillow's own font has the letters: it knows Latin ones; anything else would be boxes."""
    return all(char < "\u0180" or "\u2010" <= char <= "\u2026" for char in text)


def _type(sheet: Sheet, left: float, top: float, height: float) -> None:
    """The title and the artist below it, shortened to what fits."""
    title, artist = sheet.lines
    for text, share, offset in ((title, height, 0.0), (artist, height * 0.55, height * 1.25)):
        if not _is_drawable(text):
            continue
        font = ImageFont.load_default(max(4, sheet.size * share))
        short = text[:60]
        while short and sheet.draw.textlength(short, font=font) > sheet.size * (0.94 - left):
            short = short[:-1]
        sheet.draw.text(sheet.spot(left, top + offset), short, font=font, fill=sheet.palette.ink)


def _portrait(name: str, artist: str, size: int) -> bytes:
    """Head and shoulders in two tones before a disc."""
    sheet = _sheet(name, (artist, ""), size)
    rng, palette = sheet.rng, sheet.palette
    r = rng.uniform(0.3, 0.42)
    sheet.draw.ellipse(sheet.at(0.5 - r, 0.42 - r, 0.5 + r, 0.42 + r), fill=palette.two)
    people = rng.choice((1, 1, 2, 3))
    for person in range(people):
        x = 0.5 + (person - (people - 1) / 2) * 0.26
        y, head = 0.44 + rng.uniform(-0.03, 0.03), rng.uniform(0.085, 0.11)
        skin, hair = _mix((240, 205, 175), (96, 60, 42), rng.random()), rng.choice(HAIR)
        coat = _mix(palette.one, palette.deep, 0.15 + person / 4)
        sheet.draw.ellipse(sheet.at(x - head * 2.1, y + head * 1.35, x + head * 2.1, y + head * 8), fill=coat)
        sheet.draw.rectangle(
            sheet.at(x - head * 0.4, y, x + head * 0.4, y + head * 1.6), fill=_mix(skin, (60, 30, 20), 0.2)
        )
        if rng.random() < 0.5:  # long hair falls behind the face
            sheet.draw.ellipse(sheet.at(x - head * 1.35, y - head * 1.45, x + head * 1.35, y + head * 1.7), fill=hair)
        sheet.draw.ellipse(sheet.at(x - head, y - head * 1.2, x + head, y + head * 1.2), fill=skin)
        sheet.draw.pieslice(
            sheet.at(x - head * 1.1, y - head * 1.45, x + head * 1.1, y + head * 0.9), 185, 355, fill=hair
        )
    return _jpeg(sheet.image if sheet.size == size else sheet.image.resize((size, size), Image.Resampling.LANCZOS))


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    share = min(max(share, 0.0), 1.0)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
