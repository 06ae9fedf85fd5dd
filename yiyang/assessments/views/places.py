"""Where an assessment stands: its page, and the way from the person to it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.assessments.models import Assessment


def trail_of(found: Assessment) -> list[tuple[Any, str]]:
    """From the person over the list to the assessment."""
    return [*trail_to(found.person), (found.instrument.name, page_of(found))]


def trail_to(person: Any) -> list[tuple[Any, str]]:
    return [
        (person.full_name, reverse("people:person", args=[person.pk])),
        (_("Assessments"), reverse("assessments:assessments_of_person", args=[person.pk])),
    ]


def page_of(found: Assessment) -> str:
    return reverse("assessments:assessment", args=[found.pk])
