"""The colour that stands for a cover: one of twelve hues, so that pages need no inline style. Pure."""

from __future__ import annotations

import colorsys

from PIL import Image

BUCKETS = 12
GREY = 0.12  # below this a pixel has no hue to speak of


def tint_of(image: Image.Image) -> int | None:
    """The hue that most of the picture's colour has, 0 (red) to 11; None for a picture without colour."""
    small = image.convert("RGB").resize((24, 24), Image.Resampling.BOX)
    weights = [0.0] * BUCKETS
    data = small.tobytes()
    for red, green, blue in zip(data[::3], data[1::3], data[2::3], strict=True):
        hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        if saturation > GREY and value > GREY:
            weights[int(hue * BUCKETS + 0.5) % BUCKETS] += saturation * value
    return weights.index(max(weights)) if max(weights) > 0 else None
