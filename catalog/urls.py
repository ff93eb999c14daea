"""Addresses of the catalogue: a short id decides, the slug is for reading."""

from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("open/", views.open_link, name="open"),
    path("albums/from/<slug:provider>/<str:value>/", views.album_from, name="album_from"),
    path("albums/<str:address>/", views.album_detail, name="album_detail"),
    path("tracks/from/<slug:provider>/<str:value>/", views.track_from, name="track_from"),
    path("tracks/<str:address>/", views.track_detail, name="track_detail"),
    path("artists/from/<slug:provider>/<str:value>/", views.artist_from, name="artist_from"),
    path("artists/<str:address>/", views.artist_detail, name="artist_detail"),
    path("playlists/from/<slug:provider>/<str:value>/", views.playlist_from, name="playlist_from"),
    path("playlists/<str:address>/", views.playlist_detail, name="playlist_detail"),
    path("spotify/", views.my_playlists, name="my_playlists"),
    path("spotify/liked/", views.my_liked, name="my_liked"),
    path("spotify/artists/", views.my_artists, name="my_artists"),
    path("library/metadata/", views.conflict_list, name="conflict_list"),
    path("library/metadata/settle/", views.settle, name="settle"),
    path("art/<slug:key>/<int:size>.webp", views.art, name="art"),
]
