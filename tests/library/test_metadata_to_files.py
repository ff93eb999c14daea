"""From what services say to the tags of a file: looked up, settled, looked at, written, taken back."""

import pytest

from catalog.models import Enrichment
from catalog.services.browse import open_album
from catalog.services.metadata import choosing, enriching
from library.models import FileAct
from library.services import journal, retag
from library.tags import Tags, read_tags
from tests.catalog.metadata.said import conflict
from tests.library.collection import own

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_looked_up_and_settled_is_written_into_the_file_and_taken_back(shelf, sandbox):
    album = open_album("deezer", "302003")  # Sixty Sparks, of which MusicBrainz says another label and date
    track = album.tracks.first()
    file = own(shelf, track, kind="opus", tags=Tags(title=track.title, label="Kaleido Sound"))

    enriching.ask_later([track.recording_id])
    outcome = enriching.enrich(enriching.claim("test"), track)
    assert outcome.state == Enrichment.State.DONE
    assert read_tags(shelf.root / file.path).label == "Kaleido Sound"  # nothing of a file changes by itself
    [look] = retag.look([file])
    assert {"label", "date", "composer", "recording_mbid"} <= set(look.names)

    choosing.choose([conflict(album, "released_on").pk], "deezer")
    written = retag.retag([file], by="test", why="metadata")

    tags = read_tags(shelf.root / file.path)
    assert (tags.label, tags.date, tags.composer) == ("Circuit Board Discs", "2024-09-06", "Short Circuit Trio")
    assert tags.recording_mbid == track.recording.__class__.objects.get(pk=track.recording_id).mbid
    journal.undo_batch(written.batch, by=None)
    assert read_tags(shelf.root / file.path).label == "Kaleido Sound"
    assert FileAct.objects.filter(kind="tags", state="undone").exists()
