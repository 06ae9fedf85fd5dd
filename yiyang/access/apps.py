from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yiyang.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.kernel.reactions import load

        load(self.name)
