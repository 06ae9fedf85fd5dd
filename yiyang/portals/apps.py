from django.apps import AppConfig


class PortalsConfig(AppConfig):
    name = "yiyang.portals"
    label = "portals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.kernel.reactions import load

        load(self.name)
