"""How consents were given: one act may open the record to several organisations."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yiyang.kernel.models import Model
from yiyang.people.models.agreements import Capacity
from yiyang.people.rules import consents
from yiyang.people.rules.consents import WITNESSED, WITNESSES, Way, Witness


class ConsentAct(Model):
    """Who agreed, how, and before whom; by whose finding, where a guardian did in the person's place."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="consent_acts")
    way = models.CharField(max_length=12, choices=Way.choices)
    capacity = models.CharField(max_length=12, choices=Capacity.choices)
    given_by = models.CharField(max_length=120)
    finding_by = models.CharField(max_length=120, blank=True)
    finding_on = models.DateField(null=True)
    read_by = models.CharField(max_length=60, blank=True)
    # Each is a name and who that is to the person.
    witnesses = ArrayField(ArrayField(models.CharField(max_length=60), size=2), default=list, blank=True)
    at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(way__in=WITNESSED) | (Q(witnesses__len__gte=WITNESSES) & ~Q(read_by="")),
                name="consent_act_witnessed",
            ),
            models.CheckConstraint(
                condition=~Q(capacity=Capacity.GUARDIAN) | (~Q(finding_by="") & Q(finding_on__isnull=False)),
                name="consent_act_of_guardian_has_finding",
            ),
        ]

    def before(self) -> list[Witness]:
        return consents.witnesses(self.witnesses)
