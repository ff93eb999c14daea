"""The Cover Art Archive: covers of MusicBrainz's releases."""
