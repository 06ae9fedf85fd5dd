from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yiyang.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.kernel.reactions import load

        load(self.name)
