"""What the buttons do, each with the words for what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Person
from core.errors import Forbidden, NotFound, UserError
from core.text import plural
from downloads.models import Download, DownloadRequest, Status
from downloads.selectors.asked import as_before
from downloads.services import choosing, queue, thresholds, wrong_song
from downloads.services.instead import in_place_of, take_instead
from downloads.services.queue import Steered
from downloads.services.requests import request_download

Numbers = list[int]
NOTHING = "This button does nothing."
GONE = "It is gone."
PAGE_SECONDS = 2.0  # that a person waits for many rows; what is left then is done in the background


@dataclass(frozen=True, slots=True)
class Said:
    """Words for the toast. ``undo``: the button that takes it back; ``is_quiet``: spoken, and not shown."""

    words: str
    undo: str = ""
    is_quiet: bool = False


def act(name: str, numbers: Numbers, by: Person) -> Said:
    """Do what the button says. Raises UserError or NotFound where nothing came of it, Forbidden where it may not."""
    if name not in ACTIONS or len(numbers) not in ACTIONS[name][1]:
        raise UserError(NOTHING, remedy="Reload the page.")
    if name in FOR_MANAGERS and not by.may_manage:
        raise Forbidden(
            "What concerns everybody's downloads is for those who manage Spotizer.", remedy="Ask the owner."
        )
    return ACTIONS[name][0](numbers, by)


def act_on_many(name: str, numbers: Numbers, by: Person, *more: int) -> Said:
    """The same on every row that was ticked, summed up. Raises UserError or NotFound where no row obeyed."""
    if name not in BULK or len(more) != (name == "priority"):
        raise UserError(NOTHING, remedy="Reload the page.")
    if not numbers:
        raise UserError("Nothing is selected.", remedy="Tick some rows first.")
    if name == "top":
        steered = queue.move_to_top(numbers, by=by)
    else:
        arguments: dict[str, Any] = {"priority": more[0]} if more else {}
        steered = queue.steer(name, numbers, by=by, seconds=PAGE_SECONDS, **arguments)
    return Said(f"{summed(steered, BULK[name])}{_still(steered)}", _undo(steered))


def summed(steered: Steered, done: str) -> str:
    """``21 paused, 2 left as they are: ...``. Raises UserError or NotFound where nothing was done."""
    why = Counter(steered.refused.values()).most_common(1)
    if not steered:
        raise _refusal(why[0][0] if why else "There is nothing of it left to do.")
    words = f"{len(steered.done):,} {done}"
    if why:
        left = len(steered.refused)
        words += f", {left:,} left as {'it is' if left == 1 else 'they are'}: {why[0][0][0].lower()}{why[0][0][1:]}"
    return words if words.endswith(".") else f"{words}."


def _still(steered: Steered) -> str:
    """What is not done yet, in words."""
    return f" {plural(steered.left, 'more follows', 'more follow')} in the background." if steered.left else ""


def _refusal(words: str) -> UserError | NotFound:
    return NotFound(words, remedy="Reload the page.") if words == GONE else UserError(words)


def _undo(steered: Steered) -> str:
    """The value of the button that takes it back."""
    return f"undo:{steered.undo}" if steered.undo is not None else ""


def _said(steered: Steered, words: str) -> Said:
    summed(steered, words)
    return Said(words, _undo(steered))


def _take_back(numbers: Numbers, by: Person) -> Said:
    steered = queue.undo(numbers[0], by=by)
    if not steered and steered.refused:
        raise UserError("Nothing came back: the same tracks are in the queue already.")
    return Said(f"Undone for {plural(len(steered.done), 'download')}.")


def act_with_text(name: str, numbers: Numbers, text: str, by: Person) -> Said:
    """Do what a small form beside one row says. Raises UserError or NotFound where nothing came of it."""
    if name not in TEXTS or len(numbers) != 1:
        raise UserError(NOTHING, remedy="Reload the page.")
    steer, done = TEXTS[name]
    return Said(f"{steer(numbers[0], text, by=by).recording} {done}")


def _ignore(numbers: Numbers, by: Person) -> Said:
    download = choosing.ignore(numbers[0], by=by)
    return Said(f"{download.recording} is ignored from now on.", f"heed:{download.pk}")


def _heed(numbers: Numbers, by: Person) -> Said:
    return Said(f"{choosing.heed(numbers[0], by=by).recording} is wanted again.")


def _again(numbers: Numbers, by: Person) -> Said:
    """The file stays until the new one is there."""
    download = Download.objects.select_related("track", "file").filter(pk=numbers[0]).first()
    if download is None:
        raise NotFound(GONE, remedy="Reload the page.")
    if download.status != Status.DONE:
        raise UserError("It is not done, so it cannot be got again.", remedy="Reload the page.")
    wish = request_download(
        track=download.track,
        by=by,
        output_format=download.output_format,
        quality_kbps=download.quality_kbps,
        options=as_before(download.options) | in_place_of(download),
    )
    return Said(f"{wish} is in the queue once more.")


def _instead(numbers: Numbers, by: Person) -> Said:
    wish = take_instead(numbers[0], numbers[1], by=by)
    return Said(f"{wish} is fetched from what you chose. What you have stays until then, and then lies in the bin.")


def _choose(numbers: Numbers, by: Person) -> Said:
    download = choosing.choose(numbers[0], numbers[1], by=by)
    return Said(f"{download.recording} is fetched from what you chose.")


def _moved(numbers: Numbers, by: Person, *, is_after: bool) -> Said:
    move, where = (queue.move_after, "after") if is_after else (queue.move_before, "before")
    steered = move([numbers[0]], numbers[1], by=by)
    summed(steered, "moved")
    names = dict(Download.objects.filter(pk__in=numbers).values_list("pk", "recording__title"))
    return Said(f"{names[numbers[0]]} is now {where} {names[numbers[1]]}.", is_quiet=True)


def _of_request(steer: Callable[..., Steered], done: str) -> Callable[[Numbers, Person], Said]:
    def steered(numbers: Numbers, by: Person) -> Said:
        request = DownloadRequest.objects.filter(pk=numbers[0]).first()
        if request is None:
            raise NotFound(GONE, remedy="Reload the page.")
        result = steer(request, by=by, seconds=PAGE_SECONDS)
        shared = f"; {plural(len(result.shared), 'track')} wanted elsewhere too" if result.shared else ""
        return Said(f"{request}: {plural(len(result.done), 'track')} {done}{shared}.{_still(result)}", _undo(result))

    return steered


def _clear_request(numbers: Numbers, by: Person) -> Said:
    return Said(f"{queue.clear_request(numbers[0], by=by)} is off the page; history keeps it.")


def _retry_failed(numbers: Numbers, by: Person) -> Said:
    steered = queue.retry_failed(by=by, seconds=PAGE_SECONDS)
    return Said(f"{plural(len(steered.done), 'download')} tried again.{_still(steered)}")


def _pause_all(numbers: Numbers, by: Person) -> Said:
    queue.set_paused_all(True, by=by)
    return Said("Nothing new is started until you resume.")


def _resume_all(numbers: Numbers, by: Person) -> Said:
    queue.set_paused_all(False, by=by)
    return Said("The queue goes on.")


def _clear(numbers: Numbers, by: Person) -> Said:
    steered = queue.clear_finished(by=by, seconds=PAGE_SECONDS)
    words = "What was finished is off the page." if steered else "There was nothing to clear."
    return Said(f"{words}{_still(steered)}", _undo(steered))


def _wrong(numbers: Numbers, by: Person) -> Said:
    request = wrong_song.wrong_song(numbers[0], by=by)
    return Said(f"Another {request} is looked for; what you have stays until it is found.")


def _accept_from(numbers: Numbers, by: Person) -> Said:
    artist, done = thresholds.accept_from(numbers[0], numbers[1], by=by)
    return Said(f"For {artist} {numbers[1]} of 100 is enough from now on: {plural(len(done), 'download')} went on.")


Action = Callable[[Numbers, Person], Said]
NONE, ONE, TWO = (0,), (1,), (2,)
ACTIONS: dict[str, tuple[Action, tuple[int, ...]]] = {
    "cancel": (lambda numbers, by: _said(queue.cancel(numbers, by=by), "Removed from the queue."), ONE),
    "pause": (lambda numbers, by: _said(queue.pause(numbers, by=by), "Paused."), ONE),
    "resume": (lambda numbers, by: _said(queue.resume(numbers, by=by), "It goes on."), ONE),
    "retry": (lambda numbers, by: _said(queue.retry(numbers, by=by), "It is tried again."), ONE),
    "top": (lambda numbers, by: _said(queue.move_to_top(numbers, by=by), "Next in the queue."), ONE),
    "bottom": (lambda numbers, by: _said(queue.move_to_bottom(numbers, by=by), "Last in the queue."), ONE),
    "before": (lambda numbers, by: _moved(numbers, by, is_after=False), TWO),
    "after": (lambda numbers, by: _moved(numbers, by, is_after=True), TWO),
    "choose": (_choose, TWO),
    "instead": (_instead, TWO),
    "wrong": (_wrong, ONE),
    "accept_from": (_accept_from, TWO),
    "ignore": (_ignore, ONE),
    "heed": (_heed, ONE),
    "again": (_again, ONE),
    "now": (lambda numbers, by: _said(queue.hurry(numbers, by=by), "It is tried now."), ONE),
    "undo": (_take_back, ONE),
    "cancel_request": (_of_request(queue.cancel_request, "removed from the queue"), ONE),
    "pause_request": (_of_request(queue.pause_request, "paused"), ONE),
    "resume_request": (_of_request(queue.resume_request, "resumed"), ONE),
    "retry_request": (_of_request(queue.retry_request, "tried again"), ONE),
    "clear_request": (_clear_request, ONE),
    "retry_failed": (_retry_failed, NONE),
    "pause_all": (_pause_all, NONE),
    "resume_all": (_resume_all, NONE),
    "clear": (_clear, NONE),
}
FOR_MANAGERS = {"pause_all", "resume_all", "retry_failed", "clear", "accept_from"}
TEXTS: dict[str, tuple[Callable[..., Download], str]] = {
    "give": (choosing.choose_link, "is fetched from your link."),
    "words": (choosing.search_again, "is searched for with your words."),
}
BULK = {
    "top": "moved to the top",
    "priority": "put in order",
    "pause": "paused",
    "resume": "resumed",
    "retry": "tried again",
    "cancel": "removed from the queue",
    "clear": "cleared from the page",
}
