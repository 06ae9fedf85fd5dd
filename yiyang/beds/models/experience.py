"""How a completed move was for the person: three answers, kept apart from anything about staff."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from yiyang.beds.models.transfers import Transfer
from yiyang.kernel.models import Model


class Experience(Model):
    """It names no member of staff: neither who was there nor who wrote the answers down."""

    class Answer(models.TextChoices):
        GOOD = "GOOD", pgettext_lazy("experience", "good")
        FAIR = "FAIR", pgettext_lazy("experience", "so-so")
        BAD = "BAD", pgettext_lazy("experience", "not good")

    class ByWhom(models.TextChoices):
        PERSON = "PERSON", pgettext_lazy("experience", "the person")
        FAMILY = "FAMILY", pgettext_lazy("experience", "family")

    class How(models.TextChoices):
        PAGE = "PAGE", pgettext_lazy("experience", "on a page")
        PAPER = "PAPER", pgettext_lazy("experience", "on paper")
        TELEPHONE = "TELEPHONE", pgettext_lazy("experience", "by telephone")

    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="experience")
    told_in_time = models.CharField(max_length=4, choices=Answer.choices)
    well_treated = models.CharField(max_length=4, choices=Answer.choices)
    well_received = models.CharField(max_length=4, choices=Answer.choices)
    by_whom = models.CharField(max_length=6, choices=ByWhom.choices)
    how = models.CharField(max_length=9, choices=How.choices)
    answered_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(told_in_time__in=["GOOD", "FAIR", "BAD"])
                & Q(well_treated__in=["GOOD", "FAIR", "BAD"])
                & Q(well_received__in=["GOOD", "FAIR", "BAD"]),
                name="experience_answers_all_three",
            ),
        ]
