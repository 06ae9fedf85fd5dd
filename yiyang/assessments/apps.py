from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AssessmentsConfig(AppConfig):
    name = "yiyang.assessments"
    label = "assessments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.assessments import panels  # noqa: F401  (of persons)
        from yiyang.kernel.reactions import load

        load(self.name)
        post_migrate.connect(bring_shipped_instruments, sender=self, dispatch_uid="assessments.shipped")


def bring_shipped_instruments(**_told: Any) -> None:
    """The files of this release are in the database as soon as its tables are."""
    from yiyang.assessments.commands import sync_shipped

    sync_shipped()
