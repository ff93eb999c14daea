"""What an admin gives on the page of the sources."""

from __future__ import annotations

from django import forms

from downloads.services.cookies import SITES, WARNING


class CookiesForm(forms.Form):
    """A cookies.txt for one source, from somebody who has read the warning."""

    lane = forms.ChoiceField(choices=[(lane, lane) for lane in SITES], widget=forms.HiddenInput)
    file = forms.FileField(label="cookies.txt", max_length=200)
    knows_risk = forms.BooleanField(label="I have read this and use an account that I can lose.", help_text=WARNING)
