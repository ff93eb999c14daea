"""Addresses of the library."""

from django.urls import path

from library import views

app_name = "library"
urlpatterns = [
    path("library/journal/", views.act_list, name="act_list"),
    path("library/journal/undo/", views.undo, name="undo"),
    path("library/tags/", views.tag_list, name="tag_list"),
    path("library/tags/edit/", views.tag_edit, name="tag_edit"),
]
