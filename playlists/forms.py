"""What is given to be imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from core.errors import UserError
from playlists.readers import ReadList, read_list
from playlists.readers.reading import check_size


class ImportForm(forms.Form):
    """A paste or a file; ``lists`` are what was read of it."""

    title = forms.CharField(max_length=300, required=False)
    text = forms.CharField(required=False, strip=False)
    file = forms.FileField(required=False, allow_empty_file=True)

    lists: list[ReadList]

    def clean(self) -> dict[str, Any]:
        """The lists are read; what is wrong with them is said at the form."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        try:
            self.lists = _read(values.get("file"), values.get("text") or "")
        except UserError as exc:
            raise ValidationError(f"{exc.message} {exc.remedy}".strip()) from exc
        return values


def _read(given: UploadedFile[Any] | None, text: str) -> list[ReadList]:
    if given is not None:
        check_size(given.size or 0, is_paste=False)  # before it is in memory
        return read_list(given.read(), name=given.name or "")
    if not text.strip():
        raise UserError("There is no list.", remedy="Paste some lines, or choose a file.")
    check_size(len(text.encode("utf-8", "replace")), is_paste=True)
    return read_list(text)
