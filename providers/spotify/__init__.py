"""Spotify's Web API through spotipy: metadata and playlists only, as far as the app's keys reach."""
