from datetime import datetime
from typing import Any

from django.apps import AppConfig


class BedsConfig(AppConfig):
    name = "yiyang.beds"
    label = "beds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.access.bed_kinds import BedKind
        from yiyang.assessments.commands import register_fits
        from yiyang.beds import (  # noqa: F401  (of alarms, criteria, contracts and persons)
            alarms,
            checks,
            contract_panels,
            panels,
        )
        from yiyang.kernel.reactions import load

        register_fits(BedKind.values, fits_of)
        load(self.name)


def fits_of(laid: Any, at: datetime) -> Any:
    """Which of the five beds fit many persons; numpy is loaded by those alone who ask."""
    from yiyang.beds.queries import eligibility_columns

    return eligibility_columns.fits_of(laid, at)
