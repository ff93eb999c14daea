"""What an operator looks up and mends by hand. Rows change by the services only, so their fields are read-only."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Person
from downloads.models import Download, DownloadCandidate, DownloadRequest
from downloads.services import queue
from downloads.services.queue import Steered


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Seen, found and steered by actions; never edited, added or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class CandidateInline(admin.TabularInline):  # type: ignore[type-arg]
    model = DownloadCandidate
    fields = ("score", "state", "title", "artist_text", "duration_ms", "source", "url", "message")
    readonly_fields = fields
    extra = 0
    can_delete = False


@admin.register(Download)
class DownloadAdmin(ReadOnly):
    list_display = ("id", "status", "track", "output_format", "quality_kbps", "priority", "attempts", "reason")
    list_filter = ("status", "reason", "output_format", "source")
    search_fields = ("track__title", "recording__artist_text", "lease_owner")
    list_select_related = ("track",)
    raw_id_fields = ("track", "recording", "file")
    show_full_result_count = False
    ordering = ("-id",)
    inlines = (CandidateInline,)
    actions = ("cancel", "pause", "resume", "retry")

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Looking at rows does not suffice: a viewer who may open the administration steers nothing."""
        return bool(getattr(request.user, "may_download", False))

    @admin.action(description="Cancel", permissions=["steer"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Download]) -> None:
        self._tell(request, queue.cancel(_ids(rows), by=_person(request)))

    @admin.action(description="Pause", permissions=["steer"])
    def pause(self, request: HttpRequest, rows: QuerySet[Download]) -> None:
        self._tell(request, queue.pause(_ids(rows), by=_person(request)))

    @admin.action(description="Resume", permissions=["steer"])
    def resume(self, request: HttpRequest, rows: QuerySet[Download]) -> None:
        self._tell(request, queue.resume(_ids(rows), by=_person(request)))

    @admin.action(description="Try again", permissions=["steer"])
    def retry(self, request: HttpRequest, rows: QuerySet[Download]) -> None:
        self._tell(request, queue.retry(_ids(rows), by=_person(request)))

    def _tell(self, request: HttpRequest, steered: Steered) -> None:
        self.message_user(request, f"{len(steered.done)} done, {len(steered.refused)} refused.")
        for pk, why in list(steered.refused.items())[:10]:
            self.message_user(request, f"Download {pk}: {why}", messages.WARNING)


@admin.register(DownloadRequest)
class DownloadRequestAdmin(ReadOnly):
    list_display = ("id", "kind", "title", "stage", "total", "done", "failed", "skipped", "cancelled", "asked_by")
    list_filter = ("kind", "stage", "reason")
    search_fields = ("title", "subtitle", "link")
    list_select_related = ("asked_by",)
    show_full_result_count = False
    ordering = ("-id",)

    def get_exclude(self, request: HttpRequest, obj: DownloadRequest | None = None) -> tuple[str, ...]:
        """Whose private list it is knows which; nobody else, who administers or not."""
        is_others = obj is not None and obj.is_private and obj.asked_by_id != request.user.pk
        return ("playlist", "provider_id") if is_others else ()


def _person(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def _ids(rows: QuerySet[Download]) -> list[int]:
    return list(rows.values_list("pk", flat=True))
