"""All addresses of Spotizer."""

from django.contrib import admin
from django.urls import include, path

from spotizer import pages, views

urlpatterns = [
    path("", pages.home, name="home"),
    path("", include("accounts.urls")),
    path("", include("playlists.urls")),  # before the catalogue, whose playlists have any name
    path("", include("catalog.urls")),
    path("", include("downloads.urls")),
    path("", include("history.urls")),
    path("", include("library.urls")),
    path("", include("ops.urls")),
    path("live/", pages.live, name="live"),
    path("account/theme/", pages.theme, name="theme"),
    path("styleguide/", pages.style_guide, name="style_guide"),
    path("healthz/", views.health, name="health"),
    path("admin/login/", views.admin_login),
    path("admin/", admin.site.urls),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
