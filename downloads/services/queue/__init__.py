"""The queue: claiming for workers, steering for people. Each steering says what it did and what it could not do."""

from downloads.services.claims import claim_next, heartbeat
from downloads.services.pausing import is_paused
from downloads.services.queue.clearing import clear
from downloads.services.queue.errands import steer
from downloads.services.queue.lost import clear_request
from downloads.services.queue.ordering import move_after, move_before, move_to_bottom, move_to_top, set_priority
from downloads.services.queue.steered import Steered
from downloads.services.queue.steering import cancel, choose, hurry, pause, resume, retry
from downloads.services.queue.undoing import undo
from downloads.services.queue.whole import (
    cancel_all,
    cancel_request,
    clear_finished,
    pause_request,
    resume_request,
    retry_failed,
    retry_request,
    set_paused_all,
    set_request_priority,
)

__all__ = [
    "Steered",
    "cancel",
    "cancel_all",
    "cancel_request",
    "choose",
    "claim_next",
    "clear",
    "clear_finished",
    "clear_request",
    "heartbeat",
    "hurry",
    "is_paused",
    "move_after",
    "move_before",
    "move_to_bottom",
    "move_to_top",
    "pause",
    "pause_request",
    "resume",
    "resume_request",
    "retry",
    "retry_failed",
    "retry_request",
    "set_paused_all",
    "set_priority",
    "set_request_priority",
    "steer",
    "undo",
]
