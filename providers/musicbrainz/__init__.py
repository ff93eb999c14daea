"""MusicBrainz: the open encyclopaedia of music, one question a second."""
