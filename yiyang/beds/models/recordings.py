"""A photo or a voice note that goes with a transfer: encrypted; one that was removed has no content any more."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.beds.models.transfers import Transfer
from yiyang.kernel.models import Model
from yiyang.kernel.rotation import under_keys


class Recording(Model):
    class Kind(models.TextChoices):
        PHOTO = "PHOTO", _("Photo")
        VOICE = "VOICE", _("Voice note")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="recordings")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    content = models.BinaryField(null=True)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=120, blank=True)
    removed_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by="", removed_reason="", content__isnull=False)
                | Q(removed_at__isnull=False, content=None) & ~Q(removed_by="") & ~Q(removed_reason=""),
                name="recording_removed_whole",
            ),
        ]

    @property
    def person_id(self) -> UUID:
        return self.transfer.person_id


under_keys(Recording, "content")
