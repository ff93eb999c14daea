from django.apps import AppConfig
from django.core.checks import register


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from library import checks

        register(checks.name_template)
        register(checks.ffmpeg)
