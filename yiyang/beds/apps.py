from django.apps import AppConfig


class BedsConfig(AppConfig):
    name = "yiyang.beds"
    label = "beds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.beds import checks, contract_panels, panels  # noqa: F401  (of criteria, contracts and persons)
        from yiyang.kernel.reactions import load

        load(self.name)
