from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "yiyang.duty"
    label = "duty"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.kernel.reactions import load

        load(self.name)
