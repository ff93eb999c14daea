"""slskd as a source: the network is searched, a peer is asked, and the finished file is taken from slskd's folder.

Nothing is remembered here: a transfer is found again by peer and file name, so whoever takes the row up goes on with
it. What stands in a peer's queue lets the worker go (``StillWaiting``).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from core.answers import kept_answer
from core.errors import Cancelled, NotFound, PermanentError, SpotizerError, StillWaiting, TransientError
from core.storage import storage_errors
from core.text import plural
from providers.base import Candidate, FetchedFile, IsCancelled, Progress, ReportProgress, TrackInfo
from providers.slskd.client import LABEL, SlskdClient, Transfer, not_logged_in
from providers.slskd.mapping import NAME, SharedFile, nearest, peer_and_file, search_words, shared_files
from providers.slskd.places import check_folder, local_file, told_place
from providers.slskd.tickets import Ticket, Tickets
from providers.youtube.sniffing import container_of

LANE = "slskd"
SEARCH_SECONDS = 30.0  # at most, whatever still comes in
LOOK_SECONDS = 1.0
HOLD_SECONDS = 6.0  # so long a worker stays with a transfer that stands in a queue
STALL_SECONDS = 120.0
LEAST_WAIT, MOST_WAIT = 10.0, 120.0
MOST_FILES = 2_000
KEPT_SECONDS = 900.0


class _NeverAsked(Exception):
    """Nobody searched for this lately."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things may take, in seconds, and where the finished files are seen."""

    downloads: Path | None
    queue_seconds: float = 1800.0
    search_seconds: float = SEARCH_SECONDS
    look_seconds: float = LOOK_SECONDS
    hold_seconds: float = HOLD_SECONDS
    stall_seconds: float = STALL_SECONDS
    least_wait_seconds: float = LEAST_WAIT


