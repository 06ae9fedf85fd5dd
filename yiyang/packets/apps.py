from django.apps import AppConfig


class PacketsConfig(AppConfig):
    name = "yiyang.packets"
    label = "packets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.kernel.reactions import load

        load(self.name)
        from yiyang.packets import parts  # noqa: F401  (of transfers and home pages)
