"""What a code system or value set is used for on pages: which list a field offers."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

DIAGNOSIS, ALLERGY, MEDICINE, ITEM = "DIAGNOSIS", "ALLERGY", "MEDICINE", "ITEM"
USES = {
    DIAGNOSIS: pgettext_lazy("use of codes", "diagnoses"),
    ALLERGY: pgettext_lazy("use of codes", "allergies"),
    MEDICINE: pgettext_lazy("use of codes", "medicines"),
    ITEM: pgettext_lazy("use of codes", "tests and examinations"),
}
