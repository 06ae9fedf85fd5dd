from django.apps import AppConfig


class BedsConfig(AppConfig):
    name = "yiyang.beds"
    label = "beds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.beds import panels  # noqa: F401  (they stand on the page of a person)
        from yiyang.kernel.reactions import load

        load(self.name)
