"""The queue, one download with its reasons, and where the buttons write."""

from downloads.views.actions import download_action
from downloads.views.pages import download_detail, drawer, queue, request_part
from downloads.views.previews import candidate_preview, track_preview
from downloads.views.sources import (
    cookies_forget,
    cookies_save,
    engine_act,
    source_list,
    source_list_moved,
    source_order,
    terms_agree,
    trial_begin,
)
from downloads.views.wishes import download_as, request_download

__all__ = [
    "candidate_preview",
    "cookies_forget",
    "cookies_save",
    "download_action",
    "download_as",
    "download_detail",
    "drawer",
    "engine_act",
    "queue",
    "request_download",
    "request_part",
    "source_list",
    "source_list_moved",
    "source_order",
    "terms_agree",
    "track_preview",
    "trial_begin",
]
