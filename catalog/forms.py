"""What may be asked of the search page."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

from catalog.metadata.fields import FIELDS, Entity
from catalog.models import Conflict
from providers.base import Kind

KINDS = {"tracks": Kind.TRACK, "albums": Kind.ALBUM, "artists": Kind.ARTIST, "playlists": Kind.PLAYLIST}
FIRST, PAGE = 12, 40


@dataclass(frozen=True, slots=True)
class SearchWish:
    """A search as its page understood it. ``kind`` is None for all of them; pages count from 1."""

    query: str = ""
    kind: Kind | None = None
    provider: str | None = None
    page: int = 1
    is_plain: bool = False  # search for the words even where they look like an address

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return (self.kind,) if self.kind else tuple(KINDS.values())

    @property
    def limit(self) -> int:
        return PAGE if self.kind else FIRST

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE if self.kind else 0


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=2000)
    type = forms.ChoiceField(required=False, choices=[("", ""), *((name, name) for name in KINDS)])
    provider = forms.SlugField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=500)
    plain = forms.BooleanField(required=False)

    def wish(self) -> SearchWish:
        """What was asked; a value that makes no sense reads as its default."""
        self.is_valid()
        data = self.cleaned_data
        return SearchWish(
            query=data.get("q", ""),
            kind=KINDS.get(data.get("type", "")),
            provider=data.get("provider") or None,
            page=data.get("page") or 1,
            is_plain=data.get("plain", False),
        )


class ConflictFilterForm(forms.Form):
    """``cleaned_data`` are the arguments of ``selectors.conflicts.conflicts_page``; nonsense reads as no filter."""

    state = forms.ChoiceField(required=False, choices=[("", ""), *Conflict.State.choices])
    what = forms.ChoiceField(
        required=False,
        choices=[
            ("", ""),
            *((entity.value, entity.value) for entity in Entity),
            *((f"{entity}.{name}", name) for entity, fields in FIELDS.items() for name in fields),
        ],
    )
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
