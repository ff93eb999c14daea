"""slskd 0.26 (and, by a mood, 0.25): searches that end, peers with habits, transfers that finish as a file on disk.

Peers: ``fast.fiona`` (FLAC, a free slot), ``mp3-mike`` (MP3, half of the attributes missing), ``Queue Quentin`` (FLAC,
a long queue), ``offline olga`` and ``rejecting/rita`` (FLAC, quick by their own words, and then they give nothing).
Time passes with the questions: a transfer moves on each time that somebody looks at it.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.catalogue.model import Track
from sandbox.catalogue.search import words
from sandbox.http import BadParameter, Request, Response, Service, as_json, as_text
from sandbox.world import World

HOST = "slskd:5030"
KEY = "sandbox-slskd-key-0123456789"
MOUNTED = "/downloads"  # what slskd calls its folder; it lies elsewhere for everybody else
UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    kind: str
    albums: tuple[str, ...]
    has_free_slot: bool = True
    queue_length: int = 0
    upload_speed: int = 2_400_000
    habit: str = ""  # offline, rejects, queues


PEERS = (
    Peer("mp3-mike", "mp3", ("quick-sketches", "neon-harbour"), upload_speed=900_000),
    Peer("Queue Quentin", "flac", ("sixty-sparks",), has_free_slot=False, queue_length=40, habit="queues"),
    Peer("fast.fiona", "flac", ("tidal-rooms", "quick-sketches", "live-at-the-boathouse", "trouble", "lost-tapes")),
    Peer("offline olga", "flac", ("con", "quick-sketches"), upload_speed=9_000_000, habit="offline"),
    Peer("rejecting/rita", "flac", ("con", "quick-sketches"), upload_speed=8_000_000, habit="rejects"),
)  # fmt: skip
SHY = {"offline", "rejects"}  # these have the sketches only where a mood asks for them


@dataclass(slots=True)
class Transfer:
    id: str
    batch: str
    peer: Peer
    filename: str
    size: int
    destination: str
    looked: int = 0
    state: str = "Requested"
    done: int = 0
    exception: str | None = None
    is_removed: bool = False
    requested_at: str = field(default_factory=lambda: _now())

    def shape(self) -> dict[str, object]:
        """As slskd writes it."""
        return {
            "id": self.id, "batchId": self.batch, "username": self.peer.name, "direction": "Download",
            "filename": self.filename, "size": self.size, "state": self.state, "requestedAt": self.requested_at,
            "bytesTransferred": self.done, "averageSpeed": 250_000.0 if self.done else 0.0,
            "bytesRemaining": self.size - self.done, "percentComplete": 100 * self.done / max(1, self.size),
            "placeInQueue": self.peer.queue_length if self.state == "Queued, Remotely" else None,
            "exception": self.exception, "attempts": 1, "nextAttemptAt": None, "removed": self.is_removed,
        }  # fmt: skip


@dataclass(slots=True)
class Memory:
    """What this slskd has going."""

    searches: dict[str, dict[str, Any]] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    batches: set[str] = field(default_factory=set)
    events: list[dict[str, object]] = field(default_factory=list)


service = Service(HOST)
service.not_found = lambda request: as_text("", 404)
service.bad_parameter = lambda bad: as_json({"title": "One or more validation errors occurred.", "status": 400}, 400)


def _guard(world: World, request: Request) -> Response | None:
    if request.headers.get("x-api-key") != KEY:
        return as_text("", 401)
    if request.method in {"POST", "PUT"} and "application/json" not in request.headers.get("content-type", ""):
        return as_text("", 415)
    return None


service.guard = _guard


def _now() -> str:
    """As .NET writes it: seven digits behind the second."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def memory(world: World) -> Memory:
    kept = world.memory.setdefault("slskd", Memory())
    assert isinstance(kept, Memory)
    return kept


