"""History for an operator: looked up, never edited."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from history.models import Event


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "at", "kind", "title", "artist_text", "source", "reason", "person", "download_id")
    list_filter = ("kind", "source", "reason")
    search_fields = ("=download_id", "=request_id")  # a title would be a scan of all that ever happened
    list_select_related = ("person",)
    show_full_result_count = False
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
