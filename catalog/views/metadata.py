"""What services contradict one another on: the list, and the buttons that settle it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Person
from catalog.forms import ConflictFilterForm
from catalog.metadata.fields import AUTHORITY, MANUAL, Entity, origin_label
from catalog.metadata.own import parse
from catalog.models import Conflict
from catalog.selectors import conflicts as selectors
from catalog.services.metadata import choosing, enriching, rules
from core.errors import Forbidden, NotFound, SpotizerError, UserError
from core.htmx import HtmxRequest, render_page
from core.problems import problem_page, status_of
from core.text import plural, whole_number
from downloads.views.answers import answer
from library.views.managing import manager
from ops.settings import in_force

WHAT = "What services contradict one another on is"
CHIPS = (("open", "Open"), ("by_hand", "By hand"), ("by_rule", "By rule"))
UNDO = "settle:"  # marks the button that takes it back in a message
NOTHING = "This button does nothing."
ORIGINS = [(origin, origin_label(origin)) for origin in AUTHORITY if origin != MANUAL]


@dataclass(frozen=True, slots=True)
class Said:
    """Words for the toast; ``act`` is the number that takes it back."""

    words: str
    act: int | None = None


@require_GET
def conflict_list(request: HtmxRequest) -> HttpResponse:
    try:
        manager(request, WHAT)
    except Forbidden as exc:
        return problem_page(request, exc, nav="")
    form = ConflictFilterForm(request.GET)
    form.is_valid()
    state, what = form.cleaned_data.get("state") or "open", form.cleaned_data.get("what") or ""
    after = form.cleaned_data.get("after")
    page = selectors.conflicts_page(state=state, what=what, after=after)
    fields = selectors.field_counts(state)
    context = {
        "nav": "",
        "view": "metadata",
        "page": page,
        "state": state,
        "what": what,
        "here": _address(state, what, after),
        "chips": [(label, _address(name), name == state) for name, label in CHIPS],
        "fields": [(one, _address(state, one.what), one.what == what) for one in fields],
        "all_fields_url": _address(state),
        "all_url": reverse("catalog:conflict_list"),
        "rules": selectors.rule_rows(),
        "ruled": selectors.ruled_whats(),
        "origins": ORIGINS,
        "counts": enriching.counts(),
        "is_on": in_force.ENRICH,
        "has_lastfm": bool(in_force.LASTFM_KEY),
        "first_url": _address(state, what) if after else "",
        "next_url": _address(state, what, page.next) if page.next else "",
    }
    return render_page(request, "catalog/conflict_list.html", context)


@require_POST
def settle(request: HtmxRequest) -> HttpResponse:
    """Do what the pressed button says; the list then fetches itself."""
    status = 200
    try:
        said = _act(request, manager(request, WHAT))
        messages.success(request, said.words, extra_tags=f"{UNDO}{said.act}" if said.act else "")
    except SpotizerError as exc:
        status = status_of(exc)[0]
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return answer(request, status=status, events={"live:reload": True, "ticks:clear": True})


def _act(request: HtmxRequest, by: Person) -> Said:
    name, *arguments = request.POST.get("act", "").split(":")
    numbers = [whole_number(text) for text in arguments if text.isdigit()]
    match name, arguments:
        case "choose", [_, origin] if numbers and numbers[0]:
            return _chosen(choosing.choose([numbers[0]], origin, by=by), origin)
        case "many", [origin]:
            ids = [number for text in request.POST.getlist("ids") if (number := whole_number(text))]
            if not ids:
                raise UserError("Nothing is selected.", remedy="Tick some rows first.")
            return _chosen(choosing.choose(ids, origin, by=by), origin)
        case "reopen", [_] if numbers and numbers[0]:
            choosing.reopen(numbers[0])
            return Said("It is open again.")
        case "undo", [_] if numbers and numbers[0]:
            if not (count := choosing.undo(numbers[0])):
                raise NotFound("There is nothing of it left to take back.", remedy="Reload the page.")
            return Said(f"{plural(count, 'field')} as before.")
        case "drop", [_] if numbers and numbers[0]:
            rules.drop_rule(numbers[0])
            return _walked("The rule is gone.")
        case "own", []:
            return _own(request, by)
        case "rule", []:
            return _rule(request, by)
    raise UserError(NOTHING, remedy="Reload the page.")


def _chosen(chosen: choosing.Chosen, origin: str) -> Said:
    label = origin_label(origin)
    left = f" {label} says nothing of {chosen.silent:,} more." if chosen.silent else ""
    return Said(f"{plural(chosen.done, 'field')} as {label} says it.{left}", chosen.act)


def _own(request: HtmxRequest, by: Person) -> Said:
    conflict = Conflict.objects.filter(pk=whole_number(request.POST.get("conflict", "")) or 0).first()
    if conflict is None:
        raise NotFound("There is no such conflict any more.", remedy="Reload the page.")
    entity = Entity(conflict.entity)
    field = choosing.field_of(entity, conflict.field)
    value = parse(field, request.POST.get("value", "")[:2000])
    chosen = choosing.write_own(entity, conflict.about, conflict.field, value, by=by)
    return Said(f"{field.label} is what you wrote.", chosen.act)


def _rule(request: HtmxRequest, by: Person) -> Said:
    entity, _, field = request.POST.get("what", "").partition(".")
    if entity not in set(Entity):
        raise UserError("There is no such field.", remedy="Choose one of the list.")
    rule = rules.make_rule(Entity(entity), field, request.POST.get("prefer", ""), by=by)
    return _walked(f"From now on {origin_label(rule.prefer)} is believed first.")


def _walked(words: str) -> Said:
    more = "" if rules.walk() else " What is stored follows in the background."
    return Said(f"{words}{more}")


def _address(state: str = "open", what: str = "", after: object = None) -> str:
    """The list's address; what is not filtered is left out."""
    wanted = {"state": "" if state == "open" else state, "what": what, "after": after}
    query = {name: value for name, value in wanted.items() if value not in (None, "")}
    return reverse("catalog:conflict_list") + (f"?{urlencode(query)}" if query else "")
