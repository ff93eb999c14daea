"""Whatever tracks are called, each filed file stays what it was, under a name that no disk takes for another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from library.naming import folded, relative_path
from library.services.place import place_file
from tests.library.test_naming import make_info, nasty

pytestmark = pytest.mark.django_db
ALIKE = st.sampled_from(
    "Home|home|HOME|Home.|Home | home|Ho\u200bme|Home?|Home*|Hom\u0435|\uff28ome|Stra\u00dfe|STRASSE|e\u0301te|\u00c9te"
    "|A/B|A-B|A:B|CON|con|Con_|..|...|".split("|")
)
TEMPLATES = st.sampled_from(["{Title}", "{Artist}/{Title}", "{Artist}/{Album}/{Title}", "{Title}/{Title}", "{Album}"])
TRACKS = st.lists(st.tuples(ALIKE | nasty, ALIKE, ALIKE), min_size=1, max_size=12)


@given(template=TEMPLATES, tracks=TRACKS)
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_takes_the_place_of_another_or_a_name_that_differs_by_case_alone(settings, tmp_path, template, tracks):
    shutil.rmtree(tmp_path / "library", ignore_errors=True)
    settings.LIBRARY = tmp_path / "library"
    filed = {}
    for number, (title, artist, album) in enumerate(tracks):
        work = tmp_path / "work.opus"
        work.write_bytes(f"sound {number}".encode())

        placed = place_file(
            work,
            relative_path(template, make_info(title, (artist,), album), extension="opus"),
            download_id=number,
            sound=f"{number}",
        )

        assert placed.is_new
        filed[str(placed.path)] = number
    assert len(filed) == len(tracks)
    for path, number in filed.items():
        assert (settings.LIBRARY / path).read_bytes() == f"sound {number}".encode()
    there = sorted(path for path in settings.LIBRARY.rglob("*") if ".spotizer" not in path.parts)
    assert len({folded(str(path)) for path in there}) == len(there), "each alone, whatever its case"
    assert all(path.suffix == ".opus" for path in there if path.is_file())
    assert not [path for path in tmp_path.iterdir() if path not in (settings.LIBRARY, Path(tmp_path / "work.opus"))]
