"""``manage.py download``: links to files, with the queue's own machinery, whether a server runs or not."""

from __future__ import annotations

import json
import time
from argparse import ArgumentTypeError
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from accounts.models import Person
from catalog.services.browse import Offer
from core.errors import UserError
from core.formats import settled_kbps
from downloads.management.commands.queue import person_named
from downloads.models import DownloadRequest, Format
from downloads.reasons import reason_for
from downloads.selectors.outcomes import Follower, Outcome, Standing, standing
from downloads.services import sweep
from downloads.services.batches import Wishes, request_links
from downloads.services.own_workers import OwnWorkers
from library.naming import check_template
from library.steps import LOUDNESS
from ops.services import heartbeats
from ops.settings import in_force
from providers.base import AlbumInfo, PlaylistInfo, ReleaseKind, TrackInfo
from spotizer.supervisor.prepare import make_ready

LOOK_SECONDS = 0.3
SERVER_SECONDS = 15.0  # the sweeper of a running server gives a sign of life every few seconds
KINDS = [kind.value for kind in ReleaseKind]
FAILED, BAD_USAGE, UNFINISHED = 1, 2, 3


def quality(text: str) -> int:
    """``320``, ``320k``, or the format's own choice: ``best``, which ``V0`` is for MP3."""
    value = 0 if text.lower() in {"best", "v0"} else int(text.lower().removesuffix("kbps").removesuffix("k"))
    if value < 0:
        raise ArgumentTypeError("kbit/s, best, or V0")
    return value


def groups(text: str) -> tuple[str, ...]:
    """``album,single``: kinds of release."""
    found = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if not found or not set(found) <= set(KINDS):
        raise ArgumentTypeError(f"some of {', '.join(KINDS)}")
    return found


