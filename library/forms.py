"""What may be filtered in the journal of files, which files are meant, and the editor of tags."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from catalog.services.artist_names import MOST_MEMBERS
from catalog.spelling import MOST_CHARACTERS, Certainty
from core.errors import UserError
from core.text import whole_number
from library.models import FileAct
from library.selectors.journal import BIN
from library.selectors.tags import LABELS
from library.services.retag import EDITABLE
from library.tags import Tags
from library.tags.values import MOST_NUMBER


class ActFilterForm(forms.Form):
    """``cleaned_data`` are the arguments of ``selectors.journal.acts_page``."""

    state = forms.ChoiceField(required=False, choices=[("", ""), (BIN, BIN), *FileAct.State.choices])
    kind = forms.ChoiceField(required=False, choices=[("", ""), *FileAct.Kind.choices])
    text = forms.CharField(required=False, max_length=200)
    batch = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class ChosenForm(forms.Form):
    """Which files are meant, and what shall be written besides the fields of their tags."""

    KINDS = ("track", "album", "artist", "file")

    track = forms.CharField(required=False, max_length=100)
    album = forms.CharField(required=False, max_length=100)
    artist = forms.CharField(required=False, max_length=100)
    file = forms.CharField(required=False, max_length=20)
    all = forms.BooleanField(required=False)
    cover = forms.BooleanField(required=False)
    lyrics = forms.BooleanField(required=False)
    after = forms.CharField(required=False, max_length=1000, strip=False)
    digest = forms.CharField(required=False, max_length=40)
    much = forms.BooleanField(required=False)

    def which(self) -> tuple[str, str]:
        """The kind of what is meant, and its id. Raises UserError where that is not said: never all by mistake."""
        values = self.cleaned_data if self.is_valid() else {}
        if values.get("all"):
            return "all", ""
        for kind in self.KINDS:
            if values.get(kind):
                return kind, str(values[kind])
        raise UserError("Which files are meant was not said.", remedy="Come from the page of a track or an album.")


class LinesField(forms.CharField):
    """Several values, one per line; browsers end lines in their own way."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        lines = (line.strip() for line in str(value or "").splitlines())
        return "\n".join(line for line in lines if line)


class TagForm(forms.Form):
    """The fields of tags that a person may set, as text: several values one per line."""

    FLAGS = (("", "not known"), ("yes", "yes"), ("no", "no"))

    def __init__(self, data: Mapping[str, Any] | None, initial: Mapping[str, Any], mixed: Collection[str]) -> None:
        super().__init__(data, initial={name: self.text_of(value) for name, value in initial.items()})
        for name in EDITABLE:
            self.fields[name] = self._field(name, mixed)

    def _field(self, name: str, mixed: Collection[str]) -> forms.Field:
        empty, label = getattr(Tags(), name), LABELS[name]
        hint = "the files differ" if name in mixed else ""
        if name == "advisory" or isinstance(empty, bool):
            choices = [("", hint), *self.FLAGS[1:]] if hint else self.FLAGS
            return forms.ChoiceField(required=False, label=label, choices=choices)
        if isinstance(empty, tuple):
            area = forms.Textarea(attrs={"rows": 2, "placeholder": hint})
            return LinesField(required=False, label=f"{label}, one per line", max_length=5000, widget=area)
        if empty is None:
            number = forms.NumberInput(attrs={"placeholder": hint})
            return forms.IntegerField(required=False, label=label, min_value=1, max_value=MOST_NUMBER, widget=number)
        text = forms.TextInput(attrs={"placeholder": hint})
        return forms.CharField(required=False, label=label, max_length=1000, widget=text)

    @staticmethod
    def text_of(value: Any) -> Any:
        """A tag's value as its field shows it."""
        if isinstance(value, tuple):
            return "\n".join(value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value

    def changes(self) -> dict[str, Any]:
        """What the person changed, as ``retag.set_manual`` takes it; None takes the field out."""
        return {name: self._value(name, self.cleaned_data[name]) for name in self.changed_data}

    def _value(self, name: str, value: Any) -> Any:
        empty = getattr(Tags(), name)
        if value in (None, ""):
            return None
        if isinstance(empty, tuple):
            return str(value).splitlines()
        return value == "yes" if name == "advisory" or isinstance(empty, bool) else value


class SpellingFilterForm(forms.Form):
    """Which groups of artists are shown."""

    kind = forms.ChoiceField(
        required=False, choices=[("", ""), *((one.name.lower(), one.name.lower()) for one in Certainty)]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)


class NamingForm(forms.Form):
    """Artists that are one, and what they are called; or that are not one."""

    id = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "Choose artists."})
    name = forms.CharField(required=False, max_length=MOST_CHARACTERS)
    own = forms.CharField(required=False, max_length=MOST_CHARACTERS)
    act = forms.ChoiceField(choices=[("name", "name"), ("apart", "apart")])

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        numbers = [text for text in data.getlist("id")[:MOST_MEMBERS] if whole_number(text)]
        field = self.fields["id"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(text, text) for text in numbers]

    def chosen(self) -> list[int]:
        """The numbers of the artists. Raises UserError where the form makes no sense."""
        if not self.is_valid():
            raise UserError("Which artists are meant was not said.", remedy="Choose again.")
        return list(self.cleaned_data["id"])

    def wanted_name(self) -> str:
        """What the person wrote, else what was chosen."""
        return str(self.cleaned_data.get("own") or self.cleaned_data.get("name") or "")
