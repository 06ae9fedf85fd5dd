"""How the facts of this context read in a person's history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.people.fact_words import declare

declare(
    {
        "vital_signs.recorded": _("Vital signs were entered"),
        "test.ordered": _("A test was ordered"),
        "result.accepted": _("A result of another unit was accepted in place of a test"),
    }
)
