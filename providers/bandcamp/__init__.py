"""Bandcamp through yt-dlp: what an artist lets everybody hear, and free downloads."""
