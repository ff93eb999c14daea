import sys

from core.lazy import Lazy


def test_library_is_loaded_when_something_of_it_is_asked_for():
    sys.modules.pop("colorsys", None)

    late = Lazy("colorsys")
    assert "colorsys" not in sys.modules

    assert late.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    assert "colorsys" in sys.modules
