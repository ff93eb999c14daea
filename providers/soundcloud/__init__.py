"""SoundCloud through yt-dlp: uploads by artists and by anybody."""
