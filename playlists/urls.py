"""Addresses of lists that people bring."""

from django.urls import path

from playlists import views

app_name = "playlists"
urlpatterns = [
    path("playlists/import/", views.import_list, name="import_list"),
    path("playlists/import/<str:key>/", views.import_detail, name="import_detail"),
    path("playlists/import/<str:key>/answer/", views.answer_import, name="answer"),
]
