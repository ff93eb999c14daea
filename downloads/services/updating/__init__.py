"""The engine: yt-dlp, its solver scripts and ytmusicapi, kept fresh as one set without touching what is installed."""
