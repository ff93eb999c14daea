"""What a section of settings is."""

from __future__ import annotations

from typing import ClassVar


class Section:
    """Settings that belong together, as attributes; ``TITLE`` stands over them on the page of ``TAB``."""

    TAB: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""
