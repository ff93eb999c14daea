"""Large libraries that few processes need: loaded where they are first used, not where they are named."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Lazy:
    """Stands for a module until something of it is asked for.

    Type checkers see the module itself::

        if TYPE_CHECKING:
            import av
        else:
            av = Lazy("av")
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)
