"""Instruments as kept: one row for each version, whole as its file says it, never changed once used."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.models import Model


class Instrument(Model):
    """One version of an instrument: the file itself, and what lists need of it."""

    class Status(models.TextChoices):
        SOURCED = "sourced", _("sourced")
        TO_BE_CONFIRMED = "to-be-confirmed", _("to be confirmed by the district")

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    title = models.JSONField(default=dict)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=20, choices=Status.choices)
    shipped = models.BooleanField(default=False)
    self_report = models.BooleanField(default=False)
    serial = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    retired_at = models.DateTimeField(null=True)
    retired_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["code", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="instrument_version_once"),
            models.UniqueConstraint(fields=["code", "serial"], name="instrument_serial_once"),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by="") | Q(retired_at__isnull=False) & ~Q(retired_by=""),
                name="instrument_retired_by_somebody",
            ),
        ]

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return said(self.title)

    def __str__(self) -> str:
        return self.name


def said(words: dict[str, Any]) -> str:
    """Words that a file gives in both languages."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return str(words.get(language) or words.get("zh") or words.get("en") or "")
