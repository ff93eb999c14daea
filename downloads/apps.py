from django.apps import AppConfig


class DownloadsConfig(AppConfig):
    name = "downloads"

    def ready(self) -> None:
        from downloads.services import held
        from ops.signals import lane_opened

        lane_opened.connect(lambda lane, **rest: held.release(lane), weak=False, dispatch_uid="downloads.held")
