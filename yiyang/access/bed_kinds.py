"""The five kinds of beds: one place, one character and one colour each, in this order everywhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Lane(models.TextChoices):
    RESIDENCE = "RESIDENCE", _("residence")
    OVERLAY = "OVERLAY", _("service that comes to the person")


class BedKind(models.TextChoices):
    HOME_CARE = "HOME_CARE", _("home care bed")
    INSTITUTION = "INSTITUTION", _("institution bed")
    HOME_MEDICAL = "HOME_MEDICAL", _("home medical bed")
    HOSPITAL = "HOSPITAL", _("hospital bed")
    PALLIATIVE = "PALLIATIVE", _("palliative bed")

    @property
    def char(self) -> str:
        """The character that stands for the kind on a board."""
        return _CHARS[self]

    @property
    def colour(self) -> str:
        """The name of its colour token (the stylesheet knows the value)."""
        return self.value.lower().replace("_", "-")

    @property
    def lane(self) -> Lane:
        """What a bed of this kind occupies unless the bed itself says otherwise."""
        return Lane.OVERLAY if self is BedKind.HOME_MEDICAL else Lane.RESIDENCE


_CHARS = {
    BedKind.HOME_CARE: "照",
    BedKind.INSTITUTION: "养",
    BedKind.HOME_MEDICAL: "病",
    BedKind.HOSPITAL: "医",
    BedKind.PALLIATIVE: "安",
}
