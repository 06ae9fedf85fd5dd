"""Somebody of staff does for an elder or a relative what these could do themselves, for a short time."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiyang.kernel.models import Model
from yiyang.people.rules.assistance import HOW, Channel, Checked


class Assistance(Model):
    """One time of acting for one person: who, for whom, how, and how identity was checked.

    What is done meanwhile is in the facts, each of which names it.
    """

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="assistances")
    delegation = models.ForeignKey("people.Delegation", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    identity_check = models.CharField(max_length=16, choices=Checked.choices)
    note = models.CharField(max_length=200, blank=True)
    account_id = models.UUIDField()
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    assistant = models.CharField(max_length=120)
    bound_to = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-started_at"], name="assistance_of_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], condition=Q(ended_at=None), name="assistance_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("started_at")), name="assistance_lasts"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="assistance_ends_after_start",
            ),
        ]

    @property
    def number(self) -> str:
        """What somebody reads out when they ask about their slip."""
        return self.pk.hex[-8:].upper()

    @property
    def how(self) -> str:
        return HOW[self.channel]
