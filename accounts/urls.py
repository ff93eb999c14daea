"""Addresses of signing in and setting up."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.login_page, name="login"),
    path("logout/", views.logout_action, name="logout"),
    path("setup/", views.setup_page, name="setup"),
]
