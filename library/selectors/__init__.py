"""Reads of the library."""

from library.selectors.owned import owned_file, owned_files
from library.selectors.passport import passport_words

__all__ = ["owned_file", "owned_files", "passport_words"]
