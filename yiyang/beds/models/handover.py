"""What is written before and beside a handover: the draft, and the look at the skin at both ends of the way."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yiyang.beds.models.transfers import Transfer
from yiyang.kernel.ids import new_id
from yiyang.kernel.models import Model


class HandoverDraft(Model):
    """What the sending team has typed so far, exactly as typed, so that nothing is lost.

    `mark` is another one after every save: who saves says which they had seen. `replaced` is what somebody else
    had written last (typed, saved_at, saved_by), and the one who came after them has changed.
    """

    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="handover_draft")
    typed = models.JSONField(default=dict)
    mark = models.UUIDField(default=new_id)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=120)
    saved_by_account = models.UUIDField(null=True)
    replaced = models.JSONField(default=dict)


class SkinCheck(Model):
    """The skin at departure or at arrival, looked at by one and confirmed by another."""

    class Moment(models.TextChoices):
        DEPARTURE = "DEPARTURE", _("at departure")
        ARRIVAL = "ARRIVAL", _("at arrival")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="skin_checks")
    moment = models.CharField(max_length=10, choices=Moment.choices)
    findings = models.JSONField(default=list)
    checked_at = models.DateTimeField()
    checked_by = models.CharField(max_length=120)
    checked_by_account = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=120, blank=True)
    confirmed_by_account = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "moment"], name="skin_check_once_at_each_end"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by="", confirmed_by_account=None)
                | Q(confirmed_at__isnull=False)
                & ~Q(confirmed_by="")
                & (Q(confirmed_by_account=None) | ~Q(confirmed_by_account=F("checked_by_account"))),
                name="skin_check_signed_by_two",
            ),
        ]
