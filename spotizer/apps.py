from django.apps import AppConfig


class SpotizerConfig(AppConfig):
    name = "spotizer"
