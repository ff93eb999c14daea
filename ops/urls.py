"""Addresses of the settings."""

from django.urls import path

from ops import views

app_name = "ops"
urlpatterns = [
    path("settings/", views.settings_home, name="settings_home"),
    path("settings/history/", views.settings_history, name="settings_history"),
    path("settings/history/revert/", views.settings_revert, name="settings_revert"),
    path("settings/backup/export/", views.settings_export, name="settings_export"),
    path("settings/backup/import/", views.settings_import, name="settings_import"),
    path("settings/check/<str:key>/", views.settings_check, name="settings_check"),
    path("settings/<str:tab>/", views.settings_tab, name="settings_tab"),
    path("settings/<str:tab>/save/", views.settings_save, name="settings_save"),
]
