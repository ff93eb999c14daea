"""Reads of the library."""

from library.selectors.owned import owned_file, owned_files

__all__ = ["owned_file", "owned_files"]
