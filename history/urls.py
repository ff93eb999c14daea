"""Addresses of the history."""

from django.urls import path

from history import views

app_name = "history"
urlpatterns = [
    path("history/", views.event_list, name="event_list"),
]
