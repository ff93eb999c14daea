"""Where a pasted link leads: to its page, to a choice, or to words that say why not."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.models import Person
from catalog.models import Album, Artist, Playlist, Track
from catalog.services.browse import Resolved, resolve
from catalog.services.store.shared import store_artworks
from catalog.views.mine import sign_in_url
from core.errors import SpotizerError, UserError
from core.htmx import HtmxRequest, render_page
from core.problems import problem_page
from core.text import licence_in_words, plural
from downloads.selectors.hits import Hits, all_pictures, hits
from downloads.selectors.lines import (
    KIND_LABELS,
    SERVICE_LABELS,
    Card,
    album_cards,
    credit_text,
    hit_lines,
    playlist_card,
)
from downloads.selectors.states import playlist_standings
from downloads.services.listings import peek
from downloads.views.answers import viewer_of
from providers.base import Link
from providers.links import find_links

MOST_LINKS = 50
SYMBOLS = {"Album": "disc", "Artist": "person", "Playlist": "playlist"}


@dataclass(frozen=True, slots=True)
class Pasted:
    """What one pasted text turned out to be. ``what`` is what the Get button writes."""

    title: str
    kind_label: str
    note: str
    what: str = ""
    url: str = ""
    art: str = ""
    shape: str = ""
    why: str = ""
    remedy: str = ""
    hits: Hits = field(default_factory=Hits)
    ask: str = ""  # what a request names it by, whatever is here of it


@dataclass(frozen=True, slots=True)
class ManyRow:
    """One of several pasted links; ``why`` says why it cannot be had."""

    label: str
    text: str
    symbol: str
    what: str = ""
    why: str = ""


@require_GET
def open_link(request: HtmxRequest) -> HttpResponse:
    """The page of what the link is; as a card where the search field asks; several links as a list to tick."""
    text = (request.GET.get("url") or request.GET.get("text") or "").strip()
    wants_card = request.htmx.target == "link-card"
    try:
        several = many_rows(text)
        if several:
            return render_page(
                request,
                "catalog/open.html" if wants_card else "catalog/open_many.html",
                {
                    "nav": "search",
                    "view": "open",
                    "rows": several,
                    "good": sum(bool(row.what) for row in several),
                    "again": request.get_full_path(),
                },
            )
        found = pasted(_resolve(text, viewer_of(request)))
    except SpotizerError as exc:
        return problem_page(request, exc, query=text, sign_in_url=sign_in_url(request, exc))
    if found.url and not wants_card:
        return redirect(found.url)
    return render_page(request, "catalog/open.html", {"nav": "search", "view": "open", "found": found, "query": text})


def many_rows(text: str) -> list[ManyRow]:
    """A row for each of several links, nothing asked yet; empty where there is one or none."""
    found = find_links(text)[:MOST_LINKS]
    if sum(isinstance(one, Link) for one in found) < 2:
        return []
    return [_many_row(one) for one in found]


def _many_row(one: Link | str) -> ManyRow:
    if isinstance(one, str):
        return ManyRow("Not recognised", one, "alert", why="It is no link of a service that Spotizer knows.")
    service = SERVICE_LABELS.get(one.provider, one.provider)
    kind = KIND_LABELS.get(one.kind.value, "") if one.kind else "List" if one.is_list else "Audio"
    return ManyRow(f"{kind} at {service}", one.url, SYMBOLS.get(kind, "note"), f"link:{one.url}")


def _resolve(text: str, person: Person | None) -> Resolved:
    if not text:
        raise UserError("There is no link.", remedy="Paste a link of Spotify, Deezer, MusicBrainz or YouTube.")
    return resolve(text, person)


def pasted(resolved: Resolved) -> Pasted:
    """``resolved`` as the card shows it."""
    service = SERVICE_LABELS.get(resolved.link.provider, resolved.link.provider)
    if resolved.offer is not None:
        store_artworks(all_pictures(resolved.offer.results))
        offer = resolved.offer
        return Pasted(
            title=offer.title,
            kind_label=f"{service} link",
            note="",
            why=offer.why,
            remedy=offer.remedy,
            hits=hits(offer.results),
        )
    match resolved.row:
        case Album() as album:
            [card] = album_cards([album])
            count = plural(album.track_total or 0, "track")
            have = card.state.standing.have if card.state else 0
            note = " · ".join(filter(None, [credit_text(album), count, f"{have} here" if have else ""]))
            return _from_card(card, "Album", note, f"album:{album.key}")
        case Playlist() as playlist:
            card = playlist_card(playlist, playlist_standings([playlist])[playlist.pk])
            return _from_card(card, "Playlist", card.note, f"playlist:{playlist.key}")
        case Artist() as artist:
            url = artist.get_absolute_url()
            ask = f"artist:{artist.key}"
            return Pasted(str(artist), "Artist", "", "", url, artist.artwork_id or "", "round", ask=ask)
        case Track() as track:
            [line] = hit_lines([track])
            ask = f"track:{track.key}"
            return Pasted(line.title, "Track", line.note, line.state.what, line.url, line.art, ask=ask)
        case _ if resolved.link.is_list:
            return _listed(resolved.link, service)
        case _:
            return Pasted(
                title=f"Audio from {service}",
                kind_label=f"{service} link",
                note="It is identified in the catalogue first; what is not found there is kept under its own title.",
                what=f"link:{resolved.link.url}",
                ask=f"link:{resolved.link.url}",
            )


def _listed(link: Link, service: str) -> Pasted:
    """An album, a set or a playlist of a source, with how many recordings stand in it."""
    listing = peek(link)
    if listing is None:
        return Pasted(
            title=f"List at {service}",
            kind_label=f"{service} link",
            note="It takes a while to read; how many tracks it has shows in the queue.",
            what=f"link:{link.url}",
            ask=f"link:{link.url}",
        )
    gone = sum(entry is None for entry in listing.entries)
    licence = licence_in_words(next((entry.licence for entry in listing.entries if entry and entry.licence), ""))
    facts = [listing.artist, plural(len(listing.entries) - gone, "track"), f"{gone} gone" if gone else "", licence]
    return Pasted(
        title=listing.title,
        kind_label=f"{'Album' if listing.is_album else 'List'} at {service}",
        note=" · ".join(filter(None, facts)),
        what=f"link:{link.url}",
        ask=f"link:{link.url}",
        why="Each track is identified in the catalogue first; what is not found there is kept under its own title.",
    )


def _from_card(card: Card, kind: str, note: str, what: str) -> Pasted:
    is_here = card.state is not None and not card.state.what
    label = KIND_LABELS.get(card.kind, kind)
    return Pasted(card.title, label, note, "" if is_here else what, card.url, card.art, ask=what)
