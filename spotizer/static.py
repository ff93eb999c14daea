"""Static files: hashed names that browsers keep for ever, made by ``serve`` from a clean clone."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Hashed and compressed once collected; plain names before that (tests, ``runserver``)."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:
            return name
        return str(super().stored_name(name))

    def create_compressor(self, **options: Any) -> Any:
        """gzip alone: Brotli at its best level would take most of the first start, for a few kilobytes."""
        return super().create_compressor(**{**options, "use_brotli": False})