@service.route(r"/api/v0/application")
def application(world: World, request: Request) -> Response:
    version, is_in = world.moods.slskd_version, world.moods.slskd_logged_in
    server = {"state": "Connected, LoggedIn" if is_in else "Disconnected", "isConnected": is_in, "isLoggedIn": is_in}
    return as_json({"version": {"full": f"{version}+sandbox", "current": version}, "server": server})


@service.route(r"/api/v0/options")
def options(world: World, request: Request) -> Response:
    return as_json({"directories": {"downloads": MOUNTED, "incomplete": "/incomplete"}})


@service.route(r"/api/v0/searches", methods="POST")
def start_search(world: World, request: Request) -> Response:
    if not world.moods.slskd_logged_in:
        return as_text("The server connection must be connected and logged in", 409)
    order = request.json()
    known = {
        "id", "searchText", "searchTimeout", "responseLimit", "fileLimit", "filterResponses",
        "minimumPeerUploadSpeed", "maximumPeerQueueLength", "minimumResponseFileCount",
    }  # fmt: skip
    if set(order) - known or not str(order.get("searchText", "")).strip():
        raise BadParameter("searchText")
    number = str(order.get("id") or uuid.uuid4())
    responses = _responses(world, str(order["searchText"]))
    search = {"id": number, "text": order["searchText"], "looked": 0, "responses": responses}
    memory(world).searches[number] = search
    return as_json(_search(search))


@service.route(r"/api/v0/searches/([0-9a-f-]{36})", parameters=("includeResponses",))
def look_at_search(world: World, request: Request, number: str) -> Response:
    search = memory(world).searches.get(number)
    if search is None:
        return as_text("", 404)
    search["looked"] += 1
    return as_json(_search(search))


@service.route(r"/api/v0/searches/([0-9a-f-]{36})/responses")
def responses(world: World, request: Request, number: str) -> Response:
    search = memory(world).searches.get(number)
    if search is None:
        return as_text("", 404)
    return as_json(search["responses"] if search["looked"] else [])


@service.route(r"/api/v0/searches/([0-9a-f-]{36})", methods="DELETE")
def forget_search(world: World, request: Request, number: str) -> Response:
    return as_text("", 204 if memory(world).searches.pop(number, None) else 404)


@service.route(r"/api/v0/transfers/downloads/batches", methods="POST")
def enqueue_batch(world: World, request: Request) -> Response:
    if _is_old(world):
        return as_text("", 405)
    order = request.json()
    peer = next((peer for peer in PEERS if peer.name == order.get("username")), None)
    files, wishes = order.get("files"), order.get("options") or {}
    destination = str(wishes.get("destination", "")) if isinstance(wishes, dict) else ""
    number = str(order.get("id") or uuid.uuid4())
    if not isinstance(files, list) or not files or ".." in destination.split("/"):
        raise BadParameter("files")
    if peer is None or peer.habit == "offline":
        return as_text(f"User {order.get('username')} appears to be offline", 404)
    if number in memory(world).batches:
        return as_text("A batch with this id exists already", 409)
    memory(world).batches.add(number)
    made = [_enqueue(world, peer, file, number, destination) for file in files]
    good = [one.shape() for one in made if one]
    failed = [
        {"filename": file["filename"], "message": "Not shared"}
        for file, one in zip(files, made, strict=True)
        if not one
    ]
    body = {"batch": {"id": number, "username": peer.name, "transfers": good}, "failures": failed}
    return as_json(body, 201 if not failed else 207 if good else 200)


@service.route(r"/api/v0/transfers/downloads/([^/]+|rejecting/rita)", methods="POST")
def enqueue(world: World, request: Request, username: str) -> Response:
    """The older way."""
    peer = next((peer for peer in PEERS if peer.name == username), None)
    try:
        files = json.loads(request.body)
    except ValueError:
        files = None
    if not isinstance(files, list) or not files:
        raise BadParameter("files")
    if peer is None or peer.habit == "offline":
        return as_text(f"User {username} appears to be offline", 500)
    made = [_enqueue(world, peer, file, "", "") for file in files]
    return as_json(
        {
            "enqueued": [one.shape() for one in made if one],
            "failed": [f for f, one in zip(files, made, strict=True) if not one],
        },
        201,
    )


