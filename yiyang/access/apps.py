from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "yiyang.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.access.roles import ROLES
        from yiyang.kernel import doers
        from yiyang.kernel.reactions import load

        load(self.name)
        for role in ROLES.values():
            doers.title(role.zh, role.en)
