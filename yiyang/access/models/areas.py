from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AreaLevel(models.TextChoices):
    DISTRICT = "DISTRICT", _("district")
    STREET = "STREET", _("sub-district or town")
    COMMUNITY = "COMMUNITY", _("community")


class Area(models.Model):
    """A district (6 digits), a sub-district or town (9) or a community (12).

    A code begins with its parent's, so "everything in an area" is a prefix.
    """

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=12, choices=AreaLevel)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level="DISTRICT", code__regex=r"^\d{6}$", parent=None)
                | models.Q(level="STREET", code__regex=r"^\d{9}$", parent__isnull=False)
                | models.Q(level="COMMUNITY", code__regex=r"^\d{12}$", parent__isnull=False),
                name="area_code_fits_level",
            )
        ]

    def __str__(self) -> str:
        return self.name