@service.route(r"/api/v0/transfers/downloads/([^/]+|rejecting/rita)", parameters=("includeRemoved",))
def transfers_of(world: World, request: Request, username: str) -> Response:
    found = [one for one in memory(world).transfers.values() if one.peer.name == username and not one.is_removed]
    if not found:
        return as_text("", 404)
    folders: dict[str, list[dict[str, object]]] = {}
    for one in found:
        folders.setdefault(one.filename.rpartition("\\")[0], []).append(one.shape())
    directories = [{"directory": name, "fileCount": len(files), "files": files} for name, files in folders.items()]
    return as_json({"username": username, "directories": directories})


@service.route(r"/api/v0/transfers/downloads/(?:[^/]+|rejecting/rita)/([0-9a-f-]{36})")
def look_at_transfer(world: World, request: Request, number: str) -> Response:
    transfer = memory(world).transfers.get(number)
    if transfer is None or transfer.is_removed:
        return as_text("", 404)
    with world.lock:
        _move_on(world, transfer)
    return as_json(transfer.shape())


@service.route(r"/api/v0/transfers/downloads/(?:[^/]+|rejecting/rita)/([0-9a-f-]{36})/position")
def position(world: World, request: Request, number: str) -> Response:
    transfer = memory(world).transfers.get(number)
    return as_json(transfer.peer.queue_length) if transfer else as_text("", 404)


@service.route(
    r"/api/v0/transfers/downloads/(?:[^/]+|rejecting/rita)/([0-9a-f-]{36})", methods="DELETE", parameters=("remove",)
)
def cancel(world: World, request: Request, number: str) -> Response:
    transfer = memory(world).transfers.get(number)
    if transfer is None:
        return as_text("", 404)
    if not transfer.state.startswith("Completed"):
        transfer.state = "Completed, Cancelled"
    transfer.is_removed = request.query.get("remove") == "true"
    return as_text("", 204)


@service.route(r"/api/v0/events", parameters=("offset", "limit"))
def events(world: World, request: Request) -> Response:
    told = list(reversed(memory(world).events))
    first = request.integer("offset", 0)
    return as_json(told[first : first + request.integer("limit", 100, least=1)], X_Total_Count=str(len(told)))


def _is_old(world: World) -> bool:
    return tuple(int(part) for part in world.moods.slskd_version.split(".")[:2]) < (0, 26)


def _search(search: dict[str, Any]) -> dict[str, object]:
    is_over = search["looked"] > 1
    return {
        "id": search["id"], "searchText": search["text"], "token": 4711, "isComplete": is_over, "startedAt": _now(),
        "state": "Completed, TimedOut" if is_over else "InProgress", "responses": [],
        "responseCount": len(search["responses"]), "fileCount": sum(one["fileCount"] for one in search["responses"]),
    }  # fmt: skip


def _responses(world: World, text: str) -> list[dict[str, Any]]:
    """What the network answers: every file whose path has all of the words."""
    asked, found = set(words(text)), []
    for peer in PEERS:
        files = [
            _file(world, peer, track)
            for name in _albums(world, peer)
            for track in world.catalogue.album_by_name[name].tracks
            if asked <= set(words(_path(peer, track)))
        ]
        if files:
            found.append(
                {
                    "username": peer.name, "token": 4711, "hasFreeUploadSlot": peer.has_free_slot,
                    "queueLength": peer.queue_length, "uploadSpeed": peer.upload_speed, "fileCount": len(files),
                    "lockedFileCount": 1, "files": files,
                    "lockedFiles": [{"filename": "@@x\\Private\\secret.flac", "size": 5, "isLocked": True}],
                }
            )  # fmt: skip
    return found


