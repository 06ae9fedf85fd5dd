from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "yiyang.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.kernel.reactions import load

        load(self.name)
        from yiyang.records import fact_words, panels  # noqa: F401  (of persons)
