"""The journal's rows: written down before an act, and closed in one transaction with the rows of the files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Person
from core.errors import PermanentError, UserError
from library.audio import measure
from library.models import AudioFile, FileAct, JournalBatch
from library.services.folder import OWN_FOLDER
from library.services.journal.facts import Facts
from library.services.journal.plan import Plan, Step
from library.tags import read_cover, read_lyrics

Kind, State = FileAct.Kind, FileAct.State
OPEN = (State.PLANNED, State.DOING)
CHUNK = 500
BIN = "bin"
MOST_KEPT_BYTES = 950  # with the library's own folder before it still a path that systems and our rows take


@dataclass(frozen=True, slots=True)
class Places:
    """Where an act's files are. ``source`` is what it starts from, ``goal`` where the result lies."""

    root: Path
    source: Path
    goal: Path
    kept: Path | None  # what it puts into the bin besides moving the file itself
    origin: Path | None  # what it takes out of the bin, once it is done
    part: Path


def bin_folder() -> Path:
    return Path(settings.LIBRARY) / OWN_FOLDER / BIN


def places_of(act: FileAct) -> Places:
    """The act's places as full paths."""
    root = Path(settings.LIBRARY)
    source = bin_folder() / act.origin if act.kind == Kind.RESTORE else root / act.path
    goal = bin_folder() / act.kept if act.kind == Kind.BIN else root / act.target
    is_swap = act.kind in (Kind.REPLACE, Kind.TAGS)
    return Places(
        root=root,
        source=source,
        goal=goal,
        kept=bin_folder() / act.kept if is_swap and act.kept else None,
        origin=bin_folder() / act.origin if is_swap and act.origin else None,
        # The suffix is the file's own: what writes tags goes by it.
        part=goal.with_name(f".spotizer-act{act.pk}.part{goal.suffix[:20]}"),
    )


def write_down(plan: Plan, hand: str) -> tuple[JournalBatch, list[FileAct]]:
    """The batch and its acts, planned; those that cannot be done have failed already."""
    person = plan.by if isinstance(plan.by, Person) else None
    name = person.get_username() if person else str(plan.by)
    paths = [_kept_text(step.path or step.target) for step in plan.steps]
    files = dict(_files_at(paths))
    with transaction.atomic(durable=True):
        batch = JournalBatch.objects.create(
            what=plan.what[:200], why=plan.why[:1000], person=person, by_name=name[:150], hand=hand
        )
        acts = []
        for step, path in zip(plan.steps, paths, strict=True):
            acts.append(_act(batch, step, files.get(path)))
            files[step.target] = files.get(path)  # a later step may go on from there
        FileAct.objects.bulk_create(acts, batch_size=CHUNK)
    return batch, acts


def _files_at(paths: list[str]) -> list[tuple[str, int | None]]:
    found: list[tuple[str, int | None]] = []
    for start in range(0, len(paths), CHUNK):
        rows = AudioFile.objects.filter(path__in=paths[start : start + CHUNK])
        found += list(rows.values_list("path", "pk"))
    return found


def _act(batch: JournalBatch, step: Step, file_id: int | None) -> FileAct:
    act = FileAct(
        batch=batch,
        kind=step.kind,
        path=_kept_text(step.path),
        target=_kept_text(step.target),
        file_id=step.undoes.file_id if step.undoes and step.undoes.file_id else file_id,
        undoes=step.undoes,
        origin=step.origin,
    )
    if step.problem:
        act.state, act.ended_at = State.FAILED, timezone.now()
        act.reason, act.message = step.reason, _kept_text(step.problem)
    return act


