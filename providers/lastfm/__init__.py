"""Last.fm: what listeners call the music."""
