"""Requests that could not be read: taken off the queue's page, where they would stand until they are tried again."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Person
from core.errors import NotFound, UserError
from downloads.models import DownloadRequest
from downloads.services import parents
from history.models import Event
from history.services import record
from ops.services import live

Stage = DownloadRequest.Stage


@transaction.atomic
def clear_request(request_id: int, *, by: Person | None = None) -> DownloadRequest:
    """The request is no longer shown as failed; history keeps it. Raises NotFound, UserError."""
    request = DownloadRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise NotFound("It is gone.", remedy="Reload the page.")
    if request.stage != Stage.FAILED:
        raise UserError("Only what could not be read can be cleared.", remedy="Reload the page.")
    DownloadRequest.objects.filter(pk=request_id).update(stage=Stage.CANCELLED)
    record(
        Event.Kind.STEERED,
        title=request.title or request.link,
        artist_text=request.subtitle,
        person=by,
        request_id=request_id,
        message="Cleared from the queue's page.",
    )
    parents.mark([request_id], live.bump())
    return request