def _kept_text(text: str) -> str:
    """``text`` as a column takes it. Only a step that is refused has other paths."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")[:1000]


def begin(act: FileAct, before: Facts) -> None:
    """The act is being done, and what was there before is written down.

    Raises UserError reason busy where another act is at work on the file.
    """
    kept = ""
    if act.kind in (Kind.BIN, Kind.REPLACE, Kind.TAGS):
        kept = f"{act.pk}/{act.path}"
        if len(kept.encode()) > MOST_KEPT_BYTES:
            kept = f"{act.pk}/{PurePosixPath(act.path).name}"
    try:
        with transaction.atomic(durable=True):
            changed = FileAct.objects.filter(pk=act.pk, state=State.PLANNED).update(
                state=State.DOING, before=before.as_json(), kept=kept
            )
    except IntegrityError:
        raise UserError(
            f"Another act is at work on “{act.path}”.", remedy="Wait for it to end, then try again.", reason="busy"
        ) from None
    if not changed:
        raise UserError(f"Act {act.pk} is not waiting to be done.", reason="busy")
    act.state, act.before, act.kept = State.DOING, before.as_json(), kept


def note(act: FileAct, **facts: Facts) -> None:
    """The act's ``before`` or ``after`` are written down, before the step that needs them for its recovery."""
    values = {name: value.as_json() for name, value in facts.items()}
    with transaction.atomic(durable=True):
        FileAct.objects.filter(pk=act.pk, state=State.DOING).update(**values)
    for name, value in values.items():
        setattr(act, name, value)


def close_done(act: FileAct, after: Facts, *, kept_bytes: int) -> None:
    """The act is done; the file's row says what is so now, and what it undid is undone."""
    now = timezone.now()
    places = places_of(act)
    changes = _file_changes(act, places, after, now)
    with transaction.atomic(durable=True):
        FileAct.objects.filter(pk=act.pk).update(
            state=State.DONE, after=after.as_json(), kept_bytes=kept_bytes, kept=act.kept, ended_at=now, reason=""
        )
        if act.undoes_id:
            undone: dict[str, Any] = {"state": State.UNDONE}
            if act.origin:
                undone |= {"kept": "", "kept_bytes": 0}
            FileAct.objects.filter(pk=act.undoes_id).update(**undone)
        if act.file_id:
            if act.kind == Kind.REPLACE:
                changes["passport"] = _passport(act)
            if path := changes.get("path"):
                # A row whose file was missing: its name has just been proven free.
                AudioFile.objects.filter(path=path).exclude(pk=act.file_id).delete()
            AudioFile.objects.filter(pk=act.file_id).update(**changes)
    act.state, act.after, act.kept_bytes, act.ended_at = State.DONE, after.as_json(), kept_bytes, now


def _passport(act: FileAct) -> dict[str, Any]:
    """The passport of what the file is now: none of a new content, its own of one that is back. The old one is kept."""
    old = AudioFile.objects.filter(path=act.path).values_list("passport", flat=True).first() or {}
    FileAct.objects.filter(pk=act.pk).update(row={"passport": old})
    if act.undoes_id is None:
        return {}
    back = FileAct.objects.filter(pk=act.undoes_id).values_list("row", flat=True).first() or {}
    return dict(back.get("passport", {}))


def _file_changes(act: FileAct, places: Places, after: Facts, now: datetime) -> dict[str, Any]:
    """What the act changed in its file's row."""
    if act.file_id is None:
        return {}
    if act.kind == Kind.BIN:
        return {"gone_at": now, "path": f"{OWN_FOLDER}/{BIN}/{act.kept}"}
    changes: dict[str, Any] = {
        "path": act.target,
        "size_bytes": after.size_bytes,
        "modified_ns": after.modified_ns,
        "gone_at": None,
    }
    if act.kind in (Kind.REPLACE, Kind.TAGS):
        changes |= _look_inside(places.goal)
    if act.kind == Kind.REPLACE:
        try:
            facts = measure(places.goal)
        except PermanentError:
            return changes  # no audio: then its row should not be there, but that is not for us to say
        for name in ("codec", "container", "bitrate_kbps", "sample_rate_hz", "channels", "duration_ms", "audio_hash"):
            changes[name] = getattr(facts, name)
    return changes


def _look_inside(path: Path) -> dict[str, Any]:
    try:
        return {"has_cover": read_cover(path) is not None, "has_lyrics": bool(read_lyrics(path))}
    except (PermanentError, ValueError, KeyError):  # no format whose tags we know
        return {}


def close_failed(act: FileAct, message: str, *, reason: str, keeps: bool = False) -> None:
    """The act failed, and why. ``keeps`` where what it put into the bin has to stay there."""
    kept = act.kept if keeps else ""
    with transaction.atomic(durable=True):
        FileAct.objects.filter(pk=act.pk).update(
            state=State.FAILED, reason=reason, message=message[:1000], kept=kept, ended_at=timezone.now()
        )
    act.state, act.reason, act.message, act.kept = State.FAILED, reason, message[:1000], kept
