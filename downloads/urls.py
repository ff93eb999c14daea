"""Addresses of the queue, and where its buttons write."""

from django.urls import path

from downloads import views

app_name = "downloads"
urlpatterns = [
    path("queue/", views.queue, name="queue"),
    path("queue/get/", views.request_download, name="request_download"),
    path("queue/as/", views.download_as, name="download_as"),
    path("queue/act/", views.download_action, name="download_action"),
    path("queue/drawer/", views.drawer, name="drawer"),
    path("queue/candidates/<int:number>/preview/", views.candidate_preview, name="candidate_preview"),
    path("tracks/<str:address>/preview/", views.track_preview, name="track_preview"),
    path("queue/requests/<int:number>/", views.request_part, name="request_part"),
    path("settings/sources/", views.source_list, name="source_list"),
    path("sources/", views.source_list_moved),
    path("sources/order/", views.source_order, name="source_order"),
    path("sources/test/", views.trial_begin, name="trial_begin"),
    path("sources/terms/", views.terms_agree, name="terms_agree"),
    path("sources/cookies/", views.cookies_save, name="cookies_save"),
    path("sources/engine/", views.engine_act, name="engine_act"),
    path("sources/cookies/forget/", views.cookies_forget, name="cookies_forget"),
    path("queue/<int:number>/", views.download_detail, name="download_detail"),
]
