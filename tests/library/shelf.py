"""A library with files for the tests of the journal."""

import hashlib
import shutil
from pathlib import Path

from catalog.models import Recording
from library.audio import measure
from library.models import AudioFile
from library.tags import Tags, write_tags


class Shelf:
    """Puts files into the library with their rows, and tells what is there."""

    def __init__(self, root, sounds):
        self.root, self.sounds = Path(root), sounds

    def put(self, path="Vera Holm/Tidal Rooms/01 Blue Door.opus", *, title="Blue Door", row=True):
        """A tagged file of the kind of its suffix; its row."""
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.sounds[full.suffix[1:]], full)
        write_tags(full, Tags(title=title))
        if not row:
            return None
        facts, state = measure(full), full.stat()
        recording = Recording.objects.create(title=title, artist_text="Vera Holm", duration_ms=2_000)
        return AudioFile.objects.create(
            path=path,
            recording=recording,
            size_bytes=state.st_size,
            modified_ns=state.st_mtime_ns,
            codec=facts.codec,
            container=facts.container,
            bitrate_kbps=facts.bitrate_kbps,
            sample_rate_hz=facts.sample_rate_hz,
            channels=facts.channels,
            duration_ms=facts.duration_ms,
            audio_hash=facts.audio_hash,
        )

    def write(self, path, data=b"words"):
        """Any file."""
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(data)
        return full

    def seen(self):
        """What a player sees: path to SHA-256."""
        files = (path for path in self.root.rglob("*") if path.is_file() or path.is_symlink())
        visible = (path for path in files if path.relative_to(self.root).parts[0] != ".spotizer")
        return {str(path.relative_to(self.root)): digest(path) for path in visible}

    def folders(self):
        return {str(path.relative_to(self.root)) for path in self.root.iterdir() if path.is_dir()} - {".spotizer"}

    def binned(self):
        """What lies in the bin: path to SHA-256, without the marks that keep players out."""
        folder = self.root / ".spotizer" / "bin"
        files = (path for path in folder.rglob("*") if path.is_file() and path.parent != folder)
        return {str(path.relative_to(folder)): digest(path) for path in files}


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
