from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "yiyang.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.kernel.reactions import load

        load(self.name)
