"""What templates write often: icons, links that stay links, pictures, numbers as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import text, units
from downloads.forms import DownloadAsForm
from downloads.views.wishes import new_form
from spotizer.moving import moving_row

register = template.Library()

LONG_TITLE = 36  # characters from which a headline is set smaller
FACE = {  # state -> icon
    "absent": "down",
    "queued": "clock",
    "paused": "pause",
    "have": "check",
    "partial": "plus",
    "upgrade": "up",
    "failed": "alert",
    "needs_you": "alert",
    "ignored": "minus",
}
RINGS = {"working", "partial"}

register.filter("clock", units.clock)
register.filter("file_size", units.file_size)


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """A drawing of the sprite; the name is on the control around it. ``kind``: small, full."""
    extra = "".join(f" icon-{part}" for part in kind.split())
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>', extra, static("icons.svg"), name
    )


@register.simple_tag
def go(address: str) -> SafeString:
    """The attributes of a link inside Spotizer: a plain ``href``, and the swap of ``main`` where htmx runs."""
    return format_html(
        'href="{0}" hx-get="{0}" hx-target="#main" hx-swap="innerHTML show:window:top" hx-push-url="true"', address
    )


@register.simple_tag
def unfold(number: int, show: str = "", after: int = 0, *, is_open: bool = False) -> SafeString:
    """The attributes of a link that opens a request's tracks in its row, or folds them: only that row is fetched.

    ``after``: the place after which the tracks are wanted; ``show``: the filter of the queue's page.
    """
    page = {"show": show} if show and show != "all" else {}
    opened = {} if is_open else {"open": number} | ({"from": after} if after else {})
    query = urlencode(page | opened)
    address = reverse("downloads:queue") + (f"?{query}" if query else "")
    source = reverse("downloads:request_part", args=[number])
    return format_html(
        'href="{0}" hx-get="{1}?{2}" hx-target="#request-{3}" hx-swap="morph:outerHTML" hx-push-url="{0}"',
        address,
        source,
        urlencode(page | opened),
        number,
    )


@register.simple_tag
def picture(key: str | None, size: int = 160, shape: str = "", name: str = "", *, first: bool = False) -> SafeString:
    """A cover or portrait of ``size`` CSS pixels at most, or a drawn placeholder. ``name`` is its text, often empty."""
    classes = f"art art-{shape}" if shape else "art"
    if not key:
        drawing = icon("person" if shape == "round" else "disc")
        role = format_html(' role="img" aria-label="{}"', name) if name else SafeString(' aria-hidden="true"')
        return format_html('<span class="{}"{}>{}</span>', classes, role, drawing)
    steps = [step for step in (64, 160, 320, 640) if step >= size] or [640]
    address = reverse("catalog:art", args=[key, steps[0]])
    larger = ""
    if len(steps) > 1:
        larger = format_html(' srcset="{} 1x, {} 2x"', address, reverse("catalog:art", args=[key, steps[1]]))
    loading = SafeString(' fetchpriority="high"') if first else SafeString(' loading="lazy" decoding="async"')
    return format_html(
        '<img class="{0}" src="{1}"{2} width="{3}" height="{3}" alt="{4}"{5}>',
        classes,
        address,
        larger,
        size,
        name,
        loading,
    )


@register.simple_tag
def strip(segments: list[str], size: str = "", ident: str = "") -> SafeString:
    """One segment per track; what it says is also said in words beside it, so it is hidden from readers."""
    return format_html(
        '<div class="strip{}"{} aria-hidden="true">{}</div>',
        f" strip-{size}" if size else "",
        format_html(' id="{}"', ident) if ident else "",
        format_html_join("", "<i{}></i>", ((_state(segment),) for segment in segments)),
    )


def _state(name: str) -> SafeString:
    return SafeString("") if name == "absent" else format_html(' data-state="{}"', name)


@register.inclusion_tag("components/_state_button.html", takes_context=True)
def state_button(context: Mapping[str, Any], state: Any, ident: str = "", *, oob: bool = False) -> dict[str, object]:
    """The round control beside every track, album and playlist. ``state`` is a ``downloads.selectors.states.State``.

    Whoever may only look sees what is so, and nothing to press.
    """
    user = getattr(context.get("request"), "user", None)
    return {
        "may_press": getattr(user, "may_download", False) or not state.what,
        "state": state,
        "ident": ident,
        "oob": oob,
        "icon": FACE.get(state.name, ""),
        "has_ring": state.name in RINGS,
    }


@register.inclusion_tag("components/_as_fold.html", takes_context=True)
def download_as(context: Mapping[str, Any], what: str, ident: str = "as", size: str = "") -> dict[str, object]:
    """The fold beside a Download button with all that can be chosen for one request; nothing for who may only look."""
    request = context.get("request")
    may_download = what and getattr(getattr(request, "user", None), "may_download", False)
    form = new_form(ident=ident) if may_download else None
    return {**_of_page(context), "form": form, "wanted": [what], "ident": ident, "size": size}


@register.simple_tag
def as_form(ident: str = "as") -> DownloadAsForm:
    """The form itself, for a page that has a form of its own around it."""
    return new_form(ident=ident)


def _of_page(context: Mapping[str, Any]) -> dict[str, object]:
    return {name: context[name] for name in ("request", "csrf_token") if name in context}


@register.simple_tag(takes_context=True)
def job(context: Mapping[str, Any], row: Any, *, is_list: bool = False, can_move: bool = False) -> SafeString:
    """A row of the queue (``_job_row.html``), of what was drawn of it before."""
    user = getattr(context.get("request"), "user", None)
    may_download = getattr(user, "may_download", False)
    # Escaped where it was drawn, and where what moves was put in.
    return SafeString(moving_row(row, is_list=is_list, can_move=can_move, may_download=may_download, oob=False))


@register.filter
def rate(bytes_per_second: float | None) -> str:
    """``1.6 MB/s``; empty where nothing moves."""
    return f"{units.file_size(bytes_per_second)}/s" if bytes_per_second else ""


@register.filter
def count_of(number: int | None, noun: str) -> str:
    """``12 tracks``; ``noun`` may carry its plural: ``entry,entries``."""
    one, _, many = noun.partition(",")
    return text.plural(number or 0, one, many or None)


@register.filter
def minutes(duration_ms: int | None) -> str:
    """``47 min`` or ``1 h 12 min``: the length of an album."""
    total = round((duration_ms or 0) / 60_000)
    hours, rest = divmod(total, 60)
    return f"{hours} h {rest} min" if hours else f"{total} min"


@register.filter
def is_long(title: str) -> bool:
    return len(str(title)) > LONG_TITLE


@register.filter
def moment(at: datetime) -> str:
    """``14:05``, with its day where that is not plain."""
    local = timezone.localtime(at)
    day = "" if (at - timezone.now()).total_seconds() < 72_000 else f"{local.day} {local:%b} "
    return f"{day}{local:%H:%M}"


@register.filter
def ago(at: datetime | None) -> SafeString:
    """``3 min ago`` as a ``time`` element that holds the exact moment."""
    if at is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(timespec="seconds"),
        timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S"),
        _ago((timezone.now() - at).total_seconds(), at),
    )


def _ago(seconds: float, at: datetime) -> str:
    if seconds < 0:
        return f"in {_span(-seconds)}"
    if seconds < 45:
        return "just now"
    if seconds < 7 * 86_400:
        return f"{_span(seconds)} ago"
    local = timezone.localtime(at)
    return f"{local.day} {local:%b %Y}"


def _span(seconds: float) -> str:
    if seconds < 86_400:
        return units.span(seconds)
    return text.plural(round(seconds / 86_400), "day")
