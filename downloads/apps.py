from django.apps import AppConfig


class DownloadsConfig(AppConfig):
    name = "downloads"

    def ready(self) -> None:
        from downloads.services import held, sources
        from ops.settings import Settings
        from ops.signals import lane_opened

        Settings.PERMITS.check_with(sources.check_permits)
        lane_opened.connect(lambda lane, **rest: held.release(lane), weak=False, dispatch_uid="downloads.held")
