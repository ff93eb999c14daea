"""What a person types to sign in or to set Spotizer up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import Person
from accounts.services.setup import is_setup_code

PASSWORD_LENGTH = 1000  # hashing a megabyte of paste would be work for nothing


class LoginForm(forms.Form):
    """Name and password, not yet compared with anybody's."""

    username = forms.CharField(label="Name", max_length=150, widget=forms.TextInput({"autocomplete": "username"}))
    password = forms.CharField(
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """The password that is, and twice the one that shall be."""

    current = forms.CharField(
        label="Password now",
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label="New password",
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least 8 characters.",
    )
    again = forms.CharField(
        label="New password again",
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.person.check_password(current):
            raise ValidationError("This is not your password.", code="wrong")
        return current

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if self.cleaned_data.get("password", again) != again:
            raise ValidationError("The two are not the same.")
        return again


class SetupForm(forms.Form):
    """The owner's name and password, and the code from the console where it is asked for."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text="Spotizer printed it where it was started: on its console or in its log.",
    )
    username = forms.CharField(label="Your name", max_length=150, widget=forms.TextInput({"autocomplete": "username"}))
    password = forms.CharField(
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least 8 characters.",
    )

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.fields["code"]

    def clean_code(self) -> None:
        if not is_setup_code(self.cleaned_data["code"]):
            raise ValidationError("This is not the code. It changes when the set-up is started anew: look again.")

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        Person._meta.get_field("username").run_validators(name)
        return name

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, Person(username=self.cleaned_data.get("username", "")))
        return password


class JoinForm(SetupForm):
    """Name and password of who follows an invitation."""

    def clean_username(self) -> str:
        name = super().clean_username()
        if Person.objects.filter(username__iexact=Person.normalize_username(name)).exists():
            raise ValidationError("Somebody has this name already. Choose another.")
        return name
