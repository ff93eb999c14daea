"""Addresses of signing in, setting up, and a person's own account."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.login_page, name="login"),
    path("logout/", views.logout_action, name="logout"),
    path("setup/", views.setup_page, name="setup"),
    path("invite/", views.invite_page, name="invite"),
    path("people/", views.person_list, name="people"),
    path("people/change/", views.person_change, name="person_change"),
    path("people/invite/", views.invite_make, name="invite_make"),
    path("people/invite/withdraw/", views.invite_withdraw, name="invite_withdraw"),
    path("account/", views.account_page, name="account"),
    path("account/password/", views.password_page, name="password"),
    path("account/sign-ins/end/", views.sign_in_end, name="sign_in_end"),
    path("account/sign-ins/end-all/", views.sign_in_end_all, name="sign_in_end_all"),
    path("account/spotify/", views.spotify_sign_in, name="spotify_sign_in"),
    path("account/spotify/callback/", views.spotify_callback, name="spotify_callback"),
    path("account/spotify/paste/", views.spotify_paste, name="spotify_paste"),
    path("account/spotify/decide/", views.spotify_decide, name="spotify_decide"),
    path("account/spotify/sign-out/", views.spotify_sign_out, name="spotify_sign_out"),
]
