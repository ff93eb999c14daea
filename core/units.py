"""Numbers as people read them. Stored units are milliseconds, bytes and kbit/s."""

from __future__ import annotations


def clock(duration_ms: int | None) -> str:
    """``3:52`` or ``1:02:07``; empty where the duration is unknown."""
    if duration_ms is None:
        return ""
    seconds = round(duration_ms / 1000)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def file_size(size_bytes: float | None) -> str:
    """``412 MB``: decimal units, as disks and downloads are sold."""
    if size_bytes is None:
        return ""
    for unit in ("B", "kB", "MB", "GB"):
        if abs(size_bytes) < 999.5:
            return f"{size_bytes:.0f} {unit}" if size_bytes >= 10 or unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} TB"


def span(seconds: float) -> str:
    """``40 s``, ``3 min``, ``5 h``: how long something takes, to the nearest; days are not told."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s" if seconds < 60 else "1 min"
    return f"{round(seconds / 60)} min" if seconds < 3600 else f"{round(seconds / 3600)} h"
