"""Files that come in by the worker: tried first, then written, in parts that each are whole."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.access.purposes import purpose_field
from yiyang.gateways.fhir.told import Told
from yiyang.kernel.models import Model
from yiyang.kernel.rotation import under_keys


class State(models.TextChoices):
    TRYING = "TRYING", _("being tried")
    TRIED = "TRIED", _("tried; nothing is written")
    WRITING = "WRITING", _("being written")
    DONE = "DONE", _("written")
    REFUSED = "REFUSED", _("refused as a whole")
    CANCELLED = "CANCELLED", _("not wanted any more")


UNDER_WAY = (State.TRYING, State.WRITING)
OPEN = (*UNDER_WAY, State.TRIED)


class ImportRun(Model):
    """`content` is encrypted, and taken away when the run ends. `part` is the next one that is written."""

    account_id = models.UUIDField()
    membership_id = models.UUIDField(null=True)
    purpose = purpose_field()
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    area = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    update = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.TRYING)
    part = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "asked_at"], name="importrun_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN, content__isnull=False, ended_at=None)
                | models.Q(
                    state__in=[State.DONE, State.REFUSED, State.CANCELLED],
                    content=None,
                    ended_at__isnull=False,
                ),
                name="importrun_file_goes_at_the_end",
            )
        ]


under_keys(ImportRun, "content")


class ImportLine(Model):
    """What was refused or is to be looked at, and why."""

    class What(models.TextChoices):
        REFUSED = "REFUSED", pgettext_lazy("import", "refused")
        NOTED = "NOTED", _("to be looked at")

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="lines")
    what = models.CharField(max_length=8, choices=What.choices)
    resource = models.CharField(max_length=120)
    why = models.TextField()
    words = models.JSONField(default=dict, db_default={})

    @property
    def said(self) -> str:
        """In the language of whoever reads it; those from before are in one alone."""
        return str(Told(self.words)) or self.why