def _albums(world: World, peer: Peer) -> tuple[str, ...]:
    if peer.habit in SHY and not world.moods.slskd_bad_peers:
        return tuple(name for name in peer.albums if name != "quick-sketches")
    return peer.albums


def _path(peer: Peer, track: Track) -> str:
    """The path as the network writes it: backslashes, a share's own root."""
    names = ", ".join(artist.name for artist in track.album.artists)
    title = UNSAFE.sub("_", track.recording.full_title)
    album = f"{UNSAFE.sub('_', track.album.title)} ({track.album.released_on[:4]})"
    return f"@@abcde\\Music\\{UNSAFE.sub('_', names)}\\{album}\\{track.track_number:02} {title}.{peer.kind}"


def _data(world: World, peer: Peer, track: Track) -> bytes:
    return world.audio.shared(f"{track.recording.name}|{peer.name}", peer.kind, track.recording.duration_ms)


def _file(world: World, peer: Peer, track: Track) -> dict[str, object]:
    file: dict[str, object] = {
        "filename": _path(peer, track), "size": len(_data(world, peer, track)), "code": 1, "extension": "",
        "isLocked": False,
    }  # fmt: skip
    if peer.kind == "flac":
        file |= {"length": round(track.recording.duration_ms / 1000), "sampleRate": 22_050, "bitDepth": 16}
    elif track.track_number % 2:
        file |= {"length": round(track.recording.duration_ms / 1000), "bitRate": 128, "isVariableBitRate": False}
    return file


def _find(world: World, peer: Peer, filename: str) -> Track | None:
    tracks = (track for name in peer.albums for track in world.catalogue.album_by_name[name].tracks)
    return next((track for track in tracks if _path(peer, track) == filename), None)


def _enqueue(world: World, peer: Peer, file: Any, batch: str, destination: str) -> Transfer | None:
    if not isinstance(file, dict) or set(file) != {"filename", "size"}:
        raise BadParameter("files")
    track = _find(world, peer, str(file["filename"]))
    if track is None or file["size"] != len(_data(world, peer, track)):
        return None
    transfer = Transfer(str(uuid.uuid4()), batch, peer, str(file["filename"]), int(file["size"]), destination)
    memory(world).transfers[transfer.id] = transfer
    return transfer


def _move_on(world: World, transfer: Transfer) -> None:
    """One more look at a transfer: requested, queued as long as the mood says, half of it, all of it."""
    if transfer.state.startswith("Completed"):
        return
    transfer.looked += 1
    waits = world.moods.slskd_queue if transfer.peer.habit == "queues" else 0
    if transfer.peer.habit == "rejects":
        transfer.state, transfer.exception = "Completed, Rejected", "Too many files"
    elif waits < 0 or transfer.looked <= waits:
        transfer.state = "Queued, Remotely"
    elif transfer.looked == waits + 1 or world.moods.slskd_stalls:
        transfer.state, transfer.done = "InProgress", transfer.size // 2
    else:
        _finish(world, transfer)


def _finish(world: World, transfer: Transfer) -> None:
    track = _find(world, transfer.peer, transfer.filename)
    assert track is not None
    *_, folder, name = transfer.filename.split("\\")
    inner = Path(transfer.destination or folder) / name
    target = world.shared_folder / inner
    target.parent.mkdir(parents=True, exist_ok=True)
    data = _data(world, transfer.peer, track)
    target.write_bytes(b"no music" * (len(data) // 8 + 1) if world.moods.slskd_garbage else data)
    transfer.state, transfer.done = "Completed, Succeeded", transfer.size
    told = {
        "localFilename": f"{MOUNTED}/{inner.as_posix()}",
        "remoteFilename": transfer.filename,
        "transfer": transfer.shape(),
    }
    memory(world).events.append(
        {"timestamp": _now(), "type": "DownloadFileComplete", "data": json.dumps(told), "id": str(uuid.uuid4())}
    )
