"""What Spotify's refusals mean, in words that help."""

from __future__ import annotations

NOT_READABLE = (
    "The contents of this playlist are not readable with this Spotify app: Spotify shows them to the playlist's owner "
    "only."
)
NOT_READABLE_REMEDY = (
    "Ways out: find the same playlist on Deezer and paste its link here. Signing in to Spotify and importing an "
    "exported list come with later versions."
)
MADE_BY_SPOTIFY = (
    "Spotify does not give its own playlists (made by its editors or for one listener) to other programs since 2024."
)
MADE_BY_SPOTIFY_REMEDY = (
    "Copy its tracks into a playlist of your own in Spotify's player, or find a similar playlist on Deezer."
)
NEEDS_PREMIUM = "Spotify refuses: the owner of the app whose keys are used needs an active Premium subscription."
NEEDS_PREMIUM_REMEDY = (
    "Subscribe with the account that made the app (it takes some hours to count), use keys of another account's "
    "app, or choose Deezer as the catalogue: it needs no account."
)
NOT_REGISTERED = "Spotify refuses: this person is not on the list of users of the app whose keys are used."
NOT_REGISTERED_REMEDY = (
    "The app's owner adds them at developer.spotify.com/dashboard, under the app's settings, User Management "
    "(five people at most)."
)
BAD_KEYS = "Spotify does not accept the client id and secret."
BAD_KEYS_REMEDY = "Copy both once more from developer.spotify.com/dashboard: the secret changes when it is rotated."
NO_KEYS = "Spotify cannot be asked without the keys of an app."
NO_KEYS_REMEDY = (
    "Make an app at developer.spotify.com/dashboard (its owner needs Premium) and add its client id and secret under "
    "Credentials, or set SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET. Deezer needs no keys."
)