class SlskdSource:
    """Files that people share on the Soulseek network."""

    name = NAME
    label = "Soulseek (slskd)"
    lane = LANE
    has_lossless = True

    def __init__(
        self,
        client: SlskdClient,
        terms: Terms,
        tickets: Tickets,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.terms = terms
        self.tickets = tickets
        self._sleep = sleep
        self._last_album = ""

    def find_candidates(self, wanted: TrackInfo, *, limit: int = 20) -> list[Candidate]:
        """Files of peers, the likest and readiest first.

        The second track of an album searches for the album, which then serves the others: the network bans who
        searches often.
        """
        artist = wanted.artists[0] if wanted.artists else ""
        album = search_words(artist, wanted.album.title) if wanted.album else ""
        files = self._kept_files(album) if album else None
        if files is None and album and album == self._last_album:
            files = self._files(album)
        if files and (found := nearest(files, wanted, limit)):
            return found
        self._last_album = album
        query = search_words(artist, wanted.title)
        return nearest(self._files(query), wanted, limit) if query else []

    def fetch(
        self, candidate: Candidate, folder: Path, *, prefer: str, progress: ReportProgress, cancelled: IsCancelled
    ) -> FetchedFile:
        downloads = check_folder(self.terms.downloads)
        username, filename = peer_and_file(candidate.url)
        if not candidate.size_bytes:
            raise PermanentError("The size of this file is not known.", remedy="Choose another candidate.")
        ticket = Ticket(username, filename, candidate.size_bytes, f"spotizer/{folder.parent.name}-{folder.name}")
        transfer = self.client.find_transfer(username, filename)
        if transfer is None or (transfer.is_over and not transfer.has_succeeded):
            if cancelled():
                raise Cancelled
            self.tickets.keep(ticket, folder)  # first: what is asked for is never without one
            try:
                self.client.enqueue(username, filename, candidate.size_bytes, destination=ticket.destination)
            except PermanentError:
                self.tickets.drop(ticket)
                raise
            transfer = self.client.find_transfer(username, filename)
            if transfer is None:
                raise TransientError("slskd took the order and lost it.", remedy="It is tried again by itself.")
        transfer = self._follow(ticket, transfer, progress, cancelled)
        return self._collect(ticket, transfer, candidate, folder, downloads)

    def _kept_files(self, query: str) -> list[SharedFile] | None:
        """What the network answered to ``query`` a while ago, to whichever worker; None where nobody asked."""

        def ask() -> NoReturn:
            raise _NeverAsked

        try:
            return self._answer(query, ask)
        except _NeverAsked:
            return None

    def _files(self, query: str) -> list[SharedFile]:
        return self._answer(query, lambda: [asdict(file) for file in self._search(query)])

    def _answer(self, query: str, ask: Callable[[], object]) -> list[SharedFile]:
        session = self.client.search_session
        found = kept_answer(session, f"search {query.casefold()}", ask, label=LABEL, keep=KEPT_SECONDS)
        return [SharedFile(**file) for file in found]

    def _search(self, query: str) -> list[SharedFile]:
        search = self.client.start_search(query)
        try:
            until = time.monotonic() + self.terms.search_seconds
            while not self.client.is_complete(search) and time.monotonic() < until:
                self._sleep(self.terms.look_seconds)
            return shared_files(self.client.responses(search))[:MOST_FILES]
        finally:
            with suppress(SpotizerError):  # what was found counts, not the tidying
                self.client.forget_search(search)

    def _follow(self, ticket: Ticket, transfer: Transfer, progress: ReportProgress, cancelled: IsCancelled) -> Transfer:
        """The transfer when it has succeeded. Raises StillWaiting while it stands in a queue."""
        began = moved = time.monotonic()
        done, looks = -1, 0
        while not transfer.is_over:
            now = time.monotonic()
            if "InProgress" in transfer.states:
                if transfer.done_bytes != done:
                    done, moved = transfer.done_bytes, now
                    progress(Progress(done, transfer.size_bytes or ticket.size_bytes, transfer.speed or None))
                elif now - moved > self.terms.stall_seconds:
                    self._forget(ticket, transfer)
                    raise PermanentError(
                        f"The transfer from {ticket.username} stood still.",
                        remedy="Choose another candidate.",
                        reason="stalled",
                    )
            elif looks and now - began >= self.terms.hold_seconds:
                self._stand_in_line(ticket, transfer)
            self._wait(cancelled)
            looks += 1
            try:
                transfer = self.client.transfer(ticket.username, transfer.id)
            except NotFound:
                self.tickets.drop(ticket)
                raise PermanentError(
                    "Somebody took this transfer off slskd's list.", remedy="Choose another candidate."
                ) from None
        if not transfer.has_succeeded:
            words = (
                transfer.exception or ", ".join(sorted(transfer.states - {"Completed"})).lower() or "no reason given"
            )
            self._forget(ticket, transfer)
            raise PermanentError(
                f"{ticket.username} did not give the file: {words[:200]}", remedy="Choose another candidate."
            )
        return transfer

    def _stand_in_line(self, ticket: Ticket, transfer: Transfer) -> None:
        """Let the worker go; give the place up where it took too long."""
        waited = (datetime.now(UTC) - transfer.requested_at).total_seconds() if transfer.requested_at else 0.0
        if waited > self.terms.queue_seconds:
            self._forget(ticket, transfer)
            raise PermanentError(
                f"{ticket.username} had no place within {plural(round(self.terms.queue_seconds / 60), 'minute')}.",
                remedy="Choose another candidate, or wait longer: Settings, Sources (SPOTIZER_SLSKD_QUEUE_MINUTES).",
                reason="peer_queue",
            )
        place = transfer.place if transfer.place is not None else self.client.place(ticket.username, transfer.id)
        where = f"place {place} in the queue" if place else "the queue"
        raise StillWaiting(
            f"It stands in {where} of {ticket.username}.",
            retry_after=min(MOST_WAIT, max(self.terms.least_wait_seconds, waited / 4)),
        )

    def _wait(self, cancelled: IsCancelled) -> None:
        """One look later; within it a cancel is seen at once. What slskd does goes on: the sweep tells it to stop."""
        until = time.monotonic() + self.terms.look_seconds
        while True:
            if cancelled():
                raise Cancelled
            rest = until - time.monotonic()
            if rest <= 0:
                return
            self._sleep(min(0.1, rest))

    def _collect(
        self, ticket: Ticket, transfer: Transfer, candidate: Candidate, folder: Path, downloads: Path
    ) -> FetchedFile:
        """The finished file, copied into ``folder``; what slskd keeps of it is gone where it was ours."""
        place = local_file(
            downloads,
            told=told_place(self.client.events(), ticket.filename, transfer.id),
            mounted=self.client.downloads_folder(),
            filename=ticket.filename,
            destination=ticket.destination,
            size_bytes=ticket.size_bytes,
        )
        if place is None:
            self._forget(ticket, transfer)
            raise PermanentError(
                f"slskd has fetched the file, but it does not lie in {downloads}.",
                remedy="Check its download folder under Settings, Sources (SPOTIZER_SLSKD_DOWNLOADS).",
                reason="not_found",
            )
        target = folder / f"source{place.suffix.lower()}"
        with storage_errors(folder):
            draft = target.with_name(f"{target.name}.part")
            shutil.copyfile(place, draft)
            draft.replace(target)
        if self.tickets.is_ours(ticket):
            with suppress(OSError):  # mounted for reading only: slskd's owner tidies up
                place.unlink()
        self._forget(ticket, transfer)
        container = container_of(target)
        if not container:
            target.unlink()
            raise PermanentError(
                f"What {ticket.username} sent is not audio.", remedy="Choose another candidate.", reason="not_audio"
            )
        return FetchedFile(
            path=target,
            codec=candidate.codec,
            container=container,
            bitrate_kbps=candidate.bitrate_kbps,
            duration_ms=candidate.duration_ms,
            source_url=candidate.url,
        )

    def _forget(self, ticket: Ticket, transfer: Transfer) -> None:
        """slskd is told to forget it, and the file is taken away, where Spotizer had asked for it."""
        if not self.tickets.is_ours(ticket):
            return  # somebody's own download of the same file stays as it is
        with suppress(SpotizerError):
            self.client.forget_transfer(ticket.username, transfer.id)
        if self.terms.downloads:
            self.tickets.clear_destination(ticket, self.terms.downloads)
        self.tickets.drop(ticket)

    def checks(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """That slskd answers our key, is on the network, and puts its files where Spotizer sees them."""
        yield "Reach", self._reach
        yield "Folder", lambda: f"sees {check_folder(self.terms.downloads)}"

    def _reach(self) -> str:
        standing = self.client.standing()
        if not standing.is_logged_in:
            raise not_logged_in()
        return f"slskd {standing.version}, connected to the network"

    def sweep(self) -> int:
        """Transfers that nobody waits for any more are cancelled and forgotten; how many."""
        swept = 0
        for ticket in self.tickets.abandoned():
            transfer = self.client.find_transfer(ticket.username, ticket.filename)
            if transfer is not None:
                self.client.forget_transfer(ticket.username, transfer.id)
            if self.terms.downloads:
                self.tickets.clear_destination(ticket, self.terms.downloads)
            self.tickets.drop(ticket)
            swept += 1
        return swept
