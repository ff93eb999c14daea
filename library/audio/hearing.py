"""What decoded sound says of itself while it passes by: how loud it is, and how much silence is at its ends."""

from __future__ import annotations

import logging
from array import array
from collections import deque
from fractions import Fraction
from queue import SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING

from core.lazy import Lazy
from library.audio.loudness import Loudness, Readings

if TYPE_CHECKING:
    import av
    from av.audio.frame import AudioFrame
    from av.filter.graph import Graph
else:
    av = Lazy("av")

log = logging.getLogger(__name__)
AUDIBLE_DB = -66.0  # what is softer than this in all of a file is no music
SAMPLES = {"s16": "h", "s32": "i", "flt": "f", "dbl": "d"}
FULL_SCALE = {"h": 2.0**15, "i": 2.0**31, "f": 1.0, "d": 1.0}
HELD_FRAMES = 64
WAITING_FRAMES = 256  # decoded, but not measured yet


def peak_of(frame: AudioFrame) -> float:
    """The highest sample, full scale being 1. A frame in a form that nobody here reads counts as loud."""
    planes = _planes(frame)
    return max((max(max(plane), -min(plane)) / FULL_SCALE[plane.typecode] for plane in planes if plane), default=1.0)


def _planes(frame: AudioFrame) -> list[array[float]]:
    """The samples of each plane; interleaved channels are one plane. Empty for a form that nobody here reads."""
    code = SAMPLES.get(frame.format.name.removesuffix("p"))
    if code is None:
        return []
    per_plane = frame.samples * (1 if frame.format.is_planar else frame.layout.nb_channels)
    planes = []
    for plane in frame.planes:
        samples: array[float] = array(code)
        samples.frombytes(memoryview(plane)[: per_plane * samples.itemsize])
        planes.append(samples)
    return planes


class Ends:
    """Where the sound begins and ends: what is softer than ``below_db`` (dBFS, every channel) is silence.

    Nearly every frame in the middle is only counted: it is looked into backwards from now and then.
    """

    def __init__(self, below_db: float) -> None:
        self._least = 10.0 ** (below_db / 20)
        self._held: deque[tuple[float, AudioFrame]] = deque()
        self._seconds = 0.0
        self._first: float | None = None
        self._last = 0.0  # where the last loud sample ends

    def hear(self, frame: AudioFrame) -> None:
        if self._first is None and (first := self._loud(frame, is_last=False)) is not None:
            self._first = self._seconds + first / frame.sample_rate
        if self._first is not None:
            self._held.append((self._seconds, frame))
            if len(self._held) >= HELD_FRAMES:
                self._look_back()
        self._seconds += frame.samples / frame.sample_rate

    @property
    def is_silent(self) -> bool:
        """So far."""
        return self._first is None

    @property
    def before_ms(self) -> int:
        """How long it is silent at the beginning; all of it where it is nothing but silence."""
        return round((self._seconds if self._first is None else self._first) * 1000)

    @property
    def after_ms(self) -> int:
        """How long it is silent at the end; 0 where it is nothing but silence."""
        self._look_back()
        return 0 if self._first is None else max(0, round((self._seconds - self._last) * 1000))

    def _look_back(self) -> None:
        while self._held:
            start, frame = self._held.pop()
            if (last := self._loud(frame, is_last=True)) is not None:
                self._last = start + (last + 1) / frame.sample_rate
                self._held.clear()

    def _loud(self, frame: AudioFrame, *, is_last: bool) -> int | None:
        """The first or last loud sample of the frame."""
        planes = _planes(frame)
        if not planes:
            return frame.samples - 1 if is_last else 0
        step = 1 if frame.format.is_planar else frame.layout.nb_channels
        found = []
        for plane in planes:
            least = self._least * FULL_SCALE[plane.typecode]
            if not plane or max(max(plane), -min(plane)) <= least:
                continue
            order = range(len(plane) - 1, -1, -1) if is_last else range(len(plane))
            found.append(next(index for index in order if abs(plane[index]) > least) // step)
        return (max(found) if is_last else min(found)) if found else None


class Meter:
    """Measures by ffmpeg's ebur128 what passes by; with ``is_exact`` also the true peak, in thrice the time.

    It measures in a thread of its own, beside the decoding: ``conclude`` ends it, and has to be called in any case.
    """

    def __init__(self, *, is_exact: bool) -> None:
        self._peak = "true+sample" if is_exact else "sample"
        self._readings = Readings()
        self._frames: SimpleQueue[AudioFrame | None] = SimpleQueue()
        self._room = BoundedSemaphore(WAITING_FRAMES)
        self._thread: Thread | None = None
        self._samples = 0
        self._is_lost = False
        self._is_over = False

    def hear(self, frame: AudioFrame) -> None:
        if self._thread is None:
            self._tick = Fraction(1, frame.sample_rate)
            self._thread = Thread(target=self._measure, name="meter", daemon=True)
            self._thread.start()
        frame.pts, frame.time_base = self._samples, self._tick
        self._samples += frame.samples
        self._room.acquire()
        self._frames.put(frame)

    def conclude(self) -> Loudness | None:
        """What was measured; None where it cannot be, as for a sound that changes its form on the way."""
        if self._thread is None:
            return None
        self._frames.put(None)
        self._thread.join()
        return None if self._is_lost else self._readings.result()

    def _measure(self) -> None:
        try:
            self._take_all()
        except Exception:
            # A file whose loudness is not known is better than a decoder that waits for its meter for ever.
            log.exception("The meter gave up")
            self._is_lost = True
            while not self._is_over:
                self._next()

    def _next(self) -> AudioFrame | None:
        frame = self._frames.get()
        if frame is None:
            self._is_over = True
        else:
            self._room.release()
        return frame

    def _take_all(self) -> None:
        graph: Graph | None = None
        first, unread = "", 0
        while (frame := self._next()) is not None:
            form = f"{frame.format.name} {frame.layout.name} {frame.sample_rate}"
            if graph is None:
                graph, first = self._built(frame), form
            if form != first:
                self._is_lost = True  # no one number holds for it
            if self._is_lost:
                continue
            graph.push(frame)
            unread += 1
            if unread >= HELD_FRAMES:  # asking after each frame would cost as much as the measuring
                self._read(graph)
                unread = 0
        if graph is not None and not self._is_lost:
            graph.push(None)
            self._read(graph)

    def _built(self, frame: AudioFrame) -> Graph:
        from av.filter.graph import Graph

        graph = Graph()
        came = graph.add_abuffer(
            sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name, time_base=self._tick
        )
        meter = graph.add("ebur128", f"metadata=1:peak={self._peak}")
        end = graph.add("abuffersink")
        came.link_to(meter)
        meter.link_to(end)
        graph.configure()
        return graph

    def _read(self, graph: Graph) -> None:
        while True:
            try:
                frame = graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            for key, value in frame.metadata.items():
                self._readings.take(key, value)