class Command(BaseCommand):
    help = (
        "Download tracks, albums, artists, playlists or audio links. Without --wait and with a server running, the "
        "links are handed to it. Exit code 0: everything asked for is on disk; 1: something failed; 2: bad usage; "
        "3: handed to the server, not finished yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("links", nargs="+", metavar="LINK", help="a link of any known service, or a spotify: URI")
        parser.add_argument("--format", choices=Format.values, help="what the files shall be")
        parser.add_argument(
            "--quality", type=quality, metavar="KBPS", help="a bitrate of the format, or best (V0 for MP3)"
        )
        parser.add_argument(
            "--force-lossless",
            action="store_true",
            help="also a lossy source becomes FLAC, ALAC or WAV: bigger, and no better than it was",
        )
        parser.add_argument(
            "--loudness", choices=LOUDNESS, help="ReplayGain tags, or a gain that changes the sound to the target"
        )
        parser.add_argument("--trim", choices=("yes", "no"), help="trim the silence at both ends")
        parser.add_argument("--priority", type=int, choices=range(1, 6), default=3, help="1 (first) to 5 (last)")
        parser.add_argument(
            "--group", type=groups, default=(), metavar="KIND,…", help=f"of an artist only these: {', '.join(KINDS)}"
        )
        parser.add_argument(
            "--albums-of-playlist", action="store_true", help="of a playlist the whole albums, each once"
        )
        parser.add_argument("--name", default="", metavar="TEMPLATE", help="names the files of these links")
        parser.add_argument(
            "--source",
            action="append",
            default=[],
            metavar="NAME",
            help="ask only this source (several: once for each), in the order of the settings",
        )
        parser.add_argument(
            "--person", metavar="NAME", help="ask as this person: private playlists are read with their Spotify sign-in"
        )
        parser.add_argument("--again", action="store_true", help="also what is in the library already")
        parser.add_argument("--wait", action="store_true", help="stay until everything has ended")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        self.as_json = options["json"]
        self.outcomes: list[Outcome] = []
        self.stuck = ""  # why what is left does not go on soon
        self.bar: tqdm[Any] | None = None
        if options["name"]:
            try:
                check_template(options["name"])  # before anybody outside is asked anything
            except UserError as exc:
                raise CommandError(f"{exc.message} {exc.remedy}", returncode=BAD_USAGE) from exc
        make_ready()
        try:
            person = person_named(options["person"])
        except UserError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}", returncode=BAD_USAGE) from exc
        wishes = Wishes(
            output_format=options["format"],
            quality_kbps=options["quality"],
            priority=options["priority"],
            groups=options["group"],
            albums_of_playlist=options["albums_of_playlist"],
            get_again=options["again"],
            steps=_steps(options),
            template=options["name"],
            sources=tuple(options["source"]),
        )
        if options["quality"]:
            wish = options["format"] or in_force.OUTPUT_FORMAT
            if note := settled_kbps(wish, options["quality"])[1]:
                self.stderr.write(note)
        requests = self._asked(options["links"], wishes, person)
        if not requests:
            is_bad = all(outcome.reason == UserError.reason for outcome in self.outcomes)
            raise CommandError("Nothing was asked for.", returncode=BAD_USAGE if is_bad else FAILED)
        ids = [request.pk for request in requests]
        if server_runs() and not options["wait"]:
            self._hand_over(requests)
        else:
            self._follow(ids)
        self._end(ids)

    def _asked(self, links: list[str], wishes: Wishes, by: Person | None) -> list[DownloadRequest]:
        """The requests for ``links``; where there is none it is said why."""
        requests = []
        for asked in request_links(links, by=by, wishes=wishes):
            if asked.request:
                requests.append(asked.request)
            elif asked.offer:
                self._tell(_offered(asked.link, asked.offer))
            elif asked.error:
                message = " ".join(part for part in (asked.error.message, asked.error.remedy) if part)
                self._tell(Outcome("failed", asked.link, "", asked.error.reason, message, link=asked.link))
        return requests

    def _hand_over(self, requests: list[DownloadRequest]) -> None:
        follower = Follower([request.pk for request in requests])
        for outcome in follower.news():
            self._tell(outcome)
        for request in requests:
            if request.stage in {DownloadRequest.Stage.EXPANDING, DownloadRequest.Stage.RUNNING}:
                self._tell(Outcome("queued", request.title or request.link, artist=request.subtitle, link=request.link))

    def _follow(self, ids: list[int]) -> None:
        """Tell of each track as it ends, until all have. Where no server runs, or it stops, work on them here."""
        follower = Follower(ids)
        with OwnWorkers(ids) as workers, tqdm(unit=" tracks", disable=None if not self.as_json else True) as bar:
            self.bar = bar
            while True:
                if not workers.are_running and not server_runs():
                    workers.start()
                if workers.are_running:
                    sweep.tend()
                now = standing(ids)
                for outcome in follower.news():
                    self._tell(outcome)
                self._show(bar, now)
                if now.is_over or now.stuck:
                    break
                time.sleep(LOOK_SECONDS)
        if workers.are_running:
            sweep.tend()  # what is due after the last track
        self.bar = None
        self.stuck = now.stuck

    def _show(self, bar: tqdm[Any], now: Standing) -> None:
        bar.total = now.total
        bar.n = now.ended
        bar.set_postfix_str(now.doing, refresh=False)
        bar.refresh()

    def _tell(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        line = json.dumps(asdict(outcome), ensure_ascii=False) if self.as_json else _line(outcome)
        if self.bar is not None and not self.bar.disable:
            self.bar.clear()
        self.stdout.write(line)
        self.stdout.flush()

    def _end(self, ids: list[int]) -> None:
        """Exit as it came out: said in one line where it is not all well."""
        lost = [outcome for outcome in self.outcomes if not outcome.is_on_disk and outcome.status != "queued"]
        if lost:
            first = lost[0]
            why = first.message or reason_for(first.reason).sentence
            more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
            raise CommandError(f"Not on disk: {first.title} ({why}){more}.", returncode=FAILED)
        if self.stuck:
            raise CommandError(f"{self.stuck} It stays in the queue.", returncode=FAILED)
        if not standing(ids).is_over:
            raise CommandError("In the queue, not finished yet; --wait stays until it is.", returncode=UNFINISHED)


def _steps(options: dict[str, Any]) -> dict[str, object]:
    """What was said about the files' processing; what was not is the settings'."""
    steps: dict[str, object] = {"force_lossless": True} if options["force_lossless"] else {}
    if options["loudness"]:
        steps["loudness"] = options["loudness"]
    if options["trim"]:
        steps["trim"] = options["trim"] == "yes"
    return steps


def server_runs() -> bool:
    """Whether a server is there to do the work."""
    return heartbeats.is_alive(sweep.NAME, within_seconds=SERVER_SECONDS)


def _offered(link: str, offer: Offer) -> Outcome:
    """What the link may mean is said, and nothing is started unseen."""
    results = offer.results
    hits: list[TrackInfo | AlbumInfo | PlaylistInfo] = [*results.tracks, *results.albums, *results.playlists]
    choices = "; ".join(f"{hit.title}: {hit.link}" for hit in hits[:5])
    message = " ".join(part for part in (offer.why, offer.remedy, choices and f"It may be {choices}") if part)
    return Outcome("needs_you", offer.title or link, "", "offer", message, link=link)


def _line(outcome: Outcome) -> str:
    name = " · ".join(part for part in (outcome.title, outcome.artist) if part)
    why = outcome.path or outcome.message or (reason_for(outcome.reason).sentence if outcome.reason else "")
    return f"{outcome.status:<10}{name}" + (f"\n          {why}" if why else "")
