"""The one table of reasons: why a download waits, was skipped, failed or needs a person, and what to do about it.

The codes are those of ``core.errors`` and of the parts that raise them. A page shows ``sentence`` and ``remedy`` where
the row's own message says less, and a button per action.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a person can do about it; the pages know the button of each."""

    RETRY = "retry"
    CHOOSE = "choose"  # pick a candidate by hand
    RESUME = "resume"  # let the paused queue go on
    SETTINGS = "settings"
    OPEN_FILE = "open_file"
    HEED = "heed"  # stop ignoring it
    WAIT = "wait"  # it goes on by itself


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry. ``spends_budget``: each time counts against the tries of the candidate at hand."""

    code: str
    sentence: str
    remedy: str
    actions: tuple[Action, ...] = (Action.RETRY,)
    may_retry: bool = True
    spends_budget: bool = False


R, C, W, S = Action.RETRY, Action.CHOOSE, Action.WAIT, Action.SETTINGS

TABLE: tuple[Reason, ...] = (
    # Nothing to fetch was found
    Reason("no_match", "No source has this track.", "Try again later, or enable another source.", (R, S)),
    Reason(
        "match_too_poor",
        "Something was found, but nothing that is surely this track.",
        "Look at what was found and choose, or leave it.",
        (C, R),
    ),
    Reason(
        "left_out",
        "What was found is left out by your settings: its bitrate, its format or a word of its name.",
        "Choose a candidate by hand, or change what the settings leave out.",
        (C, S),
    ),
    # What was found could not be used
    Reason("not_found", "It is not there any more.", "Try again, so that another candidate is looked for.", (R, C)),
    Reason("removed", "The source has removed it.", "Try again, so that another candidate is looked for.", (R, C)),
    Reason("unavailable", "The source does not give it out.", "Choose another candidate, or try later.", (C, R)),
    Reason("region_locked", "It is blocked in your region.", "Choose another candidate.", (C, R)),
    Reason("private", "The video is private.", "Choose another candidate.", (C, R)),
    Reason("age_restricted", "It is given only to signed-in adults.", "Choose another candidate.", (C, R)),
    Reason("forbidden", "The source refuses it.", "Choose another candidate, or check the source's login.", (C, R)),
    Reason("drm", "It is given only encrypted, and Spotizer never decrypts.", "Choose another candidate.", (C,)),
    Reason("not_audio", "What came was not audio.", "Choose another candidate, or try again.", (C, R)),
    Reason("wrong_length", "What came is longer or shorter than the track.", "Choose another candidate.", (C, R)),
    Reason(
        "wrong_recording",
        "What came sounds like another recording.",
        "Choose another candidate; one that you choose is taken as it is.",
        (C, R),
    ),
    Reason("broken_file", "The file that came is damaged.", "Try again, or choose another candidate.", (R, C)),
    Reason("conversion_failed", "The conversion failed.", "Try again, or ask for another format.", (R, S)),
    Reason("ffmpeg_missing", "ffmpeg was not found.", "Run `manage.py doctor`: it names what to install.", (R, S)),
    # It may work later
    Reason("network", "The connection failed.", "It is tried again by itself.", (R,), spends_budget=True),
    Reason("timeout", "The service took too long to answer.", "It is tried again by itself.", (R,), spends_budget=True),
    Reason("stalled", "The transfer stood still.", "It is tried again by itself.", (R,), spends_budget=True),
    Reason(
        "bad_response",
        "The service answered with something it should not.",
        "It is tried again by itself.",
        (R,),
        spends_budget=True,
    ),
    Reason("rate_limited", "The service asks us to wait.", "It goes on by itself then.", (W,)),
    Reason("quota_exceeded", "The service's quota for today is used up.", "It goes on by itself tomorrow.", (W,)),
    Reason(
        "blocked",
        "The source refused several times in a row.",
        "It goes on by itself later. If it stays so, upgrade yt-dlp.",
        (W, S),
    ),
    Reason(
        "login_needed",
        "The source wants to know who asks.",
        "Wait, go slower, or use a home connection; then try again.",
        (R, S),
    ),
    Reason(
        "broken_install",
        "A program that fetching needs was not found.",
        "Run `manage.py doctor`: it names what to install.",
        (R, S),
    ),
    Reason("outdated", "The tool for this source no longer fits it.", "Upgrade yt-dlp, then try again.", (R, S)),
    Reason("lane_closed", "This source is closed for a while.", "It goes on by itself.", (W,)),
    Reason("lane_busy", "Another download from this source is running.", "It goes on by itself.", (W,)),
    Reason("lane_pace", "Downloads from this source start some seconds apart.", "It goes on by itself.", (W,)),
    Reason("lane_hour", "The hour's downloads from this source are used up.", "It goes on by itself.", (W,)),
    Reason("peer_queue", "It waits in the queue of the person who shares it.", "It goes on by itself.", (W, C)),
    Reason("quiet_hours", "The hours are quiet: nothing new starts.", "It goes on by itself.", (W,)),
    Reason("folder_busy", "Another process still holds its work folder.", "It goes on by itself.", (W,)),
    # The disk: the queue pauses itself, the row is not to blame
    Reason("storage", "The library could not be written.", "Mend it; the queue goes on by itself.", (Action.RESUME,)),
    Reason("disk_full", "The disk is full.", "Make room; the queue goes on by itself.", (Action.RESUME,)),
    Reason("disk_low", "The disk is nearly full.", "Make room; the queue goes on by itself.", (Action.RESUME,)),
    Reason(
        "no_permission",
        "A folder may not be written.",
        "Give Spotizer's account write permission there.",
        (Action.RESUME,),
    ),
    Reason("library_gone", "The library is not there.", "Mount it, or correct SPOTIZER_LIBRARY.", (Action.RESUME,)),
    Reason("name_taken", "Too many files have its name already.", "Look into its folder, then try again.", (R,)),
    Reason("storage_gone", "The library is not there.", "Mount it; the queue goes on by itself.", (Action.RESUME,)),
    # Acts on files that are there already
    Reason("busy", "Another act is at work on the file.", "Wait for it to end, then try again.", (R,)),
    Reason("changed", "The file was changed meanwhile.", "Look at it; what is there now would be lost.", (R,)),
    Reason("different", "These are different artists.", "Correct the id that is wrong, then join them.", ()),
    Reason("gone", "The file is no longer there.", "Look at the disk, then try again.", (R,)),
    Reason("interrupted", "Spotizer was stopped in the middle of it.", "Try again.", (R,)),
    Reason("nothing_to_do", "The file is so already.", "", (), may_retry=False),
    Reason("too_much", "It would touch unusually many files.", "Look at the plan, and say that it may.", (R,)),
    # Nothing had to be done, or nothing can be
    Reason("owned", "Already in the library.", "", (Action.OPEN_FILE,), may_retry=False),
    Reason("ignored", "Left out: you ignore this track.", "", (Action.HEED,), may_retry=False),
    Reason("gone_from_playlist", "The service has this entry no more.", "", (), may_retry=False),
    Reason("explicit_filtered", "Left out: explicit tracks are filtered.", "Change it in the settings.", (S,)),
    Reason("empty", "There is nothing in it.", "", (), may_retry=False),
    Reason("offer", "The link cannot be opened itself.", "Choose what it means from the hits.", (), may_retry=False),
    # A person
    Reason("cancelled", "Cancelled.", "", (R,)),
    Reason("paused", "Paused.", "", (Action.RESUME,)),
    Reason("paused_all", "The whole queue is paused.", "Resume it, and it goes on.", (Action.RESUME,)),
    Reason("bad_request", "This could not be read.", "Check the link.", (), may_retry=False),
    # Ourselves
    Reason("worker_lost", "The worker ended unexpectedly, several times.", "Try again; the log may say why.", (R,)),
    Reason("internal", "Something went wrong inside Spotizer.", "Try again; the log has the details.", (R,)),
    Reason("unknown", "It failed.", "Try again; the log may say why.", (R,)),
)
REASONS: dict[str, Reason] = {reason.code: reason for reason in TABLE}


def reason_for(code: str) -> Reason:
    """The entry of ``code``; an unknown code reads as the general failure."""
    return REASONS.get(code, REASONS["unknown"])


def missing(codes: Iterable[str]) -> list[str]:
    """Which of ``codes`` the table does not explain."""
    return sorted({code for code in codes if code not in REASONS})
