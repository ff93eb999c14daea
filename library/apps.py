from django.apps import AppConfig
from django.core.checks import register


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from library import checks
        from library.naming import check_template
        from ops.settings import Settings

        Settings.NAME_TEMPLATE.check_with(check_template)
        Settings.PLAYLIST_TEMPLATE.check_with(check_template)
        register(checks.name_template)
        register(checks.ffmpeg)
