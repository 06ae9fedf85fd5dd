from __future__ import annotations

from django.db import models

from yiyang.kernel.models import Model
from yiyang.kernel.rotation import under_keys


class StaffPhoto(Model):
    """The face of a member of staff, encrypted: shown to the people whom they look after, so that a stranger at the
    bed or at the door is known not to be one of the team."""

    account = models.OneToOneField("access.Account", models.PROTECT, related_name="photo")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)


under_keys(StaffPhoto, "content")
