from django.apps import AppConfig


class BedsConfig(AppConfig):
    name = "yiyang.beds"
    label = "beds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from yiyang.assessments.commands import register_fits
        from yiyang.beds import checks, contract_panels, panels  # noqa: F401  (of criteria, contracts and persons)
        from yiyang.beds.queries import eligibility_columns
        from yiyang.kernel.reactions import load

        register_fits(eligibility_columns.KINDS, eligibility_columns.fits_of)
        load(self.name)
