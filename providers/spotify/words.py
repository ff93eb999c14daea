"""What Spotify's refusals mean, in words that help."""

from __future__ import annotations

NOT_READABLE = (
    "The contents of this playlist are not readable with this Spotify app: Spotify shows them only to who owns the "
    "playlist or works on it."
)
# For whoever has not signed in, and for whoever has and is neither.
NOT_READABLE_REMEDY = (
    "If that is you, sign in to Spotify on your account page. Otherwise find the same playlist on Deezer and paste its "
    "link here."
)
NOT_YOURS_REMEDY = (
    "Ways out: copy its tracks into a playlist of your own in Spotify's player, or find the same playlist on Deezer "
    "and paste its link here."
)
MAYBE_PRIVATE_REMEDY = "If it is a private playlist of yours, sign in to Spotify on your account page and try again."
SIGN_IN = "For this you have to sign in to Spotify."
SIGN_IN_REMEDY = "Your account page has the button for it."
SIGN_IN_AGAIN = "Your sign-in to Spotify has ended."
SIGN_IN_AGAIN_REMEDY = "Sign in again on your account page: it takes a minute, and nothing else is lost."
SCOPE_MISSING = "You have not allowed Spotizer to read this at Spotify yet."
SCOPE_MISSING_REMEDY = "Sign in once more from your account page: Spotify asks you for it."
ANOTHER_ACCOUNT = "This list is of another Spotify account than the one that you are signed in with."
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
APP_GONE = "Spotify does not know the app with which you signed in."
APP_GONE_REMEDY = "It was removed, or its client id is misspelt: whoever runs Spotizer checks it under Credentials."
