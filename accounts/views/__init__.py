"""Signing in and out, the set-up page, a person's account and their sign-in to Spotify."""

from accounts.views.account import account_page
from accounts.views.entry import login_page, logout_action, setup_page
from accounts.views.people import invite_make, invite_page, invite_withdraw, person_change, person_list
from accounts.views.security import password_page, sign_in_end, sign_in_end_all
from accounts.views.spotify import (
    spotify_callback,
    spotify_decide,
    spotify_paste,
    spotify_sign_in,
    spotify_sign_out,
)

__all__ = [
    "account_page",
    "invite_make",
    "invite_page",
    "invite_withdraw",
    "login_page",
    "logout_action",
    "password_page",
    "person_change",
    "person_list",
    "setup_page",
    "sign_in_end",
    "sign_in_end_all",
    "spotify_callback",
    "spotify_decide",
    "spotify_paste",
    "spotify_sign_in",
    "spotify_sign_out",
]
