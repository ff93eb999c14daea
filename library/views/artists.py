"""Artists under several spellings: found, given one name, and their files made to say it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Person
from catalog.models import ArtistNaming
from catalog.services.artist_names import tell_apart
from core.errors import NotFound, SpotizerError, UserError
from core.htmx import HtmxRequest, render_page
from core.problems import problem_page, status_of
from core.text import plural
from library.forms import NamingForm, SpellingFilterForm
from library.selectors.naming_page import NamingPage, naming_page
from library.selectors.spellings import spellings_page
from library.services import renaming
from library.views.managing import manager

WHAT = "Naming artists is"
AT_ONCE = 20  # files that a person waits for
CHIPS = (
    ("", "All"),
    ("sure", "One artist"),
    ("likely", "Probably one"),
    ("untidy", "Untidy names"),
    ("folders", "In files only"),
    ("different", "Different"),
)


@require_GET
def spelling_list(request: HtmxRequest) -> HttpResponse:
    """Groups of artists that may be one, with the name that they should have and what it would change."""
    try:
        manager(request, WHAT)
    except SpotizerError as exc:
        return problem_page(request, exc, nav="")
    form = SpellingFilterForm(request.GET)
    values = form.cleaned_data if form.is_valid() else {}
    kind, number = values.get("kind") or "", values.get("page") or 1
    page = spellings_page(kind, number)
    here = reverse("library:spelling_list")
    chips = [
        (label, f"{here}?kind={name}" if name else here, page.counts.get(name, 0), name == kind)
        for name, label in CHIPS
    ]
    query = f"kind={kind}&page=" if kind else "page="
    context = {
        "nav": "",
        "view": "spellings",
        "page": page,
        "kind": kind,
        "chips": chips,
        "first_url": (f"{here}?kind={kind}" if kind else here) if number > 1 else "",
        "next_url": f"{here}?{query}{number + 1}" if page.has_more else "",
    }
    return render_page(request, "library/spelling_list.html", context)


@require_POST
def name_artists(request: HtmxRequest) -> HttpResponse:
    """The artists of a group are one by the chosen name, or different ones; files are looked at next."""
    back = redirect("library:spelling_list")
    try:
        person = manager(request, WHAT)
        form = NamingForm(request.POST)
        ids = form.chosen()
        if form.cleaned_data["act"] == "apart":
            tell_apart(ids, by=person)
            messages.success(request, "They are different artists, and not offered again.")
            return back
        naming = renaming.name_artist(ids, form.wanted_name(), by=person)
    except UserError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
        return back
    except SpotizerError as exc:
        return problem_page(request, exc, nav="")
    messages.success(request, f"The artist is called “{naming.name}”. The files say what they said.")
    return redirect("library:naming_detail", naming.pk)


def _naming(number: int) -> ArtistNaming:
    naming = ArtistNaming.objects.select_related("artist").filter(pk=number).first()
    if naming is None:
        raise NotFound("There is no such name.", remedy="Look at the list of spellings.")
    return naming


@require_http_methods(["GET", "POST"])
def naming_detail(request: HtmxRequest, number: int) -> HttpResponse:
    """What the name would change in the files; with POST it does."""
    status = 200
    try:
        person = manager(request, WHAT)
        page = naming_page(_naming(number))
    except SpotizerError as exc:
        return problem_page(request, exc, nav="")
    if request.method == "POST":
        try:
            _write(request, person, page)
            return redirect("library:naming_detail", number)
        except SpotizerError as exc:
            status = status_of(exc)[0]
            messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return render_page(
        request, "library/naming_detail.html", {"nav": "", "view": "naming", "page": page}, status=status
    )


def _write(request: HtmxRequest, person: Person, page: NamingPage) -> None:
    """What the page shows is done. Raises UserError where it shows something else by now, or too much."""
    naming, much = page.naming, bool(request.POST.get("much"))
    if naming.undone_at is not None:
        raise UserError("This name was taken back.", remedy="Give it again first.", reason="changed")
    if page.is_whole and request.POST.get("digest", "") != page.digest:
        raise UserError(
            "What would be done is no longer what you saw, so nothing was.",
            remedy="Look at the differences again.",
            reason="changed",
        )
    if page.stop_words and not much:
        raise UserError(page.stop_words, remedy="Tick that it is meant.", reason="too_much")
    if not page.is_whole or page.file_count > AT_ONCE:
        renaming.leave(naming, by=person, even_if_much=much)
        messages.success(request, "The files are named in the background.")
        return
    outcome = renaming.write(naming, page.tags.found, page.moves, by=person, even_if_much=much)
    url = f"{reverse('library:act_list')}?batch={outcome.batch.pk}"
    if outcome.done:
        files = plural(len({act.file_id for act in outcome.done if act.file_id}), "file")
        messages.success(request, format_html('{} named anew. <a class="text-link" href="{}">Undo</a>', files, url))
    for act in outcome.failed[:3]:
        messages.error(request, f"{act.path}: {act.message}")


@require_POST
def undo_naming(request: HtmxRequest, number: int) -> HttpResponse:
    """The artists are called and apart as before; what files say is taken back in the journal."""
    try:
        manager(request, WHAT)
        naming = _naming(number)
        renaming.unname_artist(naming)
        messages.success(request, f"The artist is called “{naming.before}” again, in the database.")
    except UserError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    except SpotizerError as exc:
        return problem_page(request, exc, nav="")
    return redirect("library:naming_detail", number)
