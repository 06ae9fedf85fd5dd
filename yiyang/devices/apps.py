from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "yiyang.devices"
    label = "devices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.devices import questions  # noqa: F401  (of assessments)
        from yiyang.kernel.reactions import load

        load(self.name)
