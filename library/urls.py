"""Addresses of the library."""

from django.urls import path

from library import views

app_name = "library"
urlpatterns = [
    path("media/<int:number>/stream", views.stream, name="stream"),
    path("library/journal/", views.act_list, name="act_list"),
    path("library/journal/undo/", views.undo, name="undo"),
    path("library/tags/", views.tag_list, name="tag_list"),
    path("library/tags/edit/", views.tag_edit, name="tag_edit"),
    path("library/artists/", views.spelling_list, name="spelling_list"),
    path("library/artists/name/", views.name_artists, name="name_artists"),
    path("library/artists/<int:number>/", views.naming_detail, name="naming_detail"),
    path("library/artists/<int:number>/undo/", views.undo_naming, name="undo_naming"),
]
