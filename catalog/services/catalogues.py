"""Which catalogues there are, and whether each can be asked now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from accounts.models import Credential
from accounts.services.credentials import active_credential, spotify_catalogue
from catalog.services.sessions import session_for
from core.errors import AuthRequired, UserError
from ops.models import ServiceState
from ops.settings import in_force
from providers.base import Ability, Catalogue
from providers.deezer.client import DeezerCatalogue
from providers.musicbrainz.client import MusicBrainzCatalogue
from providers.spotify import words

if TYPE_CHECKING:
    from providers.spotify.client import SpotifyCatalogue


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """What a page says of a catalogue. ``problem`` is empty where it can be asked."""

    name: str
    label: str
    is_default: bool
    abilities: frozenset[Ability]
    problem: str = ""
    closed_until: datetime | None = None

    @property
    def is_available(self) -> bool:
        return not self.problem


def get_catalogue(name: str | None = None) -> Catalogue:
    """The catalogue ``name``, or the default one. Raises UserError for an unknown name or a missing credential."""
    name = name or in_force.DEFAULT_CATALOGUE
    if name not in BUILDERS:
        raise UserError(f"There is no catalogue named {name!r}.", remedy=f"Choose one of {', '.join(BUILDERS)}.")
    return BUILDERS[name]()


def is_configured(name: str) -> bool:
    """Whether the catalogue has the credential that it needs."""
    try:
        get_catalogue(name)
    except UserError:
        return False
    return True


def available_catalogues() -> list[CatalogueState]:
    """Every catalogue, the default first, with what keeps it from being asked."""
    closed = ServiceState.objects.filter(pk__in=BUILDERS, closed_until__gt=timezone.now()).in_bulk()
    states = []
    for name in sorted(BUILDERS, key=lambda name: name != in_force.DEFAULT_CATALOGUE):
        state = closed.get(name)
        label, abilities, problem = name, frozenset[Ability](), ""
        try:
            catalogue = get_catalogue(name)
        except UserError as exc:
            problem = f"{exc.message} {exc.remedy}".strip()
        else:
            label, abilities = catalogue.label, catalogue.abilities
        if state is not None and not problem:
            problem = state.closed_message or "It does not answer at the moment."
        states.append(
            CatalogueState(
                name=name,
                label=LABELS.get(name, label),
                is_default=name == in_force.DEFAULT_CATALOGUE,
                abilities=abilities,
                problem=problem,
                closed_until=state.closed_until if state else None,
            )
        )
    return states


def deezer() -> DeezerCatalogue:
    return DeezerCatalogue(session_for("deezer"), base_url=settings.SERVICE_URLS["deezer"])


def spotify() -> SpotifyCatalogue:
    """Raises AuthRequired where there are no keys."""
    active = active_credential(Credential.Service.SPOTIFY_APP)
    if active is None:
        raise AuthRequired(words.NO_KEYS, remedy=words.NO_KEYS_REMEDY)
    return spotify_catalogue(active, session_for("spotify"))


def musicbrainz() -> MusicBrainzCatalogue:
    return MusicBrainzCatalogue(session_for("musicbrainz"), base_url=settings.SERVICE_URLS["musicbrainz"])


LABELS = {"deezer": "Deezer", "spotify": "Spotify", "musicbrainz": "MusicBrainz"}
BUILDERS: dict[str, Callable[[], Catalogue]] = {
    "deezer": deezer,
    "spotify": spotify,
    "musicbrainz": musicbrainz,
}
