from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "yiyang.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.access.acting import register_assistance
        from yiyang.access.oauth.persons import register_persons
        from yiyang.access.sight import register_service, register_sight
        from yiyang.kernel import doers
        from yiyang.kernel.reactions import load
        from yiyang.people import app_persons, notices, pages_seen  # noqa: F401  (declares their words)
        from yiyang.people.acting import found
        from yiyang.people.reach import sees, serves
        from yiyang.people.rules.assistance import HOW, Channel

        load(self.name)
        register_assistance(found)
        register_sight(sees)
        register_service(serves)
        register_persons(app_persons.own, app_persons.named)
        for channel, written in HOW.items():
            doers.way(written, Channel(channel).label)
