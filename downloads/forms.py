"""What an admin gives on the page of the sources, and what anybody asks for beside the track itself."""

from __future__ import annotations

from typing import Any

from django import forms

from core.errors import UserError
from core.formats import FORMS, KEEP, LOSSLESS
from downloads.models import Format
from downloads.services.cookies import SITES, WARNING
from library.naming import check_template
from ops.settings import in_force
from ops.settings.table.quality import LOUDNESS

BITRATES = sorted({kbps for form in FORMS.values() for kbps in form.bitrates_kbps}, reverse=True)
LABELS = dict(Format.choices)
YES_NO = {"yes": True, "no": False}


class CookiesForm(forms.Form):
    """A cookies.txt for one source, from somebody who has read the warning."""

    lane = forms.ChoiceField(choices=[(lane, lane) for lane in SITES], widget=forms.HiddenInput)
    file = forms.FileField(label="cookies.txt", max_length=200)
    knows_risk = forms.BooleanField(label="I have read this and use an account that I can lose.", help_text=WARNING)


class DownloadAsForm(forms.Form):
    """How one request shall be, where it is not what the settings say. All empty is what the settings say."""

    format = forms.ChoiceField(label="Format", required=False)
    quality = forms.ChoiceField(label="Bitrate", required=False)
    trim = forms.ChoiceField(label="Silence at both ends", required=False)
    loudness = forms.ChoiceField(label="Loudness", required=False)
    template = forms.CharField(label="Name of the files", required=False, max_length=300)
    priority = forms.ChoiceField(label="Priority", required=False, initial="3")
    force_lossless = forms.BooleanField(
        label="Lossless by force",
        required=False,
        help_text="What comes lossy is wrapped in FLAC, ALAC or WAV: several times the size, and no better to hear.",
    )
    sources = forms.MultipleChoiceField(label="Only from", required=False, widget=forms.CheckboxSelectMultiple)
    again = forms.BooleanField(label="Also what the library has in this form already", required=False)

    def __init__(self, *args: Any, source_labels: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = LABELS[in_force.OUTPUT_FORMAT]
        usual = usual.lower() if in_force.OUTPUT_FORMAT == KEEP else usual
        choices = {
            "format": [("", f"As set ({usual})"), *Format.choices],
            "quality": [("", "The format's own (MP3: V0)"), *((str(kbps), f"{kbps} kbit/s") for kbps in BITRATES)],
            "trim": [("", f"As set ({'trimmed' if in_force.TRIM else 'kept'})"), ("yes", "Trim"),
                     ("no", "Keep")],
            "loudness": [("", f"As set ({LOUDNESS[in_force.LOUDNESS].lower()})"), *LOUDNESS.items()],
            "priority": [("1", "1, first"), ("2", "2"), ("3", "3, usual"), ("4", "4"), ("5", "5, last")],
            "sources": list((source_labels or {}).items()),
        }  # fmt: skip
        for name, pairs in choices.items():
            self.fields[name].choices = pairs  # type: ignore[attr-defined]
        self.fields["template"].widget.attrs |= {
            "placeholder": in_force.NAME_TEMPLATE,
            "autocomplete": "off",
            "spellcheck": "false",
        }

    def clean_template(self) -> str:
        template = str(self.cleaned_data["template"]).strip()
        if template:
            try:
                check_template(template)
            except UserError as exc:
                raise forms.ValidationError(f"{exc.message} {exc.remedy}".strip()) from exc
        return template

    def clean(self) -> dict[str, Any]:
        """Wishes that do not go together are told at the field that has to give way."""
        data = super().clean() or self.cleaned_data
        name = data.get("format") or in_force.OUTPUT_FORMAT
        form, quality = FORMS.get(name), data.get("quality")
        if quality and name == KEEP:
            self.add_error("quality", "What is kept as it comes has the bitrate that it has: choose a format as well.")
        elif quality and form and form.is_lossless:
            self.add_error("quality", f"{form.label} is lossless and has no bitrate: leave it to the format.")
        elif quality and form and int(quality) not in form.bitrates_kbps:
            listed = ", ".join(map(str, form.bitrates_kbps))
            self.add_error("quality", f"{form.label} is made with {listed} kbit/s: choose one of these.")
        if data.get("force_lossless") and name not in LOSSLESS:
            self.add_error("force_lossless", "This is for FLAC, ALAC and WAV: choose one of them, or leave it out.")
        return data

    def asked(self) -> dict[str, Any]:
        """The keyword arguments of ``Wishes`` that a valid form stands for."""
        data = self.cleaned_data
        steps: dict[str, object] = {"force_lossless": True} if data["force_lossless"] else {}
        if data["trim"]:
            steps["trim"] = YES_NO[data["trim"]]
        if data["loudness"]:
            steps["loudness"] = data["loudness"]
        return {
            "output_format": data["format"] or None,
            "quality_kbps": int(data["quality"]) if data["quality"] else (0 if data["format"] else None),
            "priority": int(data["priority"] or 3),
            "get_again": data["again"],
            "steps": steps,
            "template": data["template"],
            "sources": tuple(data["sources"]),
        }
