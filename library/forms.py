"""What may be filtered in the journal of files."""

from __future__ import annotations

from django import forms

from library.models import FileAct
from library.selectors.journal import BIN


class ActFilterForm(forms.Form):
    """``cleaned_data`` are the arguments of ``selectors.journal.acts_page``."""

    state = forms.ChoiceField(required=False, choices=[("", ""), (BIN, BIN), *FileAct.State.choices])
    kind = forms.ChoiceField(required=False, choices=[("", ""), *FileAct.Kind.choices])
    text = forms.CharField(required=False, max_length=200)
    batch = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
