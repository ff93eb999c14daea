"""The eight damages, from the fetched file to the library: caught on arrival, kept or encoded, or seen ever after."""

import pytest

from core.errors import PermanentError
from library.audio import audio_hash
from library.services import finish_track
from library.steps import Steps
from tests.library.rows import make_fetched, make_rows, make_wanted
from tests.library.test_audio import DAMAGES, MAY_BE_UNSEEN

pytestmark = pytest.mark.django_db
KINDS = ["opus", "webm", "m4a", "fast.m4a", "alac.m4a", "mp3", "vbr.mp3", "ogg", "flac", "wav"]


@pytest.fixture
def damaged(settings, tmp_path, sounds):
    """Finish the sound of a kind with each damage in turn: damage to reason, empty where it was filed."""
    settings.LIBRARY = tmp_path / "library"

    def run(kind, output_format, **steps):
        return {damage: finish(kind, damage, output_format, **steps) for damage in DAMAGES}

    def finish(kind, damage, output_format, **steps):
        work = tmp_path / damage
        work.mkdir()
        path = work / sounds[kind].name
        path.write_bytes(DAMAGES[damage](sounds[kind].read_bytes()))
        recording, track = make_rows()
        try:
            finished = finish_track(
                make_fetched(path, duration_ms=2_000),
                wanted=make_wanted(),
                track=track,
                recording=recording,
                work_folder=work,
                output_format=output_format,
                quality_kbps=0,
                template=f"{damage}/{{Title}}",
                download_id=7,
                steps=Steps(force_lossless=True, **steps),
            )
        except PermanentError as exc:
            assert not (settings.LIBRARY / damage).exists()
            return exc.reason
        # What nobody can see is told from the whole one by its hash.
        assert finished.passport["source"]["audio_hash"] != audio_hash(sounds[kind])
        return ""

    return run


@pytest.mark.parametrize("output_format", ["keep", "mp3", "flac"])
@pytest.mark.parametrize("kind", KINDS)
def test_damaged_file_is_refused_kept_or_encoded_and_nothing_of_it_is_filed(damaged, kind, output_format):
    seen = damaged(kind, output_format)

    assert set(seen.values()) <= {"", "broken_file"}
    assert {damage for damage, reason in seen.items() if not reason} <= {
        damage for name, damage in MAY_BE_UNSEEN if name == kind
    }


@pytest.mark.parametrize("kind", KINDS)
def test_cut_file_is_refused_also_where_the_settings_want_nothing_decoded(damaged, kind):
    seen = damaged(kind, "keep", verify=False)

    assert {seen[damage] for damage in ("cut_at_50", "cut_at_90", "cut_at_99", "last_1kb_gone")} == {"broken_file"}
