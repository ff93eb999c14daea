"""People and credentials, looked up and repaired by hand. A stored secret is never shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Credential, Person, SpotifyAccount
from accounts.services import credentials, spotify_people
from catalog.services.mine import forget_lists
from core.errors import UserError

if TYPE_CHECKING:  # Django's own classes take no parameters when the code runs
    PersonBase = UserAdmin[Person]
    CredentialBase = admin.ModelAdmin[Credential]
    CredentialFormBase = forms.ModelForm[Credential]
    SpotifyAccountBase = admin.ModelAdmin[SpotifyAccount]
else:
    PersonBase, CredentialBase, CredentialFormBase = UserAdmin, admin.ModelAdmin, forms.ModelForm
    SpotifyAccountBase = admin.ModelAdmin


@admin.register(Person)
class PersonAdmin(PersonBase):
    list_display = ("username", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (None, {"fields": ("role", "theme", "first_name", "last_name", "email", "is_active", "is_staff")}),
    )
    # Who may do what is not decided by ticking boxes here.
    readonly_fields = ("role", "is_active", "is_staff")

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """The owner is changed by the owner alone, also the password."""
        is_others = obj is not None and obj.role == Person.Role.OWNER and obj.pk != request.user.pk
        return not is_others and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """The owner stays, whoever asks; nobody removes themselves by mistake."""
        is_kept = obj is not None and (obj.role == Person.Role.OWNER or obj.pk == request.user.pk)
        return not is_kept and super().has_delete_permission(request, obj)


class CredentialForm(CredentialFormBase):
    """The secret can be written and replaced; what is stored does not come back."""

    secret = forms.CharField(
        required=False,
        strip=True,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text="Kept encrypted. Leave empty to keep the stored one.",
    )

    class Meta:
        model = Credential
        fields = ("service", "name", "identifier", "is_active")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            try:
                credentials.check_shape(
                    values["service"],
                    values["identifier"].strip(),
                    values.get("secret") or "",
                    is_new=self.instance.pk is None,
                )
            except UserError as exc:
                raise forms.ValidationError(f"{exc.message} {exc.remedy}") from exc
        return values


@admin.register(Credential)
class CredentialAdmin(CredentialBase):
    form = CredentialForm
    list_display = ("name", "service", "is_active", "checked_at", "check_message")
    readonly_fields = ("checked_at", "check_message")
    actions = ("check_again",)

    def save_model(self, request: HttpRequest, obj: Credential, form: Any, change: bool) -> None:
        saved = credentials.save_credential(
            service=obj.service,
            name=obj.name,
            identifier=obj.identifier,
            secret=form.cleaned_data.get("secret") or "",
            is_active=obj.is_active,
            row=obj if change else None,
        )
        obj.pk = saved.pk
        if saved.check_message:
            messages.warning(request, f"Saved, but it does not work yet: {saved.check_message}")
        else:
            messages.success(request, "Saved, and the service accepts it.")

    @admin.action(description="Test again")
    def check_again(self, request: HttpRequest, queryset: QuerySet[Credential]) -> None:
        for row in queryset:
            if credentials.check_credential(row):
                messages.success(request, f"{row}: works.")
            else:
                messages.warning(request, f"{row}: {row.check_message}")


@admin.register(SpotifyAccount)
class SpotifyAccountAdmin(SpotifyAccountBase):
    """Who is signed in to Spotify. No token is shown, and only the person signs in; an operator may sign them out."""

    list_display = ("person", "name", "signed_in_at", "consented_at", "lost_at", "lost_reason")
    list_filter = ("lost_reason",)
    search_fields = ("person__username", "name")
    list_select_related = ("person",)
    fields = ("person", "name", "scopes", "client_id", *list_display[2:], "refreshed_at")
    readonly_fields = fields
    actions = ("sign_out",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SpotifyAccount | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SpotifyAccount | None = None) -> bool:
        return False  # signing out forgets more than this row

    @admin.action(description="Sign out of Spotify")
    def sign_out(self, request: HttpRequest, queryset: QuerySet[SpotifyAccount]) -> None:
        for account in queryset.select_related("person"):
            forget_lists(account.person)
            spotify_people.sign_out(account.person)
            messages.success(request, f"{account.person} is signed out of Spotify.")
