"""Cookies that an admin lends to a source: encrypted in the database, so that workers on all machines have them."""

from __future__ import annotations

import base64
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from django.utils import timezone

from accounts.models import Person
from core.errors import UserError
from ops.models import Setting
from ops.services.secrets import decrypt, encrypt
from providers.youtube.cookies import read_cookies

# By lane: YouTube Music and YouTube are one account. Only cookies of these sites are kept.
SITES = {
    "youtube": ("youtube.com", "google.com"),
    "soundcloud": ("soundcloud.com",),
    "bandcamp": ("bandcamp.com",),
}
WARNING = (
    "The service sees every fetch as yours and may block the account for it. Use an account that you can lose, "
    "never your main one."
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of kept cookies without reading them."""

    count: int
    uploaded_at: datetime
    uploaded_by: str
    expires_at: datetime | None

    @property
    def are_stale(self) -> bool:
        return self.expires_at is not None and self.expires_at < timezone.now()


def save_cookies(lane: str, data: bytes, *, by: Person, knows_risk: bool) -> Kept:
    """The cookies of ``lane``'s own sites are kept, in place of older ones.

    Raises UserError for a source that takes none, a file that is none, and where the warning was not accepted.
    """
    if lane not in SITES:
        raise UserError("This source takes no cookies.")
    if not knows_risk:
        raise UserError("Cookies are taken only from who has read the warning.", remedy="Tick the box below it.")
    cookies = read_cookies(data, SITES[lane])
    value = {
        "encrypted": base64.b64encode(encrypt(cookies.text)).decode(),
        "count": cookies.count,
        "uploaded_at": timezone.now().isoformat(),
        "uploaded_by": by.get_username(),
        "expires_at": cookies.expires_at,
    }
    row, _ = Setting.objects.update_or_create(key=_key(lane), defaults={"value": value})
    log.info("%s uploaded %s cookies for %s", by.get_username(), cookies.count, lane)
    return _kept(row)


def forget_cookies(lane: str) -> bool:
    """Nothing of them is kept; True where there were some."""
    return bool(Setting.objects.filter(key=_key(lane)).delete()[0])


def kept_cookies() -> dict[str, Kept]:
    """By lane: the cookies that are kept."""
    rows = Setting.objects.filter(key__in=[_key(lane) for lane in SITES])
    return {row.key.removeprefix("cookies:"): _kept(row) for row in rows}


def cookies_of(lane: str) -> str:
    """The cookies as a file's text; empty where there are none, or they were kept under a secret key that is gone."""
    value = Setting.objects.filter(key=_key(lane)).values_list("value", flat=True).first()
    if not value:
        return ""
    try:
        return decrypt(base64.b64decode(value["encrypted"]))
    except UserError as exc:
        log.warning("The cookies of %s are not used: %s", lane, exc.message)
        return ""


def lender(lane: str) -> partial[str]:
    """Called for each fetch, so that new cookies hold at once."""
    return partial(cookies_of, lane)


def _key(lane: str) -> str:
    return f"cookies:{lane}"


def _kept(row: Setting) -> Kept:
    value = row.value
    expires = value.get("expires_at")
    return Kept(
        count=value["count"],
        uploaded_at=datetime.fromisoformat(value["uploaded_at"]),
        uploaded_by=value["uploaded_by"],
        expires_at=datetime.fromtimestamp(expires, UTC) if expires else None,
    )
