"""The buttons of the queue: one address; ``act`` says what, and on which row or on all that are ticked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_POST

from accounts.models import Person
from core.errors import SpotizerError, UserError
from core.htmx import HtmxRequest, wants_partial
from core.problems import status_of
from core.text import whole_number
from downloads.selectors import listing
from downloads.views import steering
from downloads.views.answers import answer, person_who_may_download
from downloads.views.steering import Said


@require_POST
def download_action(request: HtmxRequest) -> HttpResponse:
    """Do what the pressed button says; the lists of the page then fetch themselves once."""
    name, *rest = request.POST.get("act", "").split(":")
    status = 200
    events: dict[str, object] = {"live:reload": True}
    try:
        person = person_who_may_download(request)
        said = _act(request.POST, name, rest, person)
        if said.is_quiet and wants_partial(request):
            events["said"] = said.words
        else:
            messages.success(request, said.words, extra_tags=said.undo)
        if name == "many":
            events["ticks:clear"] = True
    except SpotizerError as exc:
        status = status_of(exc)[0]
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return answer(request, status=status, events=events)


def _act(post: QueryDict, name: str, rest: list[str], person: Person) -> Said:
    if name == "many" and rest:
        return steering.act_on_many(rest[0], _ticked(post), person, *_numbers(rest[1:]))
    if name in steering.TEXTS:
        return steering.act_with_text(name, _numbers(rest), post.get("text", ""), person)
    return steering.act(name, _numbers(rest), person)


def _ticked(post: QueryDict) -> list[int]:
    """The ticked rows, or all that the page's filter means."""
    whole = post.get("all")
    if whole is None:
        return _numbers(post.getlist("ids"))
    if whole not in listing.OF_SHOW:
        raise UserError(steering.NOTHING, remedy="Reload the page.")
    return listing.ids_of(listing.matching(statuses=listing.OF_SHOW[whole]))


def _numbers(parts: list[str]) -> list[int]:
    numbers = [number for part in parts if (number := whole_number(part)) is not None]
    if len(numbers) < len(parts):
        raise UserError(steering.NOTHING, remedy="Reload the page.")
    return numbers
