"""What may be filtered in the history."""

from __future__ import annotations

from django import forms

from history.models import Event


class EventFilterForm(forms.Form):
    """``cleaned_data`` are the arguments of ``selectors.events_page``."""

    kind = forms.ChoiceField(required=False, choices=[("", ""), *Event.Kind.choices])
    text = forms.CharField(required=False, max_length=200)
    request = forms.IntegerField(required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=1)
