from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "yiyang.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.kernel.reactions import load

        load(self.name)
